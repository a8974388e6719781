import ArgumentParser
import Kernel

/// Asks for access.
struct RequestAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Ask for access.",
        discussion: """
            gatehouse request deploy@web-1 --for 30m --reason "disk alarm"
            gatehouse request web-1 web-2 --account deploy --reason "release 4.2" --wait
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "What you need: account@asset, or assets by name with --account.")
    var targets: [String]
    @Option(name: .long, help: "The account on all of them; may be given several times.")
    var account: [String] = []
    @Option(name: .long, help: "Why; the approvers read it.")
    var reason: String
    @Option(name: .customLong("for"), help: "How long: 30m, 8h, 7d.")
    var duration = "1h"
    @Option(name: .long, help: "What you want to do: connect, upload, download …")
    var action: [String] = ["connect"]
    @Flag(name: .long, help: "Wait until it is decided; ends with 0 only if it was approved.")
    var wait = false

    func run() async throws {
        guard let seconds = SpokenTime.seconds(duration) else {
            throw CommandFailure("--for takes a number and a unit: 30m, 8h, 7d.")
        }
        let wish = try RequestWish(targets, accounts: account)
        let client = try portal.portal()
        var ids: [JSON] = []
        for name in wish.assets { ids.append(.string(try await id(of: name, client))) }
        var ticket = try await client.post(
            "/tickets",
            [
                "reason": .string(reason), "assets": .array(ids), "accounts": .array(wish.accounts.map(JSON.string)),
                "protocols": ["ssh"], "actions": .array(action.map(JSON.string)),
                "durationSeconds": .int(Int64(seconds)),
            ])
        if wait {
            if !output.json { Console.note(TicketText.state(ticket)) }
            while ticket.text("state") == "open" {
                try await Task.sleep(for: .seconds(2))
                ticket = try await client.get("/tickets/\(ticket.text("id"))")
            }
        }
        output.show(ticket, TicketText.state(ticket))
        if wait, ticket.text("state") != "approved" { throw ExitCode(1) }
    }

    private func id(of name: String, _ client: APIClient) async throws -> String {
        if AssetID(name) != nil { return name }
        let found = try await client.list(
            "/requestable-assets", [("filter", "name eq \(JSON.string(name).inWords)")], atMost: 1)
        guard let asset = found.first else {
            throw CommandFailure("There is no asset named \(name.oneLine). See: gatehouse ls --requestable")
        }
        return asset.text("id")
    }
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
