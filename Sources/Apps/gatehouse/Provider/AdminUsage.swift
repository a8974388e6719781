import ArgumentParser
import Foundation
import Kernel

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
