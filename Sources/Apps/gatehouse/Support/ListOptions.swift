import ArgumentParser
import Kernel

/// Whose list a command shows, how much of it, and how.
struct ListOptions: ParsableArguments {
    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Option(name: .long, help: "How many at most.")
    var limit = 100

    func show(
        _ path: String, _ columns: [(title: String, cell: @Sendable (JSON) -> String)], empty: String
    ) async throws {
        output.show(try await portal.portal().list(path, atMost: limit), columns, empty: empty)
    }
}
