package import HTTPAPI
import Kernel
import Postgres

/// What somebody of the hosting provider is there for. The permissions are decided here, by code: most of the endpoints
/// lie in features above this one.
package enum ProviderRole: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case `operator`, billing, support

    /// What the role may do, of what the installation knows.
    package func permissions(of known: Set<Permission>) -> Set<Permission> {
        known.filter { codes.contains($0.code) || $0 == .providerProfile }
    }

    private var codes: Set<String> {
        switch self {
        case .operator:
            [
                "provider.tenants.read", "provider.tenants.manage", "provider.workers", "provider.usage",
                "provider.plans.read", "provider.plans.manage", "provider.service-levels", "provider.settings",
                "provider.operators", "provider.audit", "provider.keys", "provider.announcements",
            ]
        case .billing:
            [
                "provider.tenants.read", "provider.plans.read", "provider.usage", "provider.invoices.read",
                "provider.invoices.manage",
            ]
        case .support:
            ["provider.tenants.read", "provider.service-levels", "provider.support", "provider.announcements"]
        }
    }
}

extension Permission {
    /// One's own account at the provider; every role has it.
    package static let providerProfile = Permission("provider.profile")
    package static let providerOperators = Permission("provider.operators")
}
