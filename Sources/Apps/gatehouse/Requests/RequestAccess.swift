import ArgumentParser
import Foundation
import Kernel

/// Asks for access.
struct RequestAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Ask for access.",
        discussion: """
            gatehouse request deploy@web-1 --for 30m --reason "disk alarm"
            gatehouse request web-1 web-2 --account deploy --reason "release 4.2" --start "2026-12-01 22:00" --wait
            gatehouse request root@db-1 --preview              shows who would decide, and sends nothing
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var sending: SendingOptions
    @Argument(help: "What you need: account@asset, or assets by name with --account.")
    var targets: [String]
    @Option(name: .long, help: "The account on all of them; may be given several times.")
    var account: [String] = []
    @Option(name: .long, help: "Why; the approvers read it.")
    var reason: String?
    @Option(name: .customLong("for"), help: "How long: 30m, 8h, 7d.")
    var duration = "1h"
    @Option(name: .long, help: "When it is to begin, if not at once: 2h from now, or 2026-12-01 22:00 here.")
    var start: String?
    @Option(name: .long, help: "What you want to do besides connecting: upload, download … May be given several times.")
    var action: [String] = []

    func run() async throws {
        let wish = try RequestWish(targets, accounts: account)
        let client = try portal.portal()
        var ids: [JSON] = []
        for name in wish.assets { ids.append(.string(try await client.requestable(name))) }
        var ask: JSON = [
            "kind": "access", "assets": .array(ids), "accounts": .array(wish.accounts.map(JSON.string)),
            "actions": .array((["connect"] + action).map(JSON.string)),
            "durationSeconds": .int(Int64(try SpokenTime.required(duration, of: "--for"))),
        ]
        if let start { ask = ask.merging(["startsAt": .string(try SpokenTime.moment(start, of: "--start"))]) }
        try await sending.send(ask, because: reason, over: client, output)
    }
}

/// What all commands have in common that send a request.
struct SendingOptions: ParsableArguments {
    @Flag(name: .long, help: "Only show the way that it would go: who decides and why, the risk, until when.")
    var preview = false
    @OptionGroup var waiting: WaitingOptions

    /// Shows the path, or sends the request and says how it stands.
    func send(_ ask: JSON, because reason: String?, over client: APIClient, _ output: OutputOptions) async throws {
        if preview {
            // By which protocols it is reached changes nobody's path.
            let path = try await client.post("/tickets/preview", ask.without("protocols"))
            return output.show(path, PathText.text(path))
        }
        guard let reason else {
            throw CommandFailure("Say why with --reason; the approvers read it. Or look first with --preview.")
        }
        let ticket = try await client.post("/tickets", ask.merging(["reason": .string(reason)]))
        try await waiting.finish(ticket, over: client, output)
    }
}

/// Whether a command stays until a request is decided.
struct WaitingOptions: ParsableArguments {
    @Flag(name: .long, help: "Wait until it is decided; ends with 0 only if it was approved.")
    var wait = false
    @Option(name: .long, help: "Wait no longer than this, and end with 3 if it is still open: 10m, 2h.")
    var timeout: String?

    func finish(_ sent: JSON, over client: APIClient, _ output: OutputOptions) async throws {
        guard wait || timeout != nil else { return output.show(sent, TicketText.state(sent)) }
        let end = try timeout.map { ContinuousClock.now + .seconds(try SpokenTime.required($0, of: "--timeout")) }
        if !output.json, sent.text("state") == "open" { Console.note(TicketText.state(sent)) }
        let ticket = try await Self.decided(sent, over: client, until: end)
        output.show(ticket, TicketText.state(ticket))
        switch ticket.text("state") {
        case "approved": return
        case "open": throw ExitCode(Outcome.open)
        default: throw ExitCode(Outcome.refused)
        }
    }

    /// Looks again and again, ever more seldom, until it is decided or the time is over.
    static func decided(
        _ ticket: JSON, over client: APIClient, until end: ContinuousClock.Instant? = nil
    ) async throws -> JSON {
        var ticket = ticket
        var pause = Duration.seconds(1)
        while ticket.text("state") == "open", end.map({ ContinuousClock.now < $0 }) ?? true {
            try await Task.sleep(for: min(pause, end.map { $0 - ContinuousClock.now } ?? pause))
            pause = min(pause * 1.3, .seconds(10))
            ticket = try await client.get("/tickets/\(ticket.text("id"))")
        }
        return ticket
    }
}

/// How commands about requests end, for scripts; 0 is success.
enum Outcome {
    /// It was refused, or failed.
    static let refused: Int32 = 1
    /// Nobody has decided yet.
    static let open: Int32 = 3
    /// It takes a browser: a tap on a passkey.
    static let browser: Int32 = 4
}

/// What is asked for: the same accounts on every asset, since a grant is one set of accounts on one set of assets.
struct RequestWish: Equatable {
    let assets: [String]
    let accounts: [String]

    init(_ targets: [String], accounts common: [String]) throws {
        let parsed = targets.map { target -> (account: String?, asset: String) in
            let parts = target.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return parts.count == 2 ? (parts[0], parts[1]) : (nil, target)
        }
        assets = parsed.map(\.asset)
        let named = Set(parsed.map(\.account))
        guard named.count == 1, named == [nil] || common.isEmpty else {
            throw CommandFailure("One request is for the same accounts on every asset: make one for each account.")
        }
        accounts = named.first.flatMap { $0 }.map { [$0] } ?? common
        guard !accounts.isEmpty else {
            throw CommandFailure("Say which account: account@asset, or --account.")
        }
    }
}
