package import FoundationEssentials
package import Kernel
import Postgres

// An announcement is told to its people some at a time, in the order of their ids. When it has been told to all it rests,
// and costs nothing, until somebody joins who may be among them: then those are told who do not have it.
extension Notifications {
    /// The kind of the jobs that tell what begins at once.
    package static let announceJob = "announcement.tell"

    static let toldAtOnce = 500
    /// How many are looked up in one go, and how many tenants are served at once.
    private static let (dueAnnouncements, announcersAtOnce) = (200, 8)
    /// What fails does not keep others waiting.
    private static let pauseAfterFailure: TimeInterval = 60

    /// Tells what is due, of all tenants; a periodic job.
    package func announce(at now: Date) async throws {
        while true {
            let due = try await AnnouncementStore.due(at: now, limit: Self.dueAnnouncements, database)
            let results = await Self.few(Self.announcersAtOnce, of: due) { tenant, announcement in
                let scope = TenantScope(tenant: tenant)
                do {
                    try await announce(announcement, at: now, in: scope)
                } catch let error where !(error is CancellationError) {
                    try await AnnouncementStore.putOff(
                        announcement, until: now + Self.pauseAfterFailure, in: scope, database)
                    throw error
                }
            }
            for result in results { try result.get() }
            guard due.count == Self.dueAnnouncements else { return }
        }
    }

    /// Tells one, in as many transactions as it takes.
    package func announce(_ id: AnnouncementID, at now: Date, in scope: TenantScope) async throws {
        let ground = try await ground(in: scope)
        while try await announceSome(id, ground, at: now, in: scope) {}
    }

    /// Somebody has joined, or has another place: what runs is looked through again for those who do not have it.
    package func announceAnew(at now: Date, in scope: TenantScope) async throws {
        try await AnnouncementStore.lookAgain(at: now, in: scope, database)
    }

    /// Whether there is more to do.
    private func announceSome(
        _ id: AnnouncementID, _ ground: NoticeGround, at now: Date, in scope: TenantScope
    ) async throws -> Bool {
        try await database.transaction(in: scope) { tx in
            guard let round = try await AnnouncementStore.round(id, in: scope, tx) else { return false }
            let occasion = round.isDeleted ? nil : "\(id.text)/\(round.version)"
            // What it said before comes first, or all of it if it is to go. Whatever changes its words begins the round anew,
            // so that this is looked for once in a round, and not for everybody who is told.
            if round.toldUpTo == nil || round.isDeleted {
                let users = try await AnnouncementStore.takeBack(
                    id, besides: occasion, limit: Self.toldAtOnce, in: scope, tx)
                if !users.isEmpty {
                    try await ports.hint(users, scope, tx)
                    return true
                }
                try await NoticeDeliveryStore.takeBack(of: id, besides: occasion, in: scope, tx)
            }
            guard let occasion else {
                try await AnnouncementStore.delete(id, in: scope, tx)
                return false
            }
            guard round.startsAt <= now, round.endsAt > now else {
                let next = round.startsAt > now ? round.startsAt : nil
                try await AnnouncementStore.rest(id, until: next, in: scope, tx)
                return false
            }
            let notice = Notice(
                .announcement, occasion: occasion, to: .announcement(id, after: round.toldUpTo, limit: Self.toldAtOnce),
                ["title": .text(round.title), "text": .lines(round.body)], link: "")
            let told = try await tell(
                notice, on: ground, announcing: (id, round.endsAt), at: now, in: scope, tx)
            guard told.count == Self.toldAtOnce, let newest = told.last else {
                try await AnnouncementStore.rest(id, until: nil, in: scope, tx)
                return false
            }
            try await AnnouncementStore.setToldUpTo(newest, id, in: scope, tx)
            return true
        }
    }
}
