import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// The portal at which somebody stands, as passkeys know it. Its origin is the installation's word, not the browser's.
struct PortalParty {
    let party: RelyingParty
    let company: String

    /// Of the tenant's host names the one that was asked; nil if it is none of them.
    static func find(
        _ host: String, _ portal: PortalAddress, in scope: TenantScope, _ database: Database
    ) async throws -> PortalParty? {
        let found = try await database.first(
            "select name, slug, host_name from tenants where tenant_id = \(scope.tenant)", in: scope
        ) { (name: try $0.next(String.self), slug: try $0.next(String.self), own: try $0.next(String?.self)) }
        guard let found else { return nil }
        let name = host.prefix { $0 != ":" }
        let origins = [portal.url(of: found.slug)] + (found.own.map { [portal.url(at: $0)] } ?? [])
        return origins.first { Self.host(of: $0) == name }.map {
            PortalParty(party: RelyingParty(id: String(name), origin: $0), company: found.name)
        }
    }

    private static func host(of origin: String) -> Substring {
        let address = origin.split(separator: "://", maxSplits: 1).last ?? ""
        return address.prefix { $0 != ":" }
    }
}
