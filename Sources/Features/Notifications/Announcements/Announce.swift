package import FoundationEssentials
package import Kernel
import Postgres

// An announcement is told to its people some at a time, in the order of their ids. When it has been told to all it rests,
// and costs nothing, until somebody joins who may be among them: then those are told who do not have it.
extension Notifications {
    static let toldAtOnce = 500

    /// Somebody has joined, or has another place: what runs is looked through again for those who do not have it.
    package func announceAnew(at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            try await AnnouncementStore.lookAgain(at: now, in: scope, tx)
        }
    }

    /// Tells some of those who do not have it. Whoever else waits has a turn before the next.
    func announce(_ id: AnnouncementID, on ground: NoticeGround, at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            guard let round = try await AnnouncementStore.round(id, in: scope, tx) else { return }
            let occasion = round.isDeleted ? nil : "\(id.text)/\(round.version)"
            // What it said before comes first, or all of it if it is to go. Whatever changes its words begins the round anew,
            // so that this is looked for once in a round, and not for everybody who is told.
            if round.toldUpTo == nil || round.isDeleted {
                let users = try await AnnouncementStore.takeBack(
                    id, besides: occasion, limit: Self.toldAtOnce, in: scope, tx)
                if !users.isEmpty {
                    try await ports.hint(users, scope, tx)
                    return try await AnnouncementStore.goOn(id, from: round.toldUpTo, at: now, in: scope, tx)
                }
                try await NoticeDeliveryStore.takeBack(of: id, besides: occasion, in: scope, tx)
            }
            guard let occasion else {
                return try await AnnouncementStore.delete(id, in: scope, tx)
            }
            guard round.startsAt <= now, round.endsAt > now else {
                let next = round.startsAt > now ? round.startsAt : nil
                return try await AnnouncementStore.rest(id, until: next, in: scope, tx)
            }
            let notice = Notice(
                .announcement, occasion: occasion, to: .announcement(id, after: round.toldUpTo, limit: Self.toldAtOnce),
                ["title": .text(round.title), "text": .lines(round.body)], link: "", isForRooms: round.isForEverybody)
            let told = try await tell(
                notice, on: ground, announcing: (id, round.endsAt), at: now, in: scope, tx)
            guard told.count == Self.toldAtOnce, let newest = told.last else {
                return try await AnnouncementStore.rest(id, until: nil, in: scope, tx)
            }
            try await AnnouncementStore.goOn(id, from: newest, at: now, in: scope, tx)
        }
    }
}
