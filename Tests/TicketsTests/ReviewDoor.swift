import FoundationEssentials
import Kernel
import Logging
import Postgres
import Stage

@testable import Tickets

/// A desk with reviews, and what Rita waits for.
struct ReviewDoor {
    let desk: Desk
    let reviews: Reviews
    let rule = UUID()

    init() async throws {
        desk = try await Desk()
        reviews = Reviews(
            tickets: desk.tickets,
            hub: ReviewHub(database: desk.stage.database, logger: Logger(label: "test")), trail: desk.stage.trail)
    }

    func signIn(_ attempt: String, by user: UserID? = nil, asking seats: [UserID]? = nil) -> ReviewQuestion {
        ReviewQuestion(
            .signIn(SignInKind.Content(login: "rita", entrance: "ssh", clientAddress: "192.0.2.1", rule: "eyes")),
            by: user ?? desk.rita, "Rita", attempt: attempt, rule: rule, "eyes", from: "192.0.2.1",
            asking: (seats ?? [desk.ann]).map { Seat(user: $0, reason: .named) }, lifetime: 600,
            isAttended: true)
    }

    func ask(_ question: ReviewQuestion) async throws -> ReviewStanding {
        try await desk.stage.database.transaction(in: desk.scope) {
            try await reviews.ask(question, at: desk.stage.now, in: desk.scope, $0)
        }
    }

    /// How what somebody waits for stands.
    func state(of ticket: Ticket, for user: UserID) async throws -> TicketState.Word? {
        try await reviews.state(of: ticket.id, for: user, at: desk.stage.now, in: desk.scope)
    }

    /// The ticket that somebody waits for now.
    func ticket(_ question: ReviewQuestion) async throws -> Ticket {
        guard case .waits(let id, _) = try await ask(question) else { throw Unexpected() }
        return try await desk.tickets.find(
            id, for: question.requester, readable: desk.scope, at: desk.stage.now, in: desk.scope)
    }

    struct Unexpected: Error {}
}
