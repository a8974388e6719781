package import FoundationEssentials
import Kernel
import Postgres

// An announcement is told to its people some at a time, in the order of their ids. Whoever joins while it runs has a greater
// id than all before, so they are told, too.
extension Notifications {
    static let toldAtOnce = 500

    /// Tells what runs now to those who have not been told; a periodic job.
    package func announce(at now: Date) async throws {
        var failure: (any Error)?
        for (tenant, announcement) in try await AnnouncementStore.running(at: now, database) {
            do {
                try await announce(announcement, at: now, in: TenantScope(tenant: tenant))
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    func announce(_ id: AnnouncementID, at now: Date, in scope: TenantScope) async throws {
        let portal = try await ports.portal(scope)
        var isMore = true
        while isMore {
            isMore = try await database.transaction(in: scope) { tx in
                guard let announcement = try await AnnouncementStore.lock(id, in: scope, tx),
                    announcement.startsAt <= now, announcement.endsAt > now
                else { return false }
                let last = try await AnnouncementStore.toldUpTo(id, in: scope, tx)
                let notice = Notice(
                    .announcement, occasion: "\(id.text)/\(announcement.version)",
                    to: .announcement(id, after: last, limit: Self.toldAtOnce),
                    ["title": .text(announcement.title), "text": .lines(announcement.body)], link: "")
                let told = try await tell(
                    notice, portal: portal, announcing: (id, announcement.endsAt), at: now, in: scope, tx)
                guard let newest = told.last else { return false }
                try await AnnouncementStore.setToldUpTo(newest, id, in: scope, tx)
                return told.count == Self.toldAtOnce
            }
        }
    }
}
