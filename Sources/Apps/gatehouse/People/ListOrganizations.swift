import ArgumentParser
import Kernel

/// The parts of the company that one may see.
struct ListOrganizations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organizations", abstract: "List the organizations that you may see, each below its parent.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let rows = Self.tree(try await portal.portal().get("/organizations").list("items"))
        output.show(
            rows.map(\.row),
            [
                ("name", { row in Self.name(row, rows) }), ("id", { $0.text("id") }),
                ("since", { SpokenTime.local($0.text("createdAt")) }),
            ],
            empty: "You may see no organization.")
    }

    /// Each one after its parent, with how deep it lies.
    static func tree(_ rows: [JSON]) -> [(row: JSON, depth: Int)] {
        let ids = Set(rows.map { $0.text("id") })
        func below(_ parent: String?, _ depth: Int) -> [(row: JSON, depth: Int)] {
            rows.filter { row in
                let own = row.text("parent")
                return parent.map { $0 == own } ?? !ids.contains(own)
            }.flatMap { [($0, depth)] + below($0.text("id"), depth + 1) }
        }
        return below(nil, 0)
    }

    private static func name(_ row: JSON, _ rows: [(row: JSON, depth: Int)]) -> String {
        let depth = rows.first { $0.row.text("id") == row.text("id") }?.depth ?? 0
        return String(repeating: "  ", count: depth) + row.text("name")
    }
}
