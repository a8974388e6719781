import Cryptography
package import Kernel
package import Postgres
import ServiceLifecycle
import Synchronization

/// What holds for a tenant: asked for by nearly every request, so it is remembered.
///
/// What is remembered lives half a minute at most; a change is announced through the database and forgets it at once.
package final class TenantSettings: Service, Sendable {
    private struct Entry {
        let settings: StoredSettings
        let until: ContinuousClock.Instant
    }
    private struct Memory {
        var entries: [TenantID: Entry] = [:]
        /// Counts what was forgotten: an answer that was read before must not be remembered after.
        var generation = 0
    }

    private let database: Database
    private let keys: TenantKeys
    private let lifetime: Duration
    private let capacity: Int
    private let memory = Mutex(Memory())

    package init(
        database: Database, keys: TenantKeys, lifetime: Duration = .seconds(30), capacity: Int = 10_000
    ) {
        self.database = database
        self.keys = keys
        self.lifetime = lifetime
        self.capacity = capacity
    }

    /// Forgets settings as they change.
    package func run() async {
        for await tenant in database.notifications("tenant_settings").cancelOnGracefulShutdown() {
            forget(TenantID(tenant))
        }
    }

    /// What a setting is for a tenant. Never inside a transaction: it may take a connection of its own.
    package func value<Value>(of key: SettingKey<Value>, in scope: TenantScope) async throws -> Value {
        guard let json = try await settings(in: scope).values[key.name] else { return key.standard }
        return (try? key.schema.parse(json)) ?? key.standard
    }

    /// What a setting is at an organization. What organizations say is read each time, since nothing remembers it.
    package func value<Value>(
        of key: SettingKey<Value>, at organization: OrganizationID, in scope: TenantScope
    ) async throws -> Value {
        let tenant = try await value(of: key, in: scope)
        guard !organization.isTop(of: scope.tenant) else { return tenant }
        let said = try await database.first(
            """
            select value from gatehouse_setting(
              \(scope.tenant), \(organization), \(key.name), \(key.declaration.scope.rawValue), 0)
            """, in: scope
        ) { try $0.next(JSON.self) }
        return key.value(of: tenant, unless: said)
    }

    /// A bulky value, which no node remembers.
    package func bulky<Value>(_ key: SettingKey<Value>, in scope: TenantScope) async throws -> Value {
        let found = try await database.first(SettingStore.value(key.name, in: scope), in: scope) {
            try $0.next(JSON.self)
        }
        return found.flatMap { try? key.schema.parse($0) } ?? key.standard
    }

    /// A short text that changes with a bulky value; nil if there is none.
    package func fingerprint<Value>(of key: SettingKey<Value>, in scope: TenantScope) async throws -> String? {
        try await settings(in: scope).prints[key.name]
    }

    /// A value with its secrets, opened.
    package func opened<Value>(_ key: SettingKey<Value>, in scope: TenantScope) async throws -> Value {
        let found = try await database.first(SettingStore.value(key.name, in: scope), in: scope) {
            (try $0.next(JSON.self), try $0.next([UInt8]?.self))
        }
        guard let (value, sealed) = found else { return key.standard }
        guard let sealed else { return try key.schema.parse(value) }
        let secrets = try await keys.open(sealed, table: SettingStore.table, row: key.name, version: 1, in: scope)
        return try key.schema.parse(value.merging(try JSONParser.parse(secrets)))
    }

    /// Whether a tenant has said anything about a setting, asked in a transaction.
    package static func isSet<Value>(_ key: SettingKey<Value>, in scope: TenantScope, _ tx: Transaction) async throws
        -> Bool
    {
        try await tx.first(SettingStore.value(key.name, in: scope)) { try $0.next(JSON.self) } != nil
    }

    /// Counts up with every change of a tenant's settings.
    package func version(in scope: TenantScope) async throws -> Int {
        try await settings(in: scope).version
    }

    /// Forgets one tenant; everything, for nil.
    package func forget(_ tenant: TenantID?) {
        memory.withLock { memory in
            memory.generation += 1
            if let tenant {
                memory.entries[tenant] = nil
            } else {
                memory.entries.removeAll(keepingCapacity: true)
            }
        }
    }

    private func settings(in scope: TenantScope) async throws -> StoredSettings {
        let now = ContinuousClock.now
        let (entry, generation) = memory.withLock { ($0.entries[scope.tenant], $0.generation) }
        if let entry, now < entry.until { return entry.settings }
        let read = SettingStore.read(scope, without: SettingCatalogue.bulky)
        guard let settings = try await database.first(read, in: scope, SettingStore.stored) else {
            throw SettingError.noTenant
        }
        memory.withLock { memory in
            guard memory.generation == generation else { return }
            if memory.entries.count >= capacity { memory.entries.removeAll(keepingCapacity: true) }
            memory.entries[scope.tenant] = Entry(settings: settings, until: now + lifetime)
        }
        return settings
    }
}

// Background work, which looks at all tenants.
extension TenantSettings {
    /// What a setting is for each tenant in turn, and at those of its organizations for which one says something.
    /// Nothing of it is remembered.
    package func forEachTenant<Value>(
        _ key: SettingKey<Value>, _ body: (TenantScope, Value, [OrganizationID: Value]) async throws -> Void
    ) async throws {
        let scope = SystemScope(reason: "a setting of every tenant")
        var last: TenantID?
        var failure: (any Error)?
        while true {
            let page = try await database.query(
                """
                select t.tenant_id, v.value, (
                  select count(*) from organization_setting_values o
                  where o.tenant_id = t.tenant_id and o.key = \(key.name)) > 0
                from tenants t
                left join tenant_setting_values v on v.tenant_id = t.tenant_id and v.key = \(key.name)
                where t.state <> 'deleted' and (\(last)::uuid is null or t.tenant_id > \(last)::uuid)
                order by t.tenant_id limit 500
                """, in: scope
            ) { (try $0.next(TenantID.self), try $0.next(JSON?.self), try $0.next(Bool.self)) }
            for (tenant, json, isDivided) in page {
                let value = json.flatMap { try? key.schema.parse($0) } ?? key.standard
                do {
                    let scope = TenantScope(tenant: tenant)
                    let parts = isDivided ? try await self.parts(of: key, tenant: value, in: scope) : [:]
                    try await body(scope, value, parts)
                } catch {
                    // One tenant in trouble must not keep the others waiting.
                    failure = failure ?? error
                }
            }
            guard page.count == 500 else { break }
            last = page.last?.0
        }
        if let failure { throw failure }
    }

    /// What a setting is at each organization for which it or one above it says something.
    private func parts<Value>(
        of key: SettingKey<Value>, tenant value: Value, in scope: TenantScope
    ) async throws -> [OrganizationID: Value] {
        let rows = try await database.query(
            """
            select o.org_id, s.value from organizations o
            cross join lateral gatehouse_setting(
              o.tenant_id, o.org_id, \(key.name), \(key.declaration.scope.rawValue), 0) s
            where o.tenant_id = \(scope.tenant)
            """, in: scope
        ) { (try $0.next(OrganizationID.self), try $0.next(JSON.self)) }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.0, key.value(of: value, unless: $0.1)) })
    }
}
