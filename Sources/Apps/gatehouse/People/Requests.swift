import ArgumentParser
import Kernel

/// Requests of one's own, or those that wait for one.
struct Requests: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List your requests, those that wait for you, or all.")

    enum View: String, ExpressibleByArgument, CaseIterable {
        case mine, inbox, all

        var path: String {
            switch self {
            case .mine: "/my/tickets"
            case .inbox: "/inbox"
            case .all: "/tickets"
            }
        }
    }

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "mine, inbox or all.")
    var view = View.mine
    @Option(name: .long, help: "How many at most.")
    var limit = 50

    func run() async throws {
        let rows = try await portal.portal().list(view.path, atMost: limit)
        output.show(rows, TicketText.columns, empty: view == .inbox ? "Nothing waits for you." : "There are none.")
    }
}

/// What `approve` and `reject` have in common.
struct DecisionOptions: ParsableArguments {
    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The request: its number or its id.")
    var request: String
    @Option(name: .long, help: "A remark for the one who asked.")
    var comment = ""

    /// Decides the request as it is now: the digest says that nothing changed since it was read here.
    func decide(_ outcome: String, _ more: JSON = [:]) async throws {
        let client = try portal.portal()
        let ticket = try await find(client)
        let body: JSON = [
            "outcome": .string(outcome), "comment": .string(comment), "digest": .string(ticket.text("digest")),
        ]
        let answer = try await client.withSecondFactor { client in
            try await client.post("/tickets/\(ticket.text("id"))/decision", body.merging(more))
        }
        output.show(answer, TicketText.state(answer))
    }

    private func find(_ client: APIClient) async throws -> JSON {
        guard let number = Int(request) else { return try await client.get("/tickets/\(APIClient.escape(request))") }
        let found = try await client.list("/inbox", [("filter", "number eq \(number)")], atMost: 1)
        guard let ticket = found.first else {
            throw CommandFailure("No request with number \(number) waits for you. See: gatehouse requests inbox")
        }
        return ticket
    }
}

/// Says yes.
struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Approve a request.")

    @OptionGroup var decision: DecisionOptions
    @Option(name: .customLong("for"), help: "Grant a shorter time than was asked for: 30m, 8h.")
    var duration: String?

    func run() async throws {
        guard let duration else { return try await decision.decide("approved") }
        guard let seconds = SpokenTime.seconds(duration) else {
            throw CommandFailure("--for takes a number and a unit: 30m, 8h, 7d.")
        }
        try await decision.decide("approved", ["durationSeconds": .int(Int64(seconds))])
    }
}

/// Says no.
struct Reject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Reject a request.")

    @OptionGroup var decision: DecisionOptions

    func run() async throws {
        try await decision.decide("rejected")
    }
}
