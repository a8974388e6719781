import FoundationEssentials
import Kernel
import Postgres

/// A setting at an organization, as its rows say.
struct StoredOrganizationSetting: Sendable {
    struct Said: Sendable {
        let value: JSON
        let organization: OrganizationReference
    }

    let key: String
    /// Nil if the tenant has said nothing.
    let tenant: JSON?
    /// Nil if the organization has said nothing.
    let own: JSON?
    /// What holds of what organizations say here, and what would without this one's own word.
    let nearest: Said?
    let above: Said?
}

/// All of them, with the version of the organization.
struct StoredOrganizationSettings: Sendable {
    let version: Int
    let items: [StoredOrganizationSetting]
}

/// The rows of what organizations set.
enum OrganizationSettingStore {
    /// Holds the organization, and thereby its settings, until the transaction ends; nil if the scope does not reach it.
    static func lock(
        _ id: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (name: String, version: Int)? {
        try await tx.first(
            """
            select name, version from organizations
            where tenant_id = \(scope.tenant) and org_id = \(id) and merged_at is null for update
            """
        ) { (name: try $0.next(), version: try $0.next()) }
    }

    /// Whether the scope reaches the organization.
    static func reaches(_ id: OrganizationID, in scope: TenantScope, _ database: Database) async throws -> Bool {
        try await database.first(
            """
            select true from organizations
            where tenant_id = \(scope.tenant) and org_id = \(id) and merged_at is null
            """, in: scope
        ) { try $0.next() } ?? false
    }

    /// Every setting that organizations may have, resolved at one of them. Names of organizations above it are there
    /// only in the scope of the whole tenant.
    static func read(_ id: OrganizationID, in scope: TenantScope) -> SQL {
        let declarations = SettingCatalogue.divided
        return """
            select o.version, d.key,
              case d.key when \(Setting.language.name) then to_jsonb(t.language)
                when \(Setting.timeZone.name) then to_jsonb(t.time_zone) else v.value end,
              w.value, e.value, e.org_id, eo.name, a.value, a.org_id, ao.name
            from organizations o
            join tenants t on t.tenant_id = o.tenant_id
            cross join unnest(\(declarations.map(\.name))::text[], \(declarations.map(\.scope.rawValue))::text[])
              with ordinality d (key, stricter, place)
            left join tenant_setting_values v on v.tenant_id = o.tenant_id and v.key = d.key
            left join organization_setting_values w
              on w.tenant_id = o.tenant_id and w.org_id = o.org_id and w.key = d.key
            left join lateral gatehouse_setting(o.tenant_id, o.org_id, d.key, d.stricter, 0) e on true
            left join lateral gatehouse_setting(o.tenant_id, o.org_id, d.key, d.stricter, 1) a on true
            left join organizations eo on eo.tenant_id = o.tenant_id and eo.org_id = e.org_id
            left join organizations ao on ao.tenant_id = o.tenant_id and ao.org_id = a.org_id
            where o.tenant_id = \(scope.tenant) and o.org_id = \(id) and o.merged_at is null
            order by d.place
            """
    }

    static func row(_ row: inout Row) throws -> (version: Int, item: StoredOrganizationSetting) {
        let version: Int = try row.next()
        let (key, tenant, own): (String, JSON?, JSON?) = (try row.next(), try row.next(), try row.next())
        func said(_ row: inout Row) throws -> StoredOrganizationSetting.Said? {
            let (value, id, name): (JSON?, OrganizationID?, String?) = (try row.next(), try row.next(), try row.next())
            guard let value, let id else { return nil }
            return StoredOrganizationSetting.Said(
                value: value, organization: OrganizationReference(id: id, name: name ?? ""))
        }
        let nearest = try said(&row)
        return (
            version,
            StoredOrganizationSetting(key: key, tenant: tenant, own: own, nearest: nearest, above: try said(&row))
        )
    }

    static func put(
        _ key: String, _ value: JSON, at id: OrganizationID, by user: UserID, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into organization_setting_values (tenant_id, org_id, key, value, updated_at, updated_by)
            values (\(scope.tenant), \(id), \(key), \(value), \(now), \(user))
            on conflict (tenant_id, org_id, key) do update set value = excluded.value,
              updated_at = excluded.updated_at, updated_by = excluded.updated_by
            """)
    }

    static func remove(
        _ key: String, at id: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from organization_setting_values
            where tenant_id = \(scope.tenant) and org_id = \(id) and key = \(key)
            """)
    }

    static func touch(_ id: OrganizationID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update organizations set version = version + 1
            where tenant_id = \(scope.tenant) and org_id = \(id)
            """)
    }
}

extension StoredOrganizationSettings {
    /// Nil for no rows.
    init?(_ rows: [(version: Int, item: StoredOrganizationSetting)]) {
        guard let first = rows.first else { return nil }
        self.init(version: first.version, items: rows.map(\.item))
    }
}
