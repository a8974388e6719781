import ArgumentParser
import Kernel

/// What one may reach now.
struct ListAssets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List what you may reach now, or what you may ask for.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Flag(name: .long, help: "List everything that you may ask for instead.")
    var requestable = false
    @Argument(help: "Only names that begin with this.")
    var name: String?

    func run() async throws {
        let client = try portal.portal()
        let filter = name.map { [("filter", "name sw \(JSON.string($0).inWords)")] } ?? []
        if requestable {
            let rows = try await client.list("/requestable-assets", filter)
            return output.show(
                rows, [("name", { $0.text("name") }), ("platform", { $0.text("platform") })],
                empty: "There is nothing to ask for.")
        }
        output.show(
            try await client.list("/my/assets", filter),
            [
                ("name", { $0.text("name") }), ("accounts", Self.accounts), ("address", { $0.text("address") }),
                ("platform", { $0.text("platform") }), ("until", Self.until),
            ],
            empty: "You may reach nothing now. Ask for access with: gatehouse request ACCOUNT@ASSET --reason WHY"
        )
    }

    private static func accounts(_ row: JSON) -> String {
        row.list("accounts").map { $0.text("name") }.joined(separator: ", ")
    }

    /// When the last of the accounts ends; one without an end is for good.
    private static func until(_ row: JSON) -> String {
        let ends = row.list("accounts").map { $0.text("until") }
        return ends.contains("") ? "" : SpokenTime.local(ends.max() ?? "")
    }
}

extension JSON {
    /// The document as text, for a filter's literal.
    var inWords: String { String(decoding: bytes, as: UTF8.self) }
}
