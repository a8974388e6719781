package import FoundationEssentials
package import Kernel
package import Logging
package import Postgres
import ServiceLifecycle
import Synchronization

/// Counts calls of the API in this process, by tenant and minute, and notes who was there on which day.
///
/// A minute is written once, when it is over, as one event with a name of its own: an attempt whose outcome is unknown
/// is repeated as it was and changes nothing twice. A process that is killed loses the minute that it was in.
package final class CallCounter: Service, Sendable {
    private struct Place: Hashable {
        let tenant: TenantID
        let minute: Int
    }
    private struct Presence: Hashable {
        let tenant: TenantID
        let user: UserID
    }
    private struct Book {
        var calls: [Place: Int] = [:]
        /// Who was seen on `day`.
        var seen: Set<Presence> = []
        var day = 0
        /// What is named and not known to be written.
        var pending: [TenantUsage] = []
        var names = 0
    }

    private let database: Database
    private let logger: Logger
    private let source: String
    private let book = Mutex(Book())

    package init(database: Database, logger: Logger = Logger(label: "gatehouse.calls")) {
        self.database = database
        self.logger = logger
        source = "api/\(UUID().uuidString.lowercased())"
    }

    /// Counts a call of somebody who is signed in.
    package func count(_ user: UserID, of tenant: TenantID, at now: Date) {
        let minute = Int((now.timeIntervalSince1970 / 60).rounded(.down))
        let day = minute / 1440
        book.withLock { book in
            book.calls[Place(tenant: tenant, minute: minute), default: 0] += 1
            if book.day != day { (book.day, book.seen) = (day, []) }
            if book.seen.insert(Presence(tenant: tenant, user: user)).inserted {
                book.pending.append(TenantUsage(tenant: tenant, event: .active(user, at: now)))
            }
        }
    }

    /// Writes the minutes that are over at a time.
    package func flush(at now: Date) async throws {
        let minute = Int((now.timeIntervalSince1970 / 60).rounded(.down))
        let batch = book.withLock { book in
            let over = book.calls.filter { $0.key.minute < minute }
            for (place, count) in over {
                book.calls[place] = nil
                book.names += 1
                book.pending.append(
                    TenantUsage(tenant: place.tenant, event: event(place.minute, count, number: book.names)))
            }
            return Array(book.pending.prefix(5000))
        }
        guard !batch.isEmpty else { return }
        try await database.execute(UsageStore.insert(batch), in: SystemScope(reason: "calls of the API"))
        book.withLock { $0.pending.removeFirst(batch.count) }
    }

    private func event(_ minute: Int, _ count: Int, number: Int) -> UsageEvent {
        UsageEvent(
            at: Date(timeIntervalSince1970: Double(minute) * 60), source: source, id: String(number), meter: .apiCalls,
            subject: "", quantity: count)
    }

    /// Writes what is over every few seconds, and all of it at the end.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(15))
                await self.write(at: Date())
            }
        }
        await write(at: .distantFuture)
    }

    private func write(at now: Date) async {
        do {
            try await flush(at: now)
        } catch {
            logger.warning("Usage of the API could not be written and is kept", metadata: ["error": "\(error)"])
        }
    }
}
