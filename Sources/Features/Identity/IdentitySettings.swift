package import Kernel

/// What Identity must be told about the installation.
package struct IdentitySettings: Sendable {
    package let catalogue: PermissionCatalogue
    package let portal: PortalAddress
    /// No refused password is answered sooner: the time taken must not tell whether the login exists.
    package let refusalFloor: Duration

    package init(
        catalogue: PermissionCatalogue, portal: PortalAddress, refusalFloor: Duration = .milliseconds(300)
    ) {
        self.catalogue = catalogue
        self.portal = portal
        self.refusalFloor = refusalFloor
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

    /// The token stands behind the `#`, which browsers keep to themselves: it reaches no log and no referrer.
    package func invitation(to slug: String, token: String) -> String {
        url(of: slug) + "/invitation#token=" + token
    }
}
