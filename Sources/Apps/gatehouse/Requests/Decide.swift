import ArgumentParser
import FoundationEssentials
import Glibc
import Kernel

/// What `approve` and `reject` have in common.
struct DecisionOptions: ParsableArguments {
    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The requests: numbers or ids.")
    var requests: [String]
    @Option(name: .long, help: "A remark for the one who asked; some levels take no answer without one.")
    var comment = ""
    @Option(name: .long, help: "The digest of what you have read, as `gatehouse show` told it.")
    var digest: String?
    @Flag(name: [.short, .long], help: "Decide without asking first.")
    var yes = false
    @Flag(name: .long, help: "Where a level takes a passkey: wait until it is decided in the portal.")
    var wait = false

    func validate() throws {
        if digest != nil, requests.count != 1 { throw ValidationError("A digest is of one request.") }
    }

    /// Shows each request and answers exactly what was shown. One that fails keeps none of the others back.
    func decide(_ outcome: String, _ less: JSON = [:]) async throws {
        let client = try portal.portal()
        var answers: [JSON] = []
        var worst: Int32 = 0
        for name in requests {
            do {
                let (answer, status) = try await decide(name, outcome, less, client)
                answers.append(answer)
                worst = max(worst, status)
            } catch let failure where requests.count > 1 {
                guard failure is APIFailure || failure is CommandFailure else { throw failure }
                Console.note("\(name.oneLine): \(failure)")
                let problem = (failure as? APIFailure)?.problem ?? ["title": .string("\(failure)")]
                answers.append(["request": .string(name), "problem": problem])
                worst = max(worst, Outcome.refused)
            }
        }
        if output.json {
            let result = answers.count == 1 && requests.count == 1 ? answers[0] : .array(answers)
            Console.out(result.inWords)
        }
        if worst != 0 { throw ExitCode(worst) }
    }

    private func decide(
        _ name: String, _ outcome: String, _ less: JSON, _ client: APIClient
    ) async throws -> (JSON, Int32) {
        let ticket = try await client.request(name)
        let id = ticket.text("id")
        if outcome == "approved", ticket["turn"]?.bool("needsPasskey") == true {
            return try await inBrowser(ticket, client)
        }
        guard try isSure(ticket, outcome) else {
            Console.note("Nothing was decided about \(ticket.int("number") ?? 0).")
            return (ticket, Outcome.open)
        }
        let body: JSON = [
            "outcome": .string(outcome), "comment": .string(try words(for: ticket, outcome)),
            "digest": .string(digest ?? ticket.text("digest")),
        ]
        do {
            let answer = try await client.withTypedFactor(orAt: "/inbox/\(id)") {
                try await $0.post("/tickets/\(id)/decision", body.merging(less))
            }
            if !output.json { Console.out(TicketText.state(answer)) }
            return (answer, 0)
        } catch let failure as APIFailure where failure.kind == "ticket-needs-passkey" {
            return try await inBrowser(ticket, client)
        }
    }

    /// The remark; where the level takes no answer without one, whoever sits at a terminal is asked for it.
    private func words(for ticket: JSON, _ outcome: String) throws -> String {
        let need = ticket.text("turn", "needsComment")
        guard comment.isEmpty, need == "always" || need == outcome, isatty(STDIN_FILENO) == 1 else { return comment }
        let doing = outcome == "approved" ? "approve" : "reject"
        Console.prompt("Why do you \(doing) request \(ticket.int("number") ?? 0)? This level asks for it: ")
        let typed = readLine(strippingNewline: true) ?? ""
        guard typed.contains(where: { !$0.isWhitespace }) else {
            throw CommandFailure("Nothing was decided: say why, here or with --comment \"…\".")
        }
        return typed
    }

    /// No terminal asks for a tap on a passkey: says where, and waits there if that is wanted.
    private func inBrowser(_ ticket: JSON, _ client: APIClient) async throws -> (JSON, Int32) {
        let number = ticket.int("number") ?? 0
        Console.note(
            "Approving request \(number) takes a tap on your passkey, which works in the portal only: "
                + "\(client.origin)/inbox/\(ticket.text("id"))")
        guard wait else { return (ticket, Outcome.browser) }
        let before = ticket.list("decisions").count
        var now = ticket
        while now.text("state") == "open", now.list("decisions").count == before {
            try await Task.sleep(for: .seconds(2))
            now = try await client.get("/tickets/\(ticket.text("id"))")
        }
        if !output.json { Console.out(TicketText.state(now)) }
        return (now, ["open", "approved"].contains(now.text("state")) ? 0 : Outcome.refused)
    }

    /// Whoever sits at a terminal reads it first; programs have said --yes, a digest, or what they decide by being there.
    private func isSure(_ ticket: JSON, _ outcome: String) throws -> Bool {
        guard !yes, digest == nil, !output.json, isatty(STDIN_FILENO) == 1 else { return true }
        Console.note(TicketText.whole(ticket, []))
        Console.prompt("\(outcome == "approved" ? "Approve" : "Reject") request \(ticket.int("number") ?? 0)? (y/n) ")
        return ["y", "yes"].contains((readLine(strippingNewline: true) ?? "").lowercased())
    }
}

/// Says yes, to all of it or to less.
struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Approve requests, whole or narrowed.",
        discussion: """
            gatehouse approve 12
            gatehouse approve 12 13 14 --yes --comment "release night"
            gatehouse approve 12 --for 30m --only-asset web-1       grants less than was asked for
            gatehouse approve 13 --for 1h                           of more time that was asked for: an hour more
            """)

    @OptionGroup var decision: DecisionOptions
    @Option(name: .customLong("for"), help: "Grant a shorter time than was asked for: 30m, 8h.")
    var duration: String?
    @Option(name: .long, help: "Only this asset of those that were asked for; may be given several times.")
    var onlyAsset: [String] = []
    @Option(name: .long, help: "Only this account; may be given several times.")
    var onlyAccount: [String] = []
    @Option(name: .long, help: "Only this action besides connecting; may be given several times.")
    var onlyAction: [String] = []

    func validate() throws {
        if decision.requests.count > 1, duration != nil || !(onlyAsset + onlyAccount + onlyAction).isEmpty {
            throw ValidationError("Narrow one request at a time: what is less of one is not less of another.")
        }
    }

    func run() async throws {
        var less: JSON = [:]
        if !onlyAccount.isEmpty { less = less.merging(["accounts": .array(onlyAccount.map(JSON.string))]) }
        // Without it nothing else could be done.
        if !onlyAction.isEmpty {
            less = less.merging(["actions": .array((["connect"] + onlyAction).map(JSON.string))])
        }
        if duration != nil || !onlyAsset.isEmpty {
            let ticket = try await decision.portal.portal().request(decision.requests[0])
            if let duration { less = less.merging(try Self.shorter(ticket, duration)) }
            let ids = try onlyAsset.map { try RequestRole.find($0, in: ticket.list("assets"), "asset of this request") }
            if !ids.isEmpty { less = less.merging(["assets": .array(ids.map(JSON.string))]) }
        }
        try await decision.decide("approved", less)
    }

    /// A role and a later end keep their length in what is theirs.
    static func shorter(_ ticket: JSON, _ duration: String) throws -> JSON {
        let seconds = try SpokenTime.required(duration, of: "--for")
        let content = ticket["content"] ?? [:]
        switch ticket.text("kind") {
        case "role": return ["content": content.merging(["durationSeconds": .int(Int64(seconds))])]
        case "extension":
            guard let from = SpokenTime.date(content.text("from")) else {
                throw CommandFailure("This request does not say since when it asks for more. Decide in the portal.")
            }
            let end = SpokenTime.stamp(from.addingTimeInterval(Double(seconds)))
            return ["content": content.merging(["endsAt": .string(end)])]
        default: return ["durationSeconds": .int(Int64(seconds))]
        }
    }
}

/// Says no.
struct Reject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Reject requests.")

    @OptionGroup var decision: DecisionOptions

    func run() async throws {
        try await decision.decide("rejected")
    }
}
