package import Access
package import Assets
package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

/// What would be asked for, to see its path first.
package struct PreviewTicket: WireValue, Sendable {
    package let kind: TicketKindName
    package let assets: [AssetID]
    package let accounts: [AccountName]
    package let actions: [AccessAction]
    package let startsAt: Date?
    package let durationSeconds: Int
    package let content: JSON

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind, TicketKindName.schema.otherwise(.access))
        Field("assets", \.assets, Schema<[AssetID]>.array(of: AssetID.schema, 0...50).otherwise([]))
        Field("accounts", \.accounts, Schema<[AccountName]>.array(of: AccountName.schema, 0...20).otherwise([]))
        Field("actions", \.actions, Schema<[AccessAction]>.array(of: AccessAction.schema, 0...20).otherwise([.connect]))
        Field("startsAt", \.startsAt, Date.schema, note: "Absent for now.")
        Field("durationSeconds", \.durationSeconds, Schema<Int>.int(60...31_536_000).otherwise(604_800))
        Field(
            "content", \.content, Schema<JSON>.anything.otherwise([:]),
            note: "What the kind has besides, as it would be sent.")
    }

    var draft: TicketDraft {
        TicketDraft(
            kind: kind,
            ask: TicketAsk(
                assets: assets, accounts: accounts, protocols: [.ssh], actions: actions, startsAt: startsAt,
                duration: durationSeconds),
            content: content, reason: "")
    }
}

/// The same for somebody else, for whoever looks after flows.
package struct TryFlows: WireValue, Sendable {
    package let user: UserID
    package let request: PreviewTicket

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("request", \.request)
    }
}

/// The path that a request would take if it were sent now.
package struct PathPreview: WireValue, Sendable {
    package let flowName: String
    package let because: [String]
    package let risk: TicketRisk
    package let riskReasons: [RiskReason]
    package let approvesItself: Bool
    package let isParallel: Bool
    package let levels: [PreviewedLevel]
    package let copies: [TicketPerson]
    package let unusedAfterSeconds: Int?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("flowName", \.flowName, .text(1...100))
        Field(
            "because", \.because, Schema<[String]>.array(of: .text(1...300), 0...100),
            note: "Why this flow: its organization, and what of the request it asked for.")
        Field("risk", \.risk)
        Field("riskReasons", \.riskReasons, count: 0...20)
        Field("approvesItself", \.approvesItself, note: "Nobody is asked.")
        Field("parallel", \.isParallel)
        Field("levels", \.levels, count: 0...5)
        Field("copies", \.copies, count: 0...10_000)
        Field("unusedAfterSeconds", \.unusedAfterSeconds, .int(60...31_536_000))
    }
}

/// One level of a path that was looked at.
package struct PreviewedLevel: WireValue, Sendable {
    package let name: String
    package let quorum: Int
    package let seats: [PreviewedSeat]
    package let deadlineSeconds: Int
    /// When it ends if everything waits as long as it may; levels before it count too.
    package let latest: Date
    package let reminderSeconds: Int?
    package let lapse: PlannedLevel.Lapse
    package let escalatesAfterSeconds: Int?
    package let escalation: [PreviewedSeat]
    package let needsPasskey: Bool
    package let needsComment: CommentNeed

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("quorum", \.quorum, .int(1...10))
        Field("seats", \.seats, count: 0...10_000)
        Field("deadlineSeconds", \.deadlineSeconds, .int(60...2_592_000))
        Field("latest", \.latest, note: "When it ends at the latest, if it were sent now.")
        Field("reminderSeconds", \.reminderSeconds, .int(60...2_592_000))
        Field("lapse", \.lapse)
        Field("escalatesAfterSeconds", \.escalatesAfterSeconds, .int(60...2_592_000))
        Field("escalation", \.escalation, count: 0...10_000)
        Field("needsPasskey", \.needsPasskey)
        Field("needsComment", \.needsComment, note: "Which answers are given with a comment only.")
    }
}

/// Somebody who would be asked, and why.
package struct PreviewedSeat: WireValue, Sendable, Hashable {
    package let user: TicketPerson
    package let reason: Seat.Reason
    package let detail: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("reason", \.reason)
        Field("detail", \.detail, .text(0...200), note: "The group's, role's, asset's or node's name.")
    }
}

extension Tickets {
    /// The path that a request of one's own would take. `home` is where the assets must lie.
    package func preview(
        _ request: PreviewTicket, by user: UserID, among home: TenantScope? = nil, at now: Date, in scope: TenantScope
    ) async throws -> PathPreview {
        try await preview(request.draft, by: user, among: home, at: now, in: scope)
    }

    /// The same of a draft. What somebody waits for at a door has the path that a rule there says, and no flow.
    package func preview(
        _ draft: TicketDraft, by user: UserID, among home: TenantScope? = nil, at now: Date, in scope: TenantScope
    ) async throws -> PathPreview {
        guard try !kinds.kind(draft.kind).isAwaited else {
            throw FieldErrors(errors: [FieldError(pointer: "/kind", message: "is asked for at a door of its own")])
        }
        if let home, try await !store.has(draft.ask.assets, in: home, database) { throw TicketError.unknownAsset }
        return try await database.transaction(in: scope.wholeTenant) { transaction in
            let plan = try await routed(draft, by: user, at: now, in: scope.wholeTenant, transaction).plan
            let names = try await links.names(of: plan.people, in: scope.wholeTenant, transaction)
            return PathPreview(
                plan, Dictionary(names.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first }), at: now)
        }
    }

    /// The path that somebody's request would take; person and assets have to be in the scope.
    package func preview(_ request: TryFlows, at now: Date, in scope: TenantScope) async throws -> PathPreview {
        guard try await paths.has(request.user, in: scope, database) else { throw TicketError.notFound }
        return try await preview(request.request, by: request.user, among: scope, at: now, in: scope)
    }
}

extension FlowPlan {
    /// Everybody who is told.
    fileprivate var people: Set<UserID> {
        Set(levels.flatMap { ($0.seats + ($0.escalation?.seats ?? [])).map(\.user) } + copies)
    }
}

extension PathPreview {
    /// What stands in the way of a request before anybody is asked.
    static let problems: [ProblemType] = [
        .noApprovalFlow, .noApprovers, .unknownAsset, .grantNotActive, .grantEndNotLater, .breakGlassRefused,
        .breakGlassUnreviewed, .secretRefused,
    ]

    init(_ plan: FlowPlan, _ names: [UserID: String], at now: Date) {
        func people(_ seats: [Seat]) -> [PreviewedSeat] {
            seats.map {
                PreviewedSeat(
                    user: TicketPerson(id: $0.user, name: names[$0.user] ?? ""), reason: $0.reason, detail: $0.detail)
            }.sorted { $0.user.name < $1.user.name }
        }
        var waited = 0
        let levels = plan.levels.map { level in
            waited = plan.isParallel ? level.deadline : waited + level.deadline
            return PreviewedLevel(
                name: level.name, quorum: level.quorum, seats: people(level.seats), deadlineSeconds: level.deadline,
                latest: now.addingTimeInterval(Double(waited)), reminderSeconds: level.reminder, lapse: level.lapse,
                escalatesAfterSeconds: level.escalation?.after, escalation: people(level.escalation?.seats ?? []),
                needsPasskey: level.needsPasskey, needsComment: level.needsComment)
        }
        self.init(
            flowName: plan.flowName, because: plan.because, risk: plan.risk, riskReasons: plan.riskReasons,
            approvesItself: plan.approvesItself, isParallel: plan.isParallel, levels: levels,
            copies: plan.copies.map { TicketPerson(id: $0, name: names[$0] ?? "") },
            unusedAfterSeconds: plan.unusedAfter)
    }
}
