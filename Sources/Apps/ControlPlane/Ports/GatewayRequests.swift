import Access
import Assets
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Hosting
import Identity
import Kernel
import Outbound
import Tickets

/// Assets, Tickets and Identity, as Hosting asks them for people at a terminal who ask for access or answer a request.
/// Everything is checked as for a call of the same person at the API.
struct GatewayRequests: RequestDesk {
    private static let pageSize = 20
    private static let mostPeople = 20

    let assets: Assets
    let tickets: Tickets
    let identity: Identity
    let portal: @Sendable (TenantScope) async throws -> String

    // MARK: Asking

    func requestable(_ words: String, page: Int, for visitor: DeskVisitor) async throws -> RequestablePage {
        guard let caller = try await caller(visitor, may: .assetsRequestable) else {
            return RequestablePage(items: [], hasMore: false)
        }
        let found = try await assets.requestable(
            matching: words.split(separator: " ").map(String.init), after: page * Self.pageSize,
            limit: Self.pageSize + 1, in: caller.acting(by: .assetsRequestable).scope)
        return RequestablePage(
            items: found.prefix(Self.pageSize).map {
                RequestableTarget(asset: $0.id, name: $0.name.text, platform: $0.platform.rawValue)
            }, hasMore: found.count > Self.pageSize, actions: Self.words(for: AccessAction.allCases))
    }

    func path(of wish: RequestWish, for visitor: DeskVisitor) async throws -> RequestPathAnswer {
        guard let caller = try await caller(visitor, may: .ticketsOpen) else { return .refused(Self.mayNotAsk) }
        do {
            let draft = try Self.draft(wish, because: "")
            let preview = try await tickets.preview(
                draft, by: caller.user, among: caller.home, at: visitor.now, in: caller.scope)
            return .path(RequestPath(preview, most: Self.mostPeople))
        } catch {
            return .refused(try RequestRefused(error, url: "\(try await portal(visitor.scope))/requests"))
        }
    }

    func ask(
        for wish: RequestWish, because reason: String, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer {
        guard let caller = try await caller(visitor, may: .ticketsOpen) else {
            try await audit.refuse(because: .forbidden)
            return .refused(Self.mayNotAsk)
        }
        return try await answer(visitor, caller, audit, at: "/requests") {
            guard reason.contains(where: { !$0.isWhitespace }) else {
                throw FieldErrors(errors: [FieldError(pointer: "/reason", message: "must not be blank")])
            }
            let draft = try Self.draft(wish, because: reason)
            if let home = caller.home, try await !tickets.has(draft.ask.assets, in: home) {
                throw TicketError.unknownAsset
            }
            return try await tickets.open(draft, by: caller.user, at: visitor.now, audit: audit, in: caller.scope)
        }
    }

    private static func draft(_ wish: RequestWish, because reason: String) throws -> TicketDraft {
        guard let account = wish.account, let name = try? AccountName(parsing: account) else {
            throw FieldErrors(errors: [FieldError(pointer: "/account", message: "must be the name of an account")])
        }
        return TicketDraft(
            ask: TicketAsk(
                assets: [wish.asset], accounts: [name], protocols: [.ssh], actions: try actions(of: wish),
                startsAt: nil,
                duration: wish.durationSeconds), reason: reason)
    }

    /// What is to be done there: to connect, and what was named besides.
    static func actions(of wish: RequestWish) throws -> [AccessAction] {
        let named = wish.actions.compactMap(AccessAction.init(rawValue:))
        guard named.count == wish.actions.count else {
            throw FieldErrors(errors: [FieldError(pointer: "/actions", message: "must be what may be done on an asset")]
            )
        }
        return Set(named).union([.connect]).sorted()
    }

    /// What people call these actions, without connecting, which is part of all that is asked for.
    static func words(for actions: [AccessAction]) -> [RequestWord] {
        let words = KindWords.common(of: "actions")
        return actions.filter { $0 != .connect }.compactMap { action in
            words[action.rawValue].map { RequestWord(action.rawValue, $0) }
        }
    }

    // MARK: Looking

    func list(_ view: RequestView, for visitor: DeskVisitor) async throws -> RequestList {
        let permission: Permission = view == .mine ? .ticketsOpen : .ticketsDecide
        guard let caller = try await caller(visitor, may: permission) else {
            return RequestList(items: [], hasMore: false)
        }
        let limit = Self.pageSize + 1
        let cards: [(card: TicketCard, turn: TicketTurn?)] =
            switch view {
            case .mine: try await tickets.newest(limit, of: caller.user, in: caller.scope).map { ($0, nil) }
            case .inbox:
                try await tickets.newest(limit, waitingFor: caller.user, at: visitor.now, in: caller.scope)
            }
        let base = try await portal(visitor.scope)
        return RequestList(
            items: cards.prefix(Self.pageSize).map {
                RequestCard($0.card, of: caller.user, $0.turn, portal: base, most: Self.mostPeople)
            }, hasMore: cards.count > Self.pageSize)
    }

    func show(_ ticket: TicketID, to visitor: DeskVisitor) async throws -> RequestAnswer {
        guard let caller = try await caller(visitor, may: .ticketsSee) else { return .refused(Self.notFound) }
        do {
            return .shown(try await card(ticket, caller, visitor))
        } catch TicketError.notFound {
            return .refused(Self.notFound)
        }
    }

    private func card(
        _ ticket: TicketID, _ caller: TenantAPI.Caller, _ visitor: DeskVisitor
    ) async throws -> RequestCard {
        let (card, turn) = try await tickets.card(for: ticket, to: caller.user, at: visitor.now, in: caller.scope)
        return RequestCard(
            card, of: caller.user, turn, portal: try await portal(visitor.scope), most: Self.mostPeople)
    }

    // MARK: Answering

    /// The worker's word is not enough for what gives somebody access: an approval takes a code that only the person has.
    func decide(
        _ decision: RequestDecision, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer {
        guard let caller = try await caller(visitor, may: .ticketsDecide) else {
            try await audit.refuse(because: .forbidden)
            return .refused(Self.mayNotDecide)
        }
        return try await answer(visitor, caller, audit, at: "/inbox/\(decision.ticket.text)") {
            audit.target("ticket", decision.ticket.text)
            if decision.isApproval {
                // Whoever has to tap a passkey, or to say why, is told so before a code is spent.
                let (shown, turn) = try await tickets.card(
                    for: decision.ticket, to: caller.user, at: visitor.now, in: caller.scope)
                guard shown.digest == decision.digest else { throw TicketError.changed }
                if turn?.needsPasskey == true { throw TicketError.needsPasskey }
                if turn?.needsComment.covers(.approved) == true, !decision.comment.isReadable {
                    throw TicketError.needsComment(.approved)
                }
                try await prove(decision.code, visitor, or: Self.codeNeeded)
            }
            _ = try await tickets.decide(
                fromMessenger: MessengerClick(
                    ticket: decision.ticket, level: nil, user: caller.user,
                    outcome: decision.isApproval ? .approved : .rejected, comment: decision.comment,
                    digest: decision.digest, channel: .ssh), at: visitor.now, audit: audit, in: caller.scope)
            return decision.ticket
        }
    }

    func prove(_ code: PassedSecret?, _ visitor: DeskVisitor, or needed: Problem) async throws {
        let typed = (code?.reveal() ?? "").filter { !$0.isWhitespace }
        guard !typed.isEmpty else { throw needed }
        do {
            guard
                try await identity.gateway.code(
                    typed, of: visitor.user.id, from: visitor.clientAddress, at: visitor.now, in: visitor.scope) != nil
            else { throw Self.codeWrong }
        } catch IdentityError.busy {
            throw Problem.tooMany(after: 5)
        } catch IdentityError.addressLocked(let seconds) {
            throw Problem.tooMany(after: seconds)
        }
    }

    func withdraw(_ ticket: TicketID, by visitor: DeskVisitor, audit: AuditDraft) async throws -> RequestAnswer {
        guard let caller = try await caller(visitor, may: .ticketsOpen) else {
            try await audit.refuse(because: .forbidden)
            return .refused(Self.mayNotAsk)
        }
        return try await answer(visitor, caller, audit, at: "/requests/\(ticket.text)") {
            try await tickets.withdraw(ticket, by: caller.user, at: visitor.now, audit: audit, in: caller.scope).id
        }
    }

    // MARK: What they have in common

    func caller(_ visitor: DeskVisitor, may permission: Permission) async throws -> TenantAPI.Caller? {
        guard let caller = try await identity.caller(visitor.user.id, at: visitor.now, in: visitor.scope),
            caller.reach?.anywhere.contains(permission) == true
        else { return nil }
        return caller
    }

    /// Does it and shows the request then, or says why not: a refusal is in the trail as it is for the API. What was done is
    /// no refusal any more, whatever comes of showing it; whoever may do it is shown what they did, as at the API.
    func answer(
        _ visitor: DeskVisitor, _ caller: TenantAPI.Caller, _ audit: AuditDraft, at path: String,
        _ work: () async throws -> TicketID
    ) async throws -> RequestAnswer {
        let ticket: TicketID
        do {
            ticket = try await work()
        } catch {
            let refused = try RequestRefused(error, url: "\(try await portal(visitor.scope))\(path)")
            try await audit.refuse(because: Problem.representing(error).type)
            return .refused(refused)
        }
        return .shown(try await card(ticket, caller, visitor))
    }

    static let mayNotAsk = RequestRefused(
        code: ProblemType.forbidden.name,
        text: "You may not ask for access. An administrator can give you the right to.")
    private static let mayNotDecide = RequestRefused(
        code: ProblemType.forbidden.name, text: "You may not decide requests any more.")
    private static let notFound = RequestRefused(
        code: ProblemType.notFound.name, text: "There is no such request that concerns you.")
    private static let codeNeeded = Problem(
        .stepUpRequired, "An approval at a terminal takes a code of your authenticator. Without one, use the portal.")
    private static let codeWrong = Problem(
        .codeRefused, "The code was not right or has been used. Wait for the next one, or use the portal.")
}

extension RequestRefused {
    /// What stands against it, in words for the person; rethrows what is nobody's fault but ours.
    init(_ error: any Error, url: String) throws {
        let problem = Problem.representing(error)
        guard problem.type.status < 500 else { throw error }
        let fields = problem.errors.map { "\($0.pointer.dropFirst()): \($0.message)" }
        let text = ([problem.detail ?? problem.type.title] + fields).joined(separator: "\n")
        self.init(code: problem.type.name, text: text, url: url)
    }
}

extension RequestPath {
    fileprivate init(_ preview: PathPreview, most: Int) {
        self.init(
            flow: preview.flowName, risk: preview.risk.rawValue, approvesItself: preview.approvesItself,
            isParallel: preview.isParallel,
            levels: preview.levels.map { level in
                RequestPathLevel(
                    name: level.name, quorum: level.quorum, people: level.seats.prefix(most).map(\.user.name),
                    more: max(0, level.seats.count - most), needsPasskey: level.needsPasskey, latest: level.latest)
            })
    }
}

extension RequestCard {
    fileprivate init(_ card: TicketCard, of user: UserID, _ turn: TicketTurn?, portal: String, most: Int) {
        let open = Set(card.open.map(\.level))
        let waiting = Set(card.waitingFor.map(\.id))
        self.init(
            ticket: card.id, number: card.number, kind: card.kind.rawValue, kindName: card.words.name,
            requester: card.requester.name, isOwn: card.requester.id == user,
            facts: card.facts.map { RequestFact($0, card.words) },
            reason: card.reason, risk: card.risk.rawValue, state: card.state.rawValue,
            levels: card.path.map { stage in
                let people = stage.seats.filter { !open.contains(stage.level) || waiting.contains($0.user.id) }
                    .map(\.user.name)
                return RequestLevel(
                    name: stage.name, quorum: stage.quorum, isOpen: open.contains(stage.level),
                    isPassed: stage.passedAt != nil, needsPasskey: stage.needsPasskey, deadline: stage.deadline,
                    people: Array(people.prefix(most)), more: max(0, people.count - most),
                    answers: card.decisions.filter { $0.level == stage.level }.prefix(100).map {
                        RequestLevelAnswer(
                            name: $0.user.name, onBehalfOf: $0.onBehalfOf?.name, isApproval: $0.outcome == .approved,
                            comment: $0.comment, at: $0.decidedAt,
                            changes: $0.changes.map { change in
                                RequestChange(
                                    from: RequestFact(card.fact(change.label, change.before), card.words),
                                    to: RequestFact(card.fact(change.label, change.after), card.words))
                            })
                    })
            },
            deadline: card.deadline, createdAt: card.createdAt, digest: card.digest, mayDecide: turn != nil,
            needsPasskey: turn?.needsPasskey == true,
            approvalNeedsComment: turn?.needsComment.covers(.approved) == true,
            refusalNeedsComment: turn?.needsComment.covers(.rejected) == true,
            url: "\(portal)/\(turn != nil ? "inbox" : "requests")/\(card.id.text)")
    }
}

extension RequestFact {
    /// With the words that its kind has for it. What is read has every value, or cannot be decided there.
    fileprivate init(_ fact: TicketFact, _ words: KindWords) {
        let known = words.values(of: fact.label)
        self.init(
            label: fact.label, values: fact.values, form: Form(rawValue: fact.form.rawValue) ?? .text,
            name: words.fact(fact.label),
            words: Set(fact.values).compactMap { value in known[value].map { RequestWord(value, $0) } }
                .sorted { $0.value < $1.value })
    }
}

extension GatewayRequests {
    /// What somebody could ask for who may not connect, and what they have asked for already; nil for who may not ask.
    func hint(
        _ asset: Asset, _ account: AccountName?, for user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> AccessRequestHint? {
        guard let caller = try await identity.caller(user, at: now, in: scope),
            caller.reach?.anywhere.contains(.ticketsOpen) == true
        else { return nil }
        if let home = caller.home, try await !tickets.has([asset.id], in: home) { return nil }
        var open: OpenRequest?
        if let account {
            open = try await tickets.openRequest(of: user, for: asset.id, account, in: scope).map { card in
                OpenRequest(
                    ticket: card.id, number: card.number, since: card.createdAt, deadline: card.deadline,
                    people: card.waitingFor.prefix(Self.mostPeople).map(\.name))
            }
        }
        let base = try await portal(scope)
        let chosen = account.map { "&account=\(FormText.escape($0.text))" } ?? ""
        let target = "\(account?.text ?? "ACCOUNT")@\(asset.name.text)"
        return AccessRequestHint(
            command: "gatehouse request \(target.quotedForShell) --for 1h --reason \"…\"",
            url: "\(base)/requests?new=1&asset=\(asset.id.text)\(chosen)",
            wish: RequestWish(
                asset: asset.id, name: asset.name.text, account: account?.text, durationSeconds: 3600), open: open,
            actions: Self.words(for: AccessAction.allCases),
            emergency: EmergencyOffer(try await tickets.emergencies(of: user, to: asset.id, in: caller.scope)))
    }
}
