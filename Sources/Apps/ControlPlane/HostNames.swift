import HTTPAPI
import Kernel
import Logging
import Tenancy

/// Which part of the installation a host name belongs to.
struct HostNames: Sendable {
    let baseDomain: String
    let directory: TenantDirectory
    let logger: Logger

    /// Deny by default: a name that nobody owns is unknown, and so is every name while the database is away.
    func owner(of host: String) async -> HostOwner {
        guard host.hasSuffix("." + baseDomain) else { return .unknown }
        let name = String(host.dropLast(baseDomain.count + 1))
        switch name {
        case "provider": return .provider
        case "workers": return .workers
        default: break
        }
        do {
            guard let tenant = try await directory.tenant(slug: name) else { return .unknown }
            return .tenant(tenant.scope)
        } catch {
            logger.warning("a host name could not be looked up", metadata: ["error": "\(error)"])
            return .unknown
        }
    }
}
