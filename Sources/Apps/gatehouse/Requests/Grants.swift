import ArgumentParser
import Kernel

/// What access one holds.
struct Grants: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grants", abstract: "List the access that you hold, and until when.")

    @OptionGroup var listing: ListOptions

    func run() async throws {
        try await listing.show(
            "/my/grants",
            [
                ("grant", { $0.text("id") }), ("name", { $0.text("name") }), ("accounts", Self.accounts),
                ("on", Self.places), ("until", { SpokenTime.local($0.text("endsAt")) }),
                ("used", { $0.bool("isUsed") ? "yes" : "no" }),
            ],
            empty: "You hold no access. Ask with: gatehouse request ACCOUNT@ASSET --reason WHY")
    }

    private static func accounts(_ grant: JSON) -> String {
        grant.list("accounts").map { rule in rule.text("name").isEmpty ? rule.text("kind") : rule.text("name") }
            .joined(separator: ", ")
    }

    private static func places(_ grant: JSON) -> String {
        (grant.list("assets") + grant.list("nodes")).map { $0.text("name") }.joined(separator: ", ")
    }
}

/// Gives access back before it ends.
struct HandBack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-back", abstract: "Hand access back that you asked for; your sessions on it end.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The grant, as `gatehouse grants` shows it, or the number of the request that gave it.")
    var grant: String

    func run() async throws {
        let client = try portal.portal()
        let held = try await client.held(grant)
        let answer = try await client.post("/my/grants/\(held.text("id"))/hand-back")
        output.show(answer, "“\(answer.text("name"))” is handed back.".oneLine)
    }
}

extension APIClient {
    /// Access that one holds, by id or by the request that gave it.
    func held(_ name: String) async throws -> JSON {
        var id = name
        if GrantID(name) == nil {
            let ticket = try await request(name)
            id = ticket.text("grant")
            guard !id.isEmpty else { throw CommandFailure("Request \(ticket.int("number") ?? 0) has given no access.") }
        }
        let held = try await list("/my/grants")
        guard let grant = held.first(where: { $0.text("id") == id }) else {
            throw CommandFailure("You do not hold this access, or it is over. See: gatehouse grants")
        }
        return grant
    }
}
