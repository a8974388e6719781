package import FoundationEssentials
package import Kernel
package import Logging
package import Postgres
import ServiceLifecycle

/// Holds people who wait for a decision, and wakes those whose request it was about. Whoever waits holds no thread and no
/// connection of the database, and asks it nothing: decisions are announced by the database to every node, and one statement
/// looks after all that wait on this one, in case an announcement was lost.
package final class ReviewHub: Service, Sendable {
    static let channel = "review_outcomes"
    /// How often is looked whether somebody has waited long enough.
    private static let tick = Duration.seconds(1)
    /// How often all that wait are looked after.
    private let look: Duration
    private let database: Database
    private let logger: Logger
    private let room: WaitingRoom
    private let now: @Sendable () -> Date

    package init(
        database: Database, limits: WaitingRoom.Limits = .init(), look: Duration = .seconds(10), logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.database = database
        self.logger = logger
        self.now = now
        self.look = look
        room = WaitingRoom(limits: limits)
    }

    /// Listens and looks until asked to stop; then everybody is told to ask again, of another node.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await text in database.notifications(Self.channel).cancelOnGracefulShutdown() {
                    // Listening has begun again, and words may have been missed.
                    if text.isEmpty { await lookAround() } else { hear(text) }
                }
            }
            group.addTask { [self] in
                var sinceLook = Duration.zero
                while !Task.isCancelled, !Task.isShuttingDownGracefully {
                    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.tick) }
                    room.release(at: ContinuousClock.now)
                    sinceLook += Self.tick
                    guard sinceLook >= look else { continue }
                    sinceLook = .zero
                    await lookAround()
                }
            }
            await group.next()
            group.cancelAll()
        }
        room.close()
    }

    /// Waits until something has become of the request since they asked last, or the time is over. It may wake for nothing:
    /// whoever is woken asks the database.
    package func wait(
        for ticket: TicketID, in scope: TenantScope, from address: String?, since: ContinuousClock.Instant = .now,
        atMost time: Duration
    ) async -> WaitingRoom.Waking {
        // A node that stops keeps nobody.
        await cancelWhenGracefulShutdown { [room] in
            await room.wait(
                for: ticket, of: scope.tenant, from: address, since: since, until: ContinuousClock.now + time)
        }
    }

    /// What somebody waits for who comes again with the same key, if nothing has happened since.
    package func place(_ key: String, at now: Date) -> (ticket: TicketID, tenant: TenantID)? {
        room.place(key, at: now)
    }

    /// Remembers what somebody with this key waits for, so that the database is not asked each time that they come.
    package func keep(
        _ key: String, for ticket: TicketID, in scope: TenantScope, since: ContinuousClock.Instant, until end: Date
    ) {
        room.keep(key, for: ticket, of: scope.tenant, since: since, until: end)
    }

    /// How many wait here.
    package var count: Int { room.count }

    /// Has everybody of the company ask again, on all nodes: what they wait for may have changed.
    package func stir(in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { try await stir(in: scope, $0) }
    }

    /// The same, once the transaction commits.
    package func stir(in scope: TenantScope, _ transaction: Transaction) async throws {
        try await transaction.enqueue("select pg_notify(\(Self.channel), \(scope.tenant.text))")
    }

    private func hear(_ text: String) {
        let parts = text.split(separator: " ")
        guard let tenant = parts.first.flatMap({ TenantID(String($0)) }) else { return }
        if parts.count == 1 {
            room.wake(all: tenant, at: ContinuousClock.now)
        } else if let ticket = TicketID(String(parts[1])) {
            room.wake(ticket, at: ContinuousClock.now)
        }
    }

    /// Wakes those of whose requests something has become without a word that arrived.
    package func lookAround() async {
        let waiting = room.waiting
        guard !waiting.isEmpty else { return }
        do {
            for ticket in try await ReviewStore().look(at: waiting, at: now(), database) {
                room.wake(ticket, at: ContinuousClock.now)
            }
        } catch {
            logger.warning("Those who wait were not looked after", metadata: ["error": "\(error)"])
        }
    }
}
