import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import ServiceLifecycle
import Synchronization

/// Tells open portals that something has changed. Every node hears of every event through the database, and passes it to
/// the portals that are connected to it.
package final class PortalEventHub: Service, Sendable {
    private typealias Follower = AsyncStream<ServerSent<PortalEvent>>.Continuation
    private static let channel = "portal_events"
    /// A portal that reads too slowly misses hints, never memory.
    private static let backlog = 64
    private static let closings: Set<String> = [
        "tenant.suspended", "tenant.trial-ended", "tenant.closed", "tenant.deletion-forced", "role.changed",
    ]
    /// What may have signed browsers of the person out that the event is about.
    private static let signOuts: Set<String> = [
        "user.disabled", "user.signed-out", "user.signed-out-by-provider", "user.browser-signed-out",
        "user.signed-in-elsewhere", "user.password-changed", "user.second-factor-reset", "user.roles-changed",
    ]

    private struct Portal {
        let user: UserID
        let follower: Follower
    }

    private struct State {
        var followers: [TenantID: [UUID: Portal]] = [:]
        var isOver = false
    }

    private let database: Database
    private let state = Mutex(State())

    init(database: Database) {
        self.database = database
    }

    /// Says to all nodes that something has changed: the outbox calls it for every event.
    func announce(_ event: DomainEvent, in scope: TenantScope) async throws {
        // A portal is told no name; whose streams end is between the nodes.
        let subject = Self.signOuts.contains(event.type) ? " " + event.subject : ""
        let text = "\(scope.tenant.text) \(event.type)\(subject)"
        _ = try await database.query("select pg_notify(\(Self.channel), \(text))", in: scope, lasting: .brief) { _ in }
    }

    /// What the portals of a few people are told, and nobody else's: it is not even known to others that there is something.
    package static let personal = "notice.changed"
    /// A message of the database has 8000 bytes.
    private static let namedAtOnce = 200

    /// Says to all nodes that there is something new for these people, when the transaction commits.
    static func hint(_ users: [UserID], in scope: TenantScope, _ tx: Transaction) async throws {
        for start in stride(from: 0, to: users.count, by: namedAtOnce) {
            let named = users[start..<min(start + namedAtOnce, users.count)].map(\.text).joined(separator: ",")
            let text = "\(scope.tenant.text) \(personal) \(named)"
            try await tx.enqueue("select pg_notify(\(channel), \(text))")
        }
    }

    /// Passes events on until asked to stop; then all streams end.
    package func run() async {
        for await text in database.notifications(Self.channel).cancelOnGracefulShutdown() { pass(text) }
        let followers = state.withLock { state in
            state.isOver = true
            defer { state.followers = [:] }
            return state.followers.values.flatMap(\.values)
        }
        for portal in followers { portal.follower.finish() }
    }

    /// What one portal hears from now on.
    func events(of tenant: TenantID, for user: UserID) -> AsyncStream<ServerSent<PortalEvent>> {
        let id = UUID()
        let (stream, follower) = AsyncStream.makeStream(
            of: ServerSent<PortalEvent>.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        follower.onTermination = { [weak self] _ in self?.forget(id, of: tenant) }
        let isOver = state.withLock { state in
            if !state.isOver { state.followers[tenant, default: [:]][id] = Portal(user: user, follower: follower) }
            return state.isOver
        }
        if isOver { follower.finish() }
        return stream
    }

    private func forget(_ id: UUID, of tenant: TenantID) {
        state.withLock { state in
            state.followers[tenant]?[id] = nil
            if state.followers[tenant]?.isEmpty == true { state.followers[tenant] = nil }
        }
    }

    private func pass(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, let tenant = TenantID(String(parts[0])) else { return }
        let event = ServerSent(PortalEvent(type: String(parts[1])), name: String(parts[1]))
        if event.event.type == Self.personal {
            let named = Set((parts.count == 3 ? parts[2] : "").split(separator: ",").compactMap { UserID(String($0)) })
            let portals = state.withLock { $0.followers[tenant]?.values.filter { named.contains($0.user) } ?? [] }
            for portal in portals { portal.follower.yield(event) }
            return
        }
        let isClosed = Self.closings.contains(event.event.type)
        let signedOut = parts.count == 3 ? UserID(String(parts[2])) : nil
        for portal in state.withLock({ state in state.followers[tenant].map { Array($0.values) } ?? [] }) {
            portal.follower.yield(event)
            // Whoever comes again is asked at the door who they are.
            if isClosed || portal.user == signedOut { portal.follower.finish() }
        }
    }
}
