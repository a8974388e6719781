import Kernel

/// What somebody waits for at a door: a sign-in, a connection, a command. A rule asks for it, and says who answers; nothing
/// of it can be changed, and what comes of it is that whoever waits goes on.
package protocol ReviewKind: RequestKind {}

extension ReviewKind {
    package var hasOwnDoor: Bool { true }
    package var mayBeNarrowed: Bool { false }
    package var isAwaited: Bool { true }

    package func check(
        _ content: Content, of draft: TicketDraft, _ opening: TicketOpening
    ) async throws -> Content { content }

    package func effect(_ content: Content, of approved: ApprovedTicket) async throws -> TicketEffect { .nothing }
}

extension TicketFact {
    /// The lines about where somebody waits, and why.
    static func door(entrance: String, address: String?, rule: String) -> [TicketFact] {
        [
            TicketFact("client-address", [address ?? "?"]), TicketFact("entrance", [entrance]),
            TicketFact("rule", [rule]),
        ]
    }
}
