import FoundationEssentials
import Kernel
import Postgres

/// What a tenant has said, without secrets.
struct StoredSettings: Sendable {
    let version: Int
    /// By the name of the setting. A bulky value is here only if it was asked for.
    let values: [String: JSON]
    /// Which values have secrets.
    let sealed: Set<String>
    /// A fingerprint of each bulky value that there is.
    let prints: [String: String]
}

/// The rows of settings, and the columns of the tenant's own row that are settings too.
enum SettingStore {
    static let table = "tenant_setting_values"

    static func read(_ scope: TenantScope, without omitted: [String]) -> SQL {
        """
        select t.version, t.name, t.language, t.time_zone, t.host_name,
          coalesce((select jsonb_object_agg(v.key, v.value) from tenant_setting_values v
            where v.tenant_id = t.tenant_id and v.key <> all(\(omitted)::text[])), '{}'),
          array(select v.key from tenant_setting_values v
            where v.tenant_id = t.tenant_id and v.sealed is not null order by v.key),
          coalesce((select jsonb_object_agg(v.key, left(encode(sha256(convert_to(v.value::text, 'UTF8')), 'hex'), 16))
            from tenant_setting_values v
            where v.tenant_id = t.tenant_id and v.key = any(\(SettingCatalogue.bulky)::text[])), '{}')
        from tenants t where t.tenant_id = \(scope.tenant)
        """
    }

    static func stored(_ row: inout Row) throws -> StoredSettings {
        let version: Int = try row.next()
        var values: [String: JSON] = [:]
        values[Setting.name.name] = .string(try row.next())
        values[Setting.language.name] = .string(try row.next())
        values[Setting.timeZone.name] = .string(try row.next())
        values[Setting.hostName.name] = (try row.next(String?.self)).map(JSON.string)
        let own: JSON = try row.next()
        if case .object(let members) = own { for member in members { values[member.name] = member.value } }
        let sealed: [String] = try row.next()
        let prints: JSON = try row.next()
        var byName: [String: String] = [:]
        if case .object(let members) = prints { for member in members { byName[member.name] = member.value.text } }
        return StoredSettings(version: version, values: values, sealed: Set(sealed), prints: byName)
    }

    /// Holds the tenant's row, and thereby all its settings, until the transaction ends.
    static func lock(in scope: TenantScope, _ tx: Transaction) async throws -> StoredSettings? {
        guard
            try await tx.first(
                "select true from tenants where tenant_id = \(scope.tenant) for update", { try $0.next(Bool.self) })
                != nil
        else { return nil }
        return try await tx.first(read(scope, without: []), stored)
    }

    /// The public part and the sealed part of one value.
    static func value(_ name: String, in scope: TenantScope) -> SQL {
        """
        select value, sealed from tenant_setting_values where tenant_id = \(scope.tenant) and key = \(name)
        """
    }

    static func put(
        _ name: String, _ value: JSON, _ sealed: SealedValue?, by user: UserID, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, tenant_key_id, sealed, updated_at, updated_by)
            values (\(scope.tenant), \(name), \(value), \(sealed?.tenantKey), \(sealed?.bytes), \(now), \(user))
            on conflict (tenant_id, key) do update set value = excluded.value,
              tenant_key_id = excluded.tenant_key_id, sealed = excluded.sealed, updated_at = excluded.updated_at,
              updated_by = excluded.updated_by
            """)
    }

    static func remove(_ name: String, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            "delete from tenant_setting_values where tenant_id = \(scope.tenant) and key = \(name)")
    }

    /// Writes the columns that are settings, and counts the version up.
    /// Whether another host name leads anywhere is to be seen.
    static func update(_ values: [String: JSON], in scope: TenantScope, _ tx: Transaction) async throws {
        let host = values[Setting.hostName.name]?.text
        do {
            try await tx.execute(
                """
                update tenants set name = \(values[Setting.name.name]?.text),
                  language = \(values[Setting.language.name]?.text),
                  time_zone = \(values[Setting.timeZone.name]?.text),
                  host_name = \(host),
                  host_name_checked_at = case when host_name is not distinct from \(host) then host_name_checked_at end,
                  host_name_verified_at =
                    case when host_name is not distinct from \(host) then host_name_verified_at end,
                  version = version + 1
                where tenant_id = \(scope.tenant)
                """)
        } catch let error as DatabaseError where error.constraint == "tenants_host_name_uq" {
            throw SettingError.hostNameTaken
        }
    }

    static func isTimeZone(_ name: String, _ tx: Transaction) async throws -> Bool {
        try await tx.first("select exists (select from pg_timezone_names where name = \(name))") { try $0.next() }
            ?? false
    }

    /// Tells every node that what it remembers of this tenant's settings is old.
    static func announce(_ scope: TenantScope, in tx: Transaction) async throws {
        try await tx.enqueue("select pg_notify('tenant_settings', \(scope.tenant.text))")
    }
}
