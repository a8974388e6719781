import ArgumentParser
import Kernel

/// Asks for access.
struct RequestAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "request", abstract: "Ask for access.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The assets, by name.")
    var assets: [String]
    @Option(name: .long, help: "The account on them; may be given several times.")
    var account: [String]
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
        let client = try portal.portal()
        var ids: [JSON] = []
        for name in assets { ids.append(.string(try await id(of: name, client))) }
        var ticket = try await client.post(
            "/tickets",
            [
                "reason": .string(reason), "assets": .array(ids), "accounts": .array(account.map(JSON.string)),
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
