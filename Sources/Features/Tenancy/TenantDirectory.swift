import Kernel
package import Postgres
import ServiceLifecycle
import Synchronization

/// Which tenant a host name or the first part of an SSH name means: asked for by every request, so it is remembered.
///
/// What is remembered lives half a minute at most; a change is announced through the database and forgets it at once.
package final class TenantDirectory: Service, Sendable {
    private struct Entry {
        let tenant: Tenant?
        let until: ContinuousClock.Instant
    }
    /// By which of its names a tenant is asked for.
    private enum Name: Hashable {
        case slug(TenantSlug)
        case host(CustomHostName)
    }
    private struct Memory {
        var entries: [Name: Entry] = [:]
        /// Counts what was forgotten: an answer that was read before must not be remembered after.
        var generation = 0
    }

    private let database: Database
    private let keys: TenantKeys?
    private let lifetime: Duration
    private let capacity: Int
    private let memory = Mutex(Memory())

    /// `keys` are forgotten with the tenants: of one that was erased, no node keeps any.
    package init(
        database: Database, keys: TenantKeys? = nil, lifetime: Duration = .seconds(30), capacity: Int = 10_000
    ) {
        self.database = database
        self.keys = keys
        self.lifetime = lifetime
        self.capacity = capacity
    }

    /// Forgets tenants as they change.
    package func run() async {
        for await slug in database.notifications("tenants").cancelOnGracefulShutdown() {
            forget(slug)
            keys?.forgetAll()
        }
    }

    /// The tenant with this slug, whatever its state; nil if there is none.
    package func tenant(slug text: String) async throws -> Tenant? {
        guard let slug = TenantSlug(text) else { return nil }
        return try await tenant(.slug(slug)) { store, scope in try await store.find(slug: slug, in: scope) }
    }

    /// The tenant that uses this host name of its own, whatever its state; nil if there is none.
    package func tenant(hostName text: String) async throws -> Tenant? {
        guard let host = CustomHostName(text) else { return nil }
        return try await tenant(.host(host)) { store, scope in try await store.find(hostName: host, in: scope) }
    }

    private func tenant(
        _ name: Name, _ find: (TenantStore, SystemScope) async throws -> Tenant?
    ) async throws -> Tenant? {
        let now = ContinuousClock.now
        let (entry, generation) = memory.withLock { ($0.entries[name], $0.generation) }
        if let entry, now < entry.until { return entry.tenant }
        let found = try await find(
            TenantStore(database: database), SystemScope(reason: "find the tenant of a host name"))
        let tenant = found.flatMap { $0.state == .deleted ? nil : $0 }
        memory.withLock { memory in
            guard memory.generation == generation else { return }
            // Names that nobody has come from scanners: they make room first.
            if memory.entries.count >= capacity {
                memory.entries = memory.entries.filter { $0.value.tenant != nil && now < $0.value.until }
            }
            if memory.entries.count >= capacity { memory.entries.removeAll(keepingCapacity: true) }
            memory.entries[name] = Entry(tenant: tenant, until: now + lifetime)
        }
        return tenant
    }

    /// Forgets one tenant; everything, for an empty text.
    package func forget(_ slug: String) {
        memory.withLock { memory in
            memory.generation += 1
            if let slug = TenantSlug(slug) {
                memory.entries[.slug(slug)] = nil
                memory.entries = memory.entries.filter { $0.value.tenant?.slug != slug }
            } else {
                memory.entries.removeAll(keepingCapacity: true)
            }
        }
    }
}
