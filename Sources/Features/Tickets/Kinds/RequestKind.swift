import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// A kind of request: what it has besides what every request has, how that is shown, and what comes of it once everybody
/// has agreed. `Docs/adding-a-ticket-kind.md` tells how to add one.
package protocol RequestKind: Sendable {
    /// What a request of this kind says besides its reason and what it is about.
    associatedtype Content: WireValue, Equatable

    var name: TicketKindName { get }
    /// What it and its lines are called wherever people read them; the portal's words are in its locales.
    var words: KindWords { get }

    /// Whether this may be asked for, and what is kept of the content: names of things as they are now belong into it.
    /// Throws `FieldErrors` under `/content`, or an error that represents a problem.
    func check(_ content: Content, of draft: TicketDraft, _ facts: TicketOpening) async throws -> Content

    /// What people read about it, besides what every request has.
    func facts(_ content: Content, _ shown: TicketShown) -> [TicketFact]

    /// The smaller content that an approver made of it; throws `TicketError.wider` for anything else.
    func narrowed(_ content: Content, to smaller: Content) throws(TicketError) -> Content

    /// What comes of it, in the transaction of the decision that completes it.
    func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect

    // What few kinds say differently.

    /// Asked for at an endpoint of its own, and at no other.
    var hasOwnDoor: Bool { get }
    /// Whether whoever asked may take it back.
    var mayBeWithdrawn: Bool { get }
    /// Whether approvers may take away of what it is about; of the content is what `narrowed` says.
    var mayBeNarrowed: Bool { get }
    /// Somebody waits at a door for what comes of it, and is woken.
    var isAwaited: Bool { get }
    /// What it is about, where that is not for whoever asks to say.
    func ask(_ content: Content, of draft: TicketDraft, _ opening: TicketOpening) async throws -> TicketAsk
    /// The path that it takes, made of what the flows of the company say.
    func path(
        _ opening: TicketOpening, usual: () async throws -> FlowPlan
    ) async throws -> FlowPlan
    /// What comes of it before anybody is asked.
    func opened(_ content: Content, _ ticket: ApprovedTicket) async throws -> TicketEffect
    /// What comes of a refusal.
    func rejected(_ content: Content, _ ticket: ApprovedTicket) async throws
}

extension RequestKind {
    package var hasOwnDoor: Bool { false }
    package var mayBeWithdrawn: Bool { true }
    package var mayBeNarrowed: Bool { true }
    package var isAwaited: Bool { false }

    package func ask(_ content: Content, of draft: TicketDraft, _ opening: TicketOpening) async throws -> TicketAsk {
        draft.ask
    }

    package func path(
        _ opening: TicketOpening, usual: () async throws -> FlowPlan
    ) async throws -> FlowPlan {
        try await usual()
    }

    package func opened(_ content: Content, _ ticket: ApprovedTicket) async throws -> TicketEffect { .nothing }

    package func rejected(_ content: Content, _ ticket: ApprovedTicket) async throws {}

    package func narrowed(_ content: Content, to smaller: Content) throws(TicketError) -> Content {
        guard smaller == content else { throw .wider }
        return content
    }

    /// The content as it is kept: read by the kind's schema, checked, written canonically.
    func checked(_ draft: TicketDraft, _ opening: TicketOpening) async throws -> TicketDraft {
        var draft = draft
        let content = try await check(try read(draft.content), of: draft, opening)
        draft.content = try canonical(content)
        draft.ask = try await ask(content, of: draft, opening)
        return draft
    }

    /// What an approver made of the content, or nil if that has no shape.
    func narrowing(_ content: JSON, to smaller: JSON) throws -> JSON {
        try canonical(try narrowed(try read(content), to: try read(smaller)))
    }

    func facts(of content: JSON, _ shown: TicketShown) -> [TicketFact] {
        (try? read(content)).map { facts($0, shown) } ?? []
    }

    func effect(of approved: ApprovedTicket) async throws -> TicketEffect {
        try await effect(try read(approved.progress.content), of: approved)
    }

    func opened(_ ticket: ApprovedTicket) async throws -> TicketEffect {
        try await opened(try read(ticket.progress.content), ticket)
    }

    func rejected(_ ticket: ApprovedTicket) async throws {
        try await rejected(try read(ticket.progress.content), ticket)
    }

    private func read(_ json: JSON) throws(FieldErrors) -> Content {
        do throws(FieldErrors) {
            return try Content.schema.parse(json)
        } catch {
            throw FieldErrors(
                errors: error.errors.map { FieldError(pointer: "/content\($0.pointer)", message: $0.message) })
        }
    }

    private func canonical(_ content: Content) throws -> JSON {
        let written = try JSONParser.parse(CanonicalJSON.bytes(content.written))
        guard case .object(let members) = written else { return written }
        // What is absent is as if the kind had never had it: a field that a kind gets later changes no digest.
        return .object(members.filter { $0.value != .null })
    }
}

/// Who asks, when and where, as a kind checks it.
package struct TicketOpening: Sendable {
    package let requester: UserID
    package let at: Date
    package let scope: TenantScope
    package let transaction: Transaction
    /// Those of these people who may decide requests at all.
    package let mayDecide: @Sendable ([UserID]) async throws -> Set<UserID>
}

/// A request that everybody has agreed to, and the transaction in which that was decided.
package struct ApprovedTicket: Sendable {
    package let progress: TicketProgress
    package let number: Int
    package let at: Date
    package let audit: AuditDraft
    package let scope: TenantScope
    package let transaction: Transaction
}

/// What came of a request.
package struct TicketEffect: Sendable, Equatable {
    package var grant: GrantID?

    package init(grant: GrantID? = nil) {
        self.grant = grant
    }

    package static let nothing = TicketEffect()
}

/// What every request is about, by name.
package struct TicketShown: Sendable {
    package let assets: [String]
    package let accounts: [String]
    package let actions: [String]
    package let startsAt: Date?
    package let duration: Int
}
