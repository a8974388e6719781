import FoundationEssentials
import Kernel
import Postgres

/// A request as its kind has checked it, and the path that it takes.
struct RoutedTicket: Sendable {
    let kind: any RequestKind
    let draft: TicketDraft
    let plan: FlowPlan
}

extension Tickets {
    /// The one way from what somebody asks to who decides it: opening goes it, and so does the preview. `given` is a path in
    /// place of what the flows say.
    ///
    /// Throws what the kind does not take, `noFlow`, `unknownAsset`, what the company's rules refuse, and
    /// `noApprovers(level:)` when the levels cannot be filled with different people other than whoever asks.
    func routed(
        _ draft: TicketDraft, on given: FlowPlan? = nil, by requester: UserID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> RoutedTicket {
        let kind = try kinds.kind(draft.kind)
        let opening = TicketOpening(
            requester: requester, at: now, scope: scope, transaction: transaction,
            mayDecide: { try await deciders.among($0, now, scope, transaction) })
        let draft = try await kind.checked(draft, opening)
        let plan = try await kind.path(opening) {
            if let given { return given }
            return try await drawn(draft, by: requester, at: now, in: scope, transaction)
        }
        if given == nil { try plan.checkFilled() }
        return RoutedTicket(kind: kind, draft: draft, plan: plan)
    }

    /// The path that the flows alone have for a request, as things are now: the first flow that is for it, of the nearest
    /// organization that has one, and the people who may decide. Nobody has looked yet whether people can be found for all
    /// of it: the kind may make another one of it. The scope has to be that of the tenant as a whole: people are asked
    /// wherever they belong.
    func drawn(
        _ draft: TicketDraft, by requester: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> FlowPlan {
        guard var facts = try await paths.facts(draft, by: requester, at: now, in: scope, transaction) else {
            throw TicketError.unknownAsset
        }
        let arrangers = try await paths.arrangers(of: draft.ask, in: scope, transaction)
        let people = try await store.people(
            Set(arrangers.map(\.user)).union([requester]), in: scope, transaction)
        facts.isArrangedByRequester = arrangers.contains { people.areSame($0.user, requester) }
        let score = RiskScore(facts)
        // What many flows are for is read; who decides, of the one alone that is taken.
        let tried = try await flowStore.tried(at: facts.organization, in: scope, transaction)
        guard let taken = tried.first(where: { $0.isFor(facts, score.risk) }),
            let found = try await flowStore.find(taken.id, in: scope, transaction)
        else { throw TicketError.noFlow }
        let flow = try await named([found], in: scope, transaction)[0]
        let floor = Floor(
            try await floors.rules(in: scope, transaction).floors.filter { $0.isFor(facts, score.risk) })
        try floor.check(levels: flow.levels.count, of: flow.name, lasting: facts.duration)
        let seats = try await seats(
            of: flow.id, for: draft.ask, by: requester, givers: arrangers.filter(\.gaveOwner).map(\.user),
            ownersCount: !facts.isArrangedByRequester, at: now, in: scope, transaction)
        return floor.raised(FlowPlan(flow, facts, score, seats, mayApproveItself: !floor.asksPeople))
    }

    /// Everybody behind a flow who may decide requests, without other accounts of whoever asks, and with one account of each
    /// person. Nobody is there as an owner who has made themselves one of `givers`, and no owner at all for somebody who has
    /// arranged what they ask for.
    private func seats(
        of flow: FlowID, for ask: TicketAsk, by requester: UserID, givers: [UserID], ownersCount: Bool, at now: Date,
        in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [PlacedSeat] {
        let all = try await paths.seats(of: flow, for: ask, by: requester, in: scope, transaction)
        let able = try await deciders.among(
            Array(Set(all.filter { $0.level > 0 }.map(\.seat.user))), now, scope, transaction)
        let behind = all.filter {
            ($0.level == 0 || able.contains($0.seat.user)) && (ownersCount || !$0.seat.reason.isOwnership)
        }
        let users = Set(behind.map(\.seat.user))
        let people = try await store.people(users.union(givers).union([requester]), in: scope, transaction)
        let selfMade = Set(givers.map(people.head))
        let chosen = people.chosen(among: users)
        let asking = people.head(of: requester)
        return behind.filter { placed in
            let head = people.head(of: placed.seat.user)
            return head != asking && chosen.contains(placed.seat.user)
                && !(placed.seat.reason.isOwnership && selfMade.contains(head))
        }
    }

    var paths: PathStore { PathStore() }
    var floors: ApprovalRuleStore { ApprovalRuleStore() }
}

extension Seat.Reason {
    /// By something that whoever looks after assets says.
    fileprivate var isOwnership: Bool { self == .assetOwner || self == .nodeOwner }

    /// Whom a level that has too many people keeps: those who are named or stand near before crowds.
    fileprivate var rank: Int {
        switch self {
        case .named, .reassigned: 0
        case .manager: 1
        case .assetOwner: 2
        case .nodeOwner: 3
        case .escalation: 4
        case .role: 5
        case .group: 6
        }
    }
}

extension FlowPlan {
    /// A level has so many seats at most: each of them is told, by several channels.
    static let mostSeats = 300

    /// Throws `noApprovers` where different people cannot be found for all levels.
    func checkFilled() throws(TicketError) {
        if let level = Self.unfilled(levels.map { (Set($0.seats.map(\.user)), $0.quorum) }) {
            throw .noApprovers(level: level)
        }
    }

    /// Pure: the same flow, facts and people give the same path.
    init(
        _ flow: Flow, _ facts: DraftFacts, _ score: RiskScore, _ seats: [PlacedSeat], mayApproveItself: Bool = true
    ) {
        func people(_ level: Int, _ part: String) -> [Seat] {
            let all = seats.filter { $0.level == level && $0.part == part }.map(\.seat)
            guard all.count > Self.mostSeats else { return all }
            return Array(
                all.sorted { ($0.reason.rank, $0.user.text) < ($1.reason.rank, $1.user.text) }.prefix(Self.mostSeats))
        }
        // A flow that lets access through was not written for secrets: one that is to let them through names them.
        let isMeant = facts.kind != SecretRequestKind.kind || flow.conditions.kinds.contains(facts.kind)
        let approvesItself =
            flow.approvesLowRisk && score.risk == .low && mayApproveItself && !facts.isArrangedByRequester && isMeant
        let levels = flow.levels.enumerated().map { index, level in
            let first = people(index + 1, "level")
            let later = people(index + 1, "escalation").filter { seat in !first.contains { $0.user == seat.user } }
            return PlannedLevel(
                name: level.name, seats: first, quorum: level.quorum, webhook: level.webhook, deadline: level.deadline,
                reminder: level.reminder, lapse: level.lapse,
                escalation: level.escalation.flatMap { escalation in
                    later.isEmpty ? nil : PlannedLevel.Escalation(after: escalation.after, seats: later)
                },
                needsPasskey: level.needsPasskey, needsComment: level.needsComment)
        }
        self.init(
            flow: flow.id, flowName: flow.name,
            because: ["organization=\(flow.organizationName)"]
                + (flow.isDefault ? ["default"] : flow.conditions.because(facts, score.risk)),
            risk: score.risk, riskReasons: score.reasons, levels: approvesItself ? [] : levels,
            isParallel: flow.isParallel, approvesItself: approvesItself, copies: people(0, "copy").map(\.user),
            unusedAfter: flow.unusedAfter)
    }
}
