package import Kernel

/// Where in the portal a link may lead: a page for people who are signed in, by a list. What lies beside these pages
/// (invitations, terminals that wait for somebody's word, the provider's entrance) acts on its own address, and nobody
/// is sent there.
package struct LandingPath: Sendable, Equatable {
    package let text: String

    private static let areas: Set<Substring> = [
        "", "accounts", "assets", "audit", "commands", "flows", "grants", "groups", "inbox", "my", "organizations",
        "profile", "requests", "roles", "sessions", "settings", "tickets", "usage", "users", "workspace",
    ]

    package init(parsing text: String) throws(Invalid) {
        let path = try ReturnPath(parsing: text).text
        let area = path.dropFirst().prefix { $0 != "/" && $0 != "?" }
        guard Self.areas.contains(area), !path.contains("#"), !path.contains("//"), !path.contains("..") else {
            throw Invalid("must be a page of the portal")
        }
        self.text = path
    }
}

extension LandingPath: WireValue {
    package static let schema: Schema<Self> = Schema<String>.text(1...500).map(Self.init(parsing:), \.text)
}
