import ArgumentParser
import Kernel

/// Sessions, live and past.
struct Sessions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List sessions.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Flag(name: .long, help: "Those of everybody, not only your own.")
    var all = false
    @Option(name: .long, help: "Only those in this state, such as live.")
    var state: String?
    @Option(name: .long, help: "How many at most.")
    var limit = 50

    func run() async throws {
        let filter = state.map { [("filter", "state eq \(JSON.string($0).inWords)")] } ?? []
        let rows = try await portal.portal().list(all ? "/sessions" : "/my/sessions", filter, atMost: limit)
        output.show(
            rows,
            [
                ("id", { $0.text("id") }), ("user", { $0.text("user", "name") }),
                ("target", { "\($0.text("account"))@\($0.text("asset", "name"))" }), ("state", { $0.text("state") }),
                ("began", { SpokenTime.local($0.text("createdAt")) }),
                ("lasted", { SpokenTime.words($0.int("seconds") ?? 0) }),
                ("end", { $0.text("endReason") }),
            ],
            empty: "There are none.")
    }
}
