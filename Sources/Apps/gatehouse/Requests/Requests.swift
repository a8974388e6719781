import ArgumentParser
import Kernel

/// Requests of one's own, or those that wait for one.
struct Requests: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List your requests, those that wait for you, or all.",
        discussion: """
            gatehouse requests                       yours, the newest first
            gatehouse requests inbox                 those that wait for your decision
            gatehouse requests all --kind break-glass --decided
            """)

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

    enum State: String, ExpressibleByArgument, CaseIterable {
        case open, approved, rejected, withdrawn, expired
    }

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "mine, inbox or all.")
    var view = View.mine
    @Option(name: .long, help: "Only those in this state; may be given several times.")
    var state: [State] = []
    @Flag(name: .long, help: "Only those that are not open any more.")
    var decided = false
    @Option(name: .long, help: "Only this kind: access, extension, role, break-glass, sign-in, general …")
    var kind: String?
    @Option(name: .long, help: "How many at most.")
    var limit = 50

    func run() async throws {
        let query = filter.map { [("filter", $0)] } ?? []
        let rows = try await portal.portal().list(view.path, query, atMost: limit)
        output.show(rows, TicketText.columns, empty: view == .inbox ? "Nothing waits for you." : "There are none.")
    }

    /// In the API's grammar, or nil for everything.
    var filter: String? {
        var terms: [String] = []
        if !state.isEmpty {
            terms.append("(" + state.map { "state eq \"\($0.rawValue)\"" }.joined(separator: " or ") + ")")
        }
        if decided { terms.append("state ne \"open\"") }
        if let kind { terms.append("kind eq \(JSON.string(kind).inWords)") }
        return terms.isEmpty ? nil : terms.joined(separator: " and ")
    }
}

/// All about one request.
struct ShowRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a request: what for, its path, what has happened, its digest.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var waiting: WaitingOptions
    @Argument(help: "The request: its number or its id.")
    var request: String

    func run() async throws {
        let client = try portal.portal()
        let ticket = try await client.request(request)
        if waiting.wait || waiting.timeout != nil { return try await waiting.finish(ticket, over: client, output) }
        let comments = try await client.get("/tickets/\(ticket.text("id"))/comments").list("items")
        output.show(
            ticket.merging(["comments": .array(comments)]),
            TicketText.whole(ticket, comments) + "\n" + client.page(of: ticket))
    }
}

/// Adds a remark.
struct CommentRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "comment", abstract: "Add a remark to a request.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The request: its number or its id.")
    var request: String
    @Argument(help: "The remark.")
    var text: String

    func run() async throws {
        let client = try portal.portal()
        let ticket = try await client.request(request)
        let answer = try await client.post("/tickets/\(ticket.text("id"))/comments", ["text": .string(text)])
        output.show(answer, "Your remark is on request \(ticket.int("number") ?? 0).")
    }
}

/// Takes one's own request back.
struct WithdrawRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw", abstract: "Take a request of yours back before it is decided.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The request: its number or its id.")
    var request: String

    func run() async throws {
        let client = try portal.portal()
        let ticket = try await client.request(request)
        let answer = try await client.post("/tickets/\(ticket.text("id"))/withdraw")
        output.show(answer, TicketText.state(answer))
    }
}

/// Hands a seat over.
struct ReassignRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reassign", abstract: "Hand your seat in a request to a colleague, for good.",
        discussion: "gatehouse reassign 12 --to lin")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The request: its number or its id.")
    var request: String
    @Option(name: .long, help: "The login or the id of who is to decide instead.")
    var to: String
    @Option(name: .long, help: "The level; the one that waits for you if absent.")
    var level: Int?
    @Option(name: .long, help: "Whose seat, by id, if not yours; that takes the right to manage flows.")
    var from: String?

    func run() async throws {
        let client = try portal.portal()
        let ticket = try await client.request(request)
        guard let level = level ?? ticket["turn"]?.int("level") else {
            throw CommandFailure("No level of this request waits for you: say which one with --level.")
        }
        var body: JSON = [
            "level": .int(Int64(level)), "to": UserID(to) == nil ? ["login": .string(to)] : ["user": .string(to)],
        ]
        if let from { body = body.merging(["from": .string(from)]) }
        let answer = try await client.post("/tickets/\(ticket.text("id"))/reassign", body)
        output.show(answer, TicketText.state(answer))
    }
}
