import Access
import GatewayContract
import HTTPAPI
import Hosting
import Kernel
import Tickets

/// Emergency access at a terminal, by the same rules as at the API.
extension GatewayRequests {
    func emergency(for visitor: DeskVisitor) async throws -> EmergencyAnswer {
        guard let caller = try await caller(visitor, may: .ticketsOpen) else { return .refused(Self.mayNotAsk) }
        let mine = try await tickets.emergencies(of: caller.user, in: caller.scope)
        if let offer = EmergencyOffer(mine) { return .offered(offer) }
        return .refused(
            try RequestRefused(
                mine.isBlocked ? TicketError.reviewMissing : Self.noRule,
                url: "\(try await portal(visitor.scope))/requests"))
    }

    /// The worker's word is not enough for it, as it is not for an approval.
    func takeEmergency(
        _ taken: NewEmergency, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer {
        guard let caller = try await caller(visitor, may: .ticketsOpen) else {
            try await audit.refuse(because: .forbidden)
            return .refused(Self.mayNotAsk)
        }
        return try await answer(visitor, caller, audit, at: "/requests") {
            let wish = try TakeBreakGlass(taken)
            // Whoever would be refused is told so before a code is spent.
            _ = try await tickets.preview(
                wish.draft, by: caller.user, among: caller.home, at: visitor.now, in: caller.scope)
            try await prove(taken.code, visitor, or: Self.emergencyCodeNeeded)
            return try await tickets.breakGlass(
                wish, by: caller.user, among: caller.home, at: visitor.now, audit: audit, in: caller.scope
            ).id
        }
    }

    private static let noRule = Problem(
        .breakGlassRefused, "No rule gives you emergency access. Ask for access instead.")
    private static let emergencyCodeNeeded = Problem(
        .stepUpRequired,
        "Emergency access at a terminal takes a code of your authenticator. Without one, use the portal.")
}

extension EmergencyOffer {
    /// Nil for who may take none now.
    init?(_ mine: MyBreakGlass) {
        guard !mine.isBlocked, let seconds = mine.rules.map(\.maxSeconds).max() else { return nil }
        let given = Set(mine.rules.flatMap(\.actions))
        self.init(
            seconds: seconds, actions: GatewayRequests.words(for: AccessAction.allCases.filter(given.contains)))
    }
}

extension TakeBreakGlass {
    /// As it would come to the API: what is wrong with it is said in the same words.
    fileprivate init(_ taken: NewEmergency) throws {
        let wish = taken.wish
        self = try Self.schema.parse([
            "reason": .string(taken.reason), "assets": [.string(wish.asset.text)],
            "accounts": .array(wish.account.map { [.string($0)] } ?? []),
            "actions": .array(try GatewayRequests.actions(of: wish).map { .string($0.rawValue) }),
            "durationSeconds": .int(Int64(wish.durationSeconds)),
        ])
    }
}
