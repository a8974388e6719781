package import Geolocation
package import Kernel
package import Tenancy

/// What Identity must be told about the installation.
package struct IdentitySettings: Sendable {
    package let catalogue: PermissionCatalogue
    package let portal: PortalAddress
    /// No refused password is answered sooner: the time taken must not tell whether the login exists.
    package let refusalFloor: Duration
    /// Seconds that an address has to wait before it may try again at a gateway, or nil to go on. Endpoints have the
    /// limits of their gate.
    package let throttle: @Sendable (_ address: String) async -> Int?
    /// The same of a program that asks for what costs much.
    package let throttleProgram: @Sendable (_ client: String) async -> Int?
    /// By which invitations go out.
    package let letters: LetterBox
    /// By which identity providers are asked.
    package let directories: ProviderDirectories
    /// Passwords that nobody may choose, since they leaked.
    package let breached: BreachedPasswords
    /// Where addresses are.
    package let places: Places

    package init(
        catalogue: PermissionCatalogue, portal: PortalAddress, refusalFloor: Duration = .milliseconds(300),
        throttle: @escaping @Sendable (_ address: String) async -> Int? = { _ in nil },
        throttleProgram: @escaping @Sendable (_ client: String) async -> Int? = { _ in nil },
        letters: LetterBox = .none,
        directories: ProviderDirectories = ProviderDirectories(), breached: BreachedPasswords = .shipped,
        places: Places = .none
    ) {
        self.catalogue = catalogue
        self.portal = portal
        self.refusalFloor = refusalFloor
        self.throttle = throttle
        self.throttleProgram = throttleProgram
        self.letters = letters
        self.directories = directories
        self.breached = breached
        self.places = places
    }

    /// The floor where providers are asked: never quicker than they were lately.
    func refusalFloor(in scope: TenantScope) -> Duration {
        max(refusalFloor, directories.pace(in: scope))
    }
}

/// Where tenants' portals are: a template with `{tenant}` in place of the slug, such as `https://{tenant}.example.com`.
package struct PortalAddress: Sendable, Equatable {
    private let template: String

    package init(template: String) throws(Invalid) {
        guard template.hasPrefix("https://") || template.hasPrefix("http://"), template.contains("{tenant}"),
            !template.hasSuffix("/")
        else { throw Invalid("must be a template such as https://{tenant}.example.com") }
        self.template = template
    }

    package func url(of slug: String) -> String { template.replacing("{tenant}", with: slug) }

    /// The same at a host name of the company's own, behind the same port.
    package func url(at host: String) -> String {
        let parts = template.split(separator: "://", maxSplits: 1).map(String.init)
        let port = (parts.last ?? "").split(separator: ":").dropFirst().first.map { ":" + $0 } ?? ""
        return (parts.first ?? "https") + "://" + host + port
    }

    /// The token stands behind the `#`, which browsers keep to themselves: it reaches no log and no referrer.
    package func invitation(to slug: String, at host: String? = nil, token: String) -> String {
        (host.map(url(at:)) ?? url(of: slug)) + "/invitation#token=" + token
    }

    /// The same for a link to a sign-in.
    package func signInLink(to slug: String, at host: String?, token: String) -> String {
        (host.map(url(at:)) ?? url(of: slug)) + "/sign-in/link#token=" + token
    }
}
