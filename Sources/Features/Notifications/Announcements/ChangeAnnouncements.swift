package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Notifications {
    package func announcements(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Announcement> {
        Rows(try await AnnouncementStore.list(page, in: scope, database), of: page)
    }

    package func announcement(_ id: AnnouncementID, in scope: TenantScope) async throws -> Announcement {
        guard let found = try await AnnouncementStore.find(id, in: scope, database) else {
            throw NotificationError.notFound
        }
        return found
    }

    package func createAnnouncement(
        _ request: SaveAnnouncement, by author: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Announcement {
        let announcement = try request.announcement(.new(at: now), version: 1, created: now, at: now)
        try await database.transaction(in: scope) { tx in
            guard try await AnnouncementStore.count(in: scope, tx) < Announcement.most else {
                throw NotificationError.tooMany
            }
            try await AnnouncementStore.insert(announcement, by: author, in: scope, tx)
            try await AnnouncementStore.call(in: scope, tx)
            audit.target("announcement", announcement.id.text, name: announcement.title)
            try await audit.write(in: tx)
        }
        return try await self.announcement(announcement.id, in: scope)
    }

    /// Replaces an announcement; those who have it already get the new one in its place.
    package func replaceAnnouncement(
        _ id: AnnouncementID, _ request: SaveAnnouncement, from version: Int?, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Announcement {
        try await database.transaction(in: scope) { tx in
            guard let old = try await AnnouncementStore.lock(id, in: scope, tx) else {
                throw NotificationError.notFound
            }
            guard !old.isProviders else { throw NotificationError.ofProvider }
            guard old.version == version else { throw NotificationError.changed }
            let new = try request.announcement(id, version: old.version + 1, created: old.createdAt, at: now)
            try await AnnouncementStore.update(new, at: now, in: scope, tx)
            try await AnnouncementStore.call(in: scope, tx)
            audit.target("announcement", id.text, name: new.title)
            try await audit.write(in: tx)
        }
        return try await announcement(id, in: scope)
    }

    /// Deletes an announcement, which takes it back from whoever has it.
    package func deleteAnnouncement(
        _ id: AnnouncementID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            guard let old = try await AnnouncementStore.lock(id, in: scope, tx) else {
                throw NotificationError.notFound
            }
            guard !old.isProviders else { throw NotificationError.ofProvider }
            try await AnnouncementStore.markDeleted(id, at: now, in: scope, tx)
            try await AnnouncementStore.call(in: scope, tx)
            audit.target("announcement", id.text, name: old.title)
            try await audit.write(in: tx)
        }
    }
}

extension SaveAnnouncement {
    fileprivate func announcement(
        _ id: AnnouncementID, version: Int, created: Date, at now: Date
    ) throws(NotificationError) -> Announcement {
        guard endsAt > now else { throw .alreadyOver }
        // The database rounds to microseconds: what begins at once must not begin after this moment.
        let second = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        var seen: Set<PeopleReference.Member> = []
        return Announcement(
            id: id, title: title, body: body, audience: audience.filter { seen.insert($0.member).inserted },
            isForAdministrators: false, isProviders: false, startsAt: startsAt ?? second, endsAt: endsAt,
            createdAt: created, version: version)
    }
}
