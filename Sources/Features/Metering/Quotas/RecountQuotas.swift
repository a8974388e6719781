package import FoundationEssentials
package import Kernel
import Postgres

extension Plans {
    /// Counts again what is counted up and down, and corrects what has drifted. Returns how many counts were wrong.
    ///
    /// A tenant's rows are held while its things are counted: what is being added is either counted already or waits.
    @discardableResult
    package func recount(in scope: TenantScope, at now: Date) async throws -> Int {
        try await database.transaction(in: scope) { transaction in
            let before = try await transaction.query(
                """
                select kind, hard_limit, soft_limit, used, warning_id is not null from tenant_quotas
                where tenant_id = \(scope.tenant) and kind in ('assets', 'users') order by kind for update
                """, QuotaStore.decodeUse)
            let counts = try await transaction.query(
                """
                select 'users', count(*) from user_directory where tenant_id = \(scope.tenant) and state = 'active'
                union all
                select 'assets', count(*) from asset_directory where tenant_id = \(scope.tenant) and state = 'active'
                """
            ) { row in (kind: try row.next(LimitKind.self), count: try row.next(Int.self)) }
            var wrong = 0
            for use in before {
                guard let count = counts.first(where: { $0.kind == use.kind })?.count, count != use.used else {
                    continue
                }
                wrong += 1
                try await transaction.execute(
                    """
                    update tenant_quotas set used = \(count) where tenant_id = \(scope.tenant) and kind = \(use.kind)
                    """)
                try await Quotas.note(use.counting(count), in: scope, at: now, transaction)
            }
            return wrong
        }
    }

    /// The same for every tenant that is served: called every hour, on one node at a time.
    @discardableResult
    package func recount(at now: Date) async throws -> Int {
        let tenants = try await database.query(
            "select tenant_id from tenants where state in ('trial', 'active') order by tenant_id",
            in: SystemScope(reason: "tenants whose quotas are counted again")
        ) { try $0.next(TenantID.self) }
        var wrong = 0
        for tenant in tenants { wrong += try await recount(in: TenantScope(tenant: tenant), at: now) }
        return wrong
    }

    /// Adds up the stored recordings of all tenants: called every few minutes, on one node at a time. Recordings grow
    /// while sessions run, and no session waits to be added up.
    package func measureRecordings(at now: Date) async throws {
        let system = SystemScope(reason: "the size of recordings")
        try await database.execute(
            """
            update tenant_quotas q set used = coalesce(s.bytes, 0)
            from tenants t left join (
              select tenant_id, sum(bytes)::bigint as bytes from recording_sizes group by tenant_id
            ) s on s.tenant_id = t.tenant_id
            where q.tenant_id = t.tenant_id and q.kind = 'recorded-bytes' and q.used <> coalesce(s.bytes, 0)
            """, in: system)
        let crossed = try await database.query(
            """
            select tenant_id from tenant_quotas
            where kind = 'recorded-bytes' and soft_limit is not null and (used >= soft_limit) <> (warning_id is not null)
            """, in: system
        ) { try $0.next(TenantID.self) }
        for tenant in crossed {
            let scope = TenantScope(tenant: tenant)
            try await database.transaction(in: scope) { transaction in
                let use = try await transaction.first(
                    """
                    select kind, hard_limit, soft_limit, used, warning_id is not null from tenant_quotas
                    where tenant_id = \(tenant) and kind = 'recorded-bytes' for update
                    """, QuotaStore.decodeUse)
                if let use { try await Quotas.note(use, in: scope, at: now, transaction) }
            }
        }
    }
}
