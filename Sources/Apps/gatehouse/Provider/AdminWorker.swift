import ArgumentParser
import Foundation
import Kernel

/// Workers.
struct AdminWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Workers.", subcommands: [Token.self, List.self])

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a one-time token by which a machine becomes a worker.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Option(name: .long, help: "The pool that the worker joins.")
        var pool = "default"

        func run() async throws {
            let answer = try await provider.console().post("/worker-enrolments", ["pool": .string(pool)])
            output.show(answer, answer.text("token"))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List workers.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            output.show(
                try await provider.console().list("/workers"),
                [
                    ("name", { $0.text("name") }), ("state", { $0.text("state") }), ("pool", { $0.text("pool") }),
                    ("ssh", { $0.text("sshEndpoint") }), ("id", { $0.text("id") }),
                ],
                empty: "There are none. Make a token with: gatehouse admin worker token")
        }
    }
}

/// What tenants used.
struct AdminUsage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "usage", abstract: "Show what tenants used.")

    @OptionGroup var provider: ProviderOptions
    @OptionGroup var output: OutputOptions
    @Option(name: .long, help: "Only this tenant: its slug or its id.")
    var tenant: String?
    @Option(name: .long, help: "How far back: 24h, 30d.")
    var last = "30d"

    func run() async throws {
        guard let seconds = SpokenTime.seconds(last) else { throw CommandFailure("--last takes 24h or 30d.") }
        let console = try provider.console()
        // Usage is kept by the hour; the running one counts.
        let now = (Date().timeIntervalSince1970 / 3600).rounded(.down) * 3600 + 3600
        var query = [("from", Self.text(now - Double(seconds))), ("to", Self.text(now))]
        if let tenant { query.append(("tenant", try await console.tenantID(tenant))) }
        let answer = try await console.get("/usage", query)
        if output.json { return output.show(answer, "") }
        output.show(
            answer.list("totals"),
            [
                ("tenant", { $0.text("tenant") }), ("meter", { $0.text("meter") }),
                ("quantity", { String($0.int("quantity") ?? 0) }),
            ],
            empty: "Nothing was used.")
    }

    private static func text(_ seconds: Double) -> String {
        Timestamp.text(Date(timeIntervalSince1970: seconds))
    }
}
