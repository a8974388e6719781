import FoundationEssentials
package import Kernel
import Postgres

/// The columns of tenants that say where their own host names lead.
enum HostNameStore {
    static func standing(in scope: TenantScope) -> SQL {
        """
        select slug, host_name, host_name_verified_at, host_name_checked_at from tenants
        where tenant_id = \(scope.tenant)
        """
    }

    static func decode(_ row: inout Row) throws -> (slug: String, standing: HostNameStanding) {
        let slug: String = try row.next()
        let name: String? = try row.next()
        return (
            slug,
            HostNameStanding(
                name: name.flatMap { CustomHostName($0) }, leadsHereSince: try row.next(), checkedAt: try row.next())
        )
    }

    /// Open companies whose names are to be looked at, those that were waiting longest first.
    static func due(at now: Date, limit: Int) -> SQL {
        """
        select tenant_id from tenants
        where host_name is not null and state in ('trial', 'active') and (
          host_name_checked_at is null or host_name_checked_at < \(now - CheckHostName.rest)
          or host_name_verified_at is null and host_name_checked_at < \(now - CheckHostName.patience))
        order by host_name_checked_at nulls first limit \(limit)
        """
    }

    /// Says nothing of a name that was changed meanwhile, or that somebody began to look at later.
    static func note(_ name: CustomHostName, leadsHere: Bool, at now: Date, in scope: TenantScope) -> SQL {
        """
        update tenants set host_name_checked_at = \(now), host_name_verified_at =
          case when \(leadsHere) then coalesce(host_name_verified_at, \(now)::timestamptz) end
        where tenant_id = \(scope.tenant) and host_name = \(name.text)
          and (host_name_checked_at is null or host_name_checked_at <= \(now))
        """
    }

    /// By what links lead to a company: its slug, and its own host name if it has one that leads here.
    static func leading(in scope: TenantScope) -> SQL {
        """
        select slug, case when host_name_verified_at is not null then host_name end from tenants
        where tenant_id = \(scope.tenant)
        """
    }
}

extension Tenancy {
    /// The company's slug, and its own host name if links may be made with it.
    package func leadingNames(in scope: TenantScope) async throws -> (slug: String, host: String?) {
        let names = try await database.first(HostNameStore.leading(in: scope), in: scope) {
            (slug: try $0.next(String.self), host: try $0.next(String?.self))
        }
        guard let names else { throw TenancyError.notFound }
        return names
    }
}
