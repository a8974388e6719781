package import FoundationEssentials
package import GatewayContract
package import HTTPAPI
package import Kernel

/// What Hosting needs of Assets, Tickets and Identity so that people can ask and answer at a terminal. All of it checks what
/// the person may do, as the portal does.
package protocol RequestDesk: Sendable {
    func requestable(_ words: String, page: Int, for visitor: DeskVisitor) async throws -> RequestablePage
    func path(of wish: RequestWish, for visitor: DeskVisitor) async throws -> RequestPathAnswer
    func ask(
        for wish: RequestWish, because reason: String, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer
    func list(_ view: RequestView, for visitor: DeskVisitor) async throws -> RequestList
    func show(_ ticket: TicketID, to visitor: DeskVisitor) async throws -> RequestAnswer
    func decide(_ decision: RequestDecision, by visitor: DeskVisitor, audit: AuditDraft) async throws -> RequestAnswer
    func withdraw(_ ticket: TicketID, by visitor: DeskVisitor, audit: AuditDraft) async throws -> RequestAnswer
    func emergency(for visitor: DeskVisitor) async throws -> EmergencyAnswer
    func takeEmergency(
        _ taken: NewEmergency, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer
}

/// Who stands at the terminal, and when.
package struct DeskVisitor: Sendable {
    package let user: NamedUser
    package let clientAddress: String
    package let now: Date
    package let scope: TenantScope

    package init(user: NamedUser, clientAddress: String, now: Date, scope: TenantScope) {
        self.user = user
        self.clientAddress = clientAddress
        self.now = now
        self.scope = scope
    }
}

/// An installation without requests.
package struct NoRequestDesk: RequestDesk {
    package init() {}

    package func requestable(_ words: String, page: Int, for visitor: DeskVisitor) async throws -> RequestablePage {
        RequestablePage(items: [], hasMore: false)
    }

    package func path(of wish: RequestWish, for visitor: DeskVisitor) async throws -> RequestPathAnswer {
        .refused(Self.none)
    }

    package func ask(
        for wish: RequestWish, because reason: String, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer {
        .refused(Self.none)
    }

    package func list(_ view: RequestView, for visitor: DeskVisitor) async throws -> RequestList {
        RequestList(items: [], hasMore: false)
    }

    package func show(_ ticket: TicketID, to visitor: DeskVisitor) async throws -> RequestAnswer {
        .refused(Self.none)
    }

    package func decide(
        _ decision: RequestDecision, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer {
        .refused(Self.none)
    }

    package func withdraw(
        _ ticket: TicketID, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer {
        .refused(Self.none)
    }

    package func emergency(for visitor: DeskVisitor) async throws -> EmergencyAnswer { .refused(Self.none) }

    package func takeEmergency(
        _ taken: NewEmergency, by visitor: DeskVisitor, audit: AuditDraft
    ) async throws -> RequestAnswer {
        .refused(Self.none)
    }

    private static let none = RequestRefused(code: "not-found", text: "There are no requests here.")
}
