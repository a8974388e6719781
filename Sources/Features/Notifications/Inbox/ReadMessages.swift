package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

// One's own messages: whoever asks is the only one who is told.
extension Notifications {
    package func messages(
        _ page: PageRequest, of user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> Rows<SiteMessage> {
        Rows(try await SiteMessageStore.list(page, of: user, at: now, in: scope, database), of: page)
    }

    package func unread(of user: UserID, at now: Date, in scope: TenantScope) async throws -> UnreadMessages {
        try await SiteMessageStore.unread(of: user, at: now, in: scope, database)
    }

    package func read(
        _ id: SiteMessageID, by user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> SiteMessage {
        try await database.transaction(in: scope) { tx in
            guard let message = try await SiteMessageStore.read(id, of: user, at: now, in: scope, tx) else {
                throw NotificationError.notFound
            }
            // The person's other windows follow.
            try await ports.hint([user], scope, tx)
            return message
        }
    }

    package func readAll(by user: UserID, at now: Date, in scope: TenantScope) async throws -> UnreadMessages {
        try await database.transaction(in: scope) { tx in
            try await SiteMessageStore.readAll(of: user, at: now, in: scope, tx)
            try await ports.hint([user], scope, tx)
        }
        return try await unread(of: user, at: now, in: scope)
    }

    /// Forgets what is old; a periodic job.
    package func prune(at now: Date) async throws {
        try await SiteMessageStore.prune(before: now - SiteMessage.kept, at: now, database)
        try await NoticeDeliveryStore.prune(before: now - 30 * 86_400, database)
        try await NoticeRoundStore.prune(before: now - 30 * 86_400, database)
    }

    /// Takes the oldest messages from those who have too many; a periodic job, so that nobody who is told something waits
    /// for it. It looks at those who got something of late, and at more than passes between two rounds.
    package func trim(at now: Date) async throws {
        try await SiteMessageStore.trim(since: now - 4 * SiteMessage.trimmedEvery, at: now, database)
    }
}
