package import FoundationEssentials
package import HTTPAPI
import Jobs
package import Kernel
import Postgres

extension Notifications {
    package func providerAnnouncements(
        _ page: PageRequest, in scope: ProviderScope
    ) async throws -> Rows<ProviderAnnouncement> {
        Rows(try await ProviderAnnouncementStore.list(page, in: scope, database), of: page)
    }

    package func providerAnnouncement(
        _ id: ProviderAnnouncementID, in scope: ProviderScope
    ) async throws -> ProviderAnnouncement {
        guard let found = try await ProviderAnnouncementStore.find(id, in: scope, database) else {
            throw NotificationError.notFound
        }
        return found
    }

    package func createProviderAnnouncement(
        _ request: SaveProviderAnnouncement, by author: ProviderOperatorID, at now: Date, audit: AuditDraft,
        in scope: ProviderScope
    ) async throws -> ProviderAnnouncement {
        let id = ProviderAnnouncementID.new(at: now)
        guard request.endsAt > now else { throw NotificationError.alreadyOver }
        try await database.transaction(in: scope) { tx in
            guard try await ProviderAnnouncementStore.count(tx) < ProviderAnnouncement.most else {
                throw NotificationError.tooMany
            }
            try await Self.check(request, tx)
            try await ProviderAnnouncementStore.insert(id, request, by: author, at: now, tx)
            try await write(id, request, audit, at: now, tx)
        }
        return try await providerAnnouncement(id, in: scope)
    }

    /// Replaces an announcement; those who have it already get the new one in its place.
    package func replaceProviderAnnouncement(
        _ id: ProviderAnnouncementID, _ request: SaveProviderAnnouncement, from version: Int?, at now: Date,
        audit: AuditDraft, in scope: ProviderScope
    ) async throws -> ProviderAnnouncement {
        guard request.endsAt > now else { throw NotificationError.alreadyOver }
        try await database.transaction(in: scope) { tx in
            guard let old = try await ProviderAnnouncementStore.lock(id, tx) else { throw NotificationError.notFound }
            guard old.version == version else { throw NotificationError.changed }
            try await Self.check(request, tx)
            try await ProviderAnnouncementStore.update(id, request, at: now, tx)
            try await write(id, request, audit, at: now, tx)
        }
        return try await providerAnnouncement(id, in: scope)
    }

    /// Deletes an announcement, which takes it back from whoever has it.
    package func deleteProviderAnnouncement(
        _ id: ProviderAnnouncementID, at now: Date, audit: AuditDraft, in scope: ProviderScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            guard let old = try await ProviderAnnouncementStore.lock(id, tx) else { throw NotificationError.notFound }
            try await ProviderAnnouncementStore.markDeleted(id, tx)
            audit.target("announcement", id.text, name: old.title)
            try await spreadSoon(at: now, tx)
            try await audit.write(in: tx)
        }
    }

    private func write(
        _ id: ProviderAnnouncementID, _ request: SaveProviderAnnouncement, _ audit: AuditDraft, at now: Date,
        _ tx: Transaction
    ) async throws {
        audit.target("announcement", id.text, name: request.title)
        audit.detail("tenants", .array(request.tenants.map { .string($0.text) }))
        audit.detail("isForAdministrators", .bool(request.isForAdministrators))
        try await spreadSoon(at: max(now, request.startsAt ?? now), tx)
        // One that begins later may have replaced one that runs.
        if let start = request.startsAt, start > now { try await spreadSoon(at: now, tx) }
        try await audit.write(in: tx)
    }

    private static func check(_ request: SaveProviderAnnouncement, _ tx: Transaction) async throws {
        let tenants = Set(request.tenants)
        guard try await ProviderAnnouncementStore.known(Array(tenants), tx) == tenants.count else {
            throw NotificationError.unknownTenant
        }
    }

    private func spreadSoon(at moment: Date, _ tx: Transaction) async throws {
        try await JobQueue(database: database).enqueue(kind: Self.spreadJob, tenant: nil, runAt: moment, in: tx)
    }
}
