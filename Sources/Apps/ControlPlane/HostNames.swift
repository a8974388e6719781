import HTTPAPI
import Kernel
import Tenancy

/// Which part of the installation a host name belongs to.
struct HostNames: Sendable {
    let baseDomain: String
    let directory: TenantDirectory

    /// Deny by default: a name that nobody owns is unknown. Throws while the database is away, which is no answer.
    func owner(of host: String) async throws -> HostOwner {
        guard host.hasSuffix("." + baseDomain) else {
            guard let tenant = try await directory.tenant(hostName: host) else { return .unknown }
            return .tenant(tenant.scope)
        }
        let name = String(host.dropLast(baseDomain.count + 1))
        switch name {
        case "provider": return .provider
        case "workers": return .workers
        case "signup": return .signUp
        default: break
        }
        guard let tenant = try await directory.tenant(slug: name) else { return .unknown }
        return .tenant(tenant.scope)
    }
}
