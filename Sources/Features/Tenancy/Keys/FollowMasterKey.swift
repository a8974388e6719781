import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// Puts what another key at the top wraps under the installation's current one: tenant by tenant, each at once, so that a
/// run that breaks off goes on where it was. Tenants with a key of their own keep it.
package struct FollowMasterKey: Sendable {
    private static let most = 200

    private let keys: TenantKeys

    package init(keys: TenantKeys) {
        self.keys = keys
    }

    package func callAsFunction() async throws {
        let current = try await keys.tops.masters.current.current()
        var last: TenantID?
        var failure: (any Error)?
        while true {
            let page = try await keys.store.database.query(
                """
                select t.tenant_id from tenants t
                where (\(last)::uuid is null or t.tenant_id > \(last)::uuid) and (
                  exists (
                    select from tenant_own_keys o where o.tenant_id = t.tenant_id and o.master_key_id <> \(current))
                  or not exists (select from tenant_own_keys o where o.tenant_id = t.tenant_id) and exists (
                    select from tenant_keys k where k.tenant_id = t.tenant_id and k.master_key_id <> \(current)))
                order by t.tenant_id limit \(Self.most)
                """, in: SystemScope(reason: "tenant keys under another key at the top")
            ) { try $0.next(TenantID.self) }
            for tenant in page {
                try Task.checkCancellation()
                do {
                    _ = try await ChangeTopKey(database: keys.store.database, keys: keys)
                        .follow(in: TenantScope(tenant: tenant))
                } catch {
                    // A tenant whose keys are being changed right now follows with the next run.
                    failure = failure ?? error
                }
            }
            guard page.count == Self.most else { break }
            last = page.last
        }
        if let failure { throw failure }
    }

    /// How many keys of tenants each key at the top wraps.
    package func standing() async throws -> [(key: String, count: Int)] {
        try await keys.store.database.query(
            """
            select master_key_id, count(*) from (
              select master_key_id from tenant_keys union all select master_key_id from tenant_own_keys) k
            group by master_key_id order by master_key_id
            """, in: SystemScope(reason: "which key at the top wraps what")
        ) { (key: try $0.next(String.self), count: try $0.next(Int.self)) }
    }
}
