import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres

/// What one worker is told, from where its last stream broke off. It reads when the worker takes the next event, so a
/// slow worker costs nothing.
actor WorkerEventStream {
    /// Sequence numbers are given before a transaction commits, so a lower one may appear after a higher one: that far
    /// back, and that long ago, is looked at again.
    private static let lookBack = 1000
    private static let lookBackTime: TimeInterval = 30
    /// How many are read at a time.
    private static let batch = 500

    private let worker: WorkerID
    private let database: Database
    private var calls: AsyncStream<Void>.Iterator
    private var last: Int?
    private var told: Set<Int> = []
    private var pending: ArraySlice<ServerSent<WorkerEvent>> = []
    /// A whole batch was read, so there may be more that nobody calls for.
    private var isBehind = false
    private var isOver = false

    init(worker: WorkerID, database: Database, hub: WorkerEventHub, after last: Int?) {
        self.worker = worker
        self.database = database
        self.last = last
        calls = hub.calls(for: worker).makeAsyncIterator()
    }

    /// The next event; nil when the server stops or the client has left.
    func next() async -> ServerSent<WorkerEvent>? {
        while true {
            if isOver { return nil }
            if let event = pending.popFirst() {
                // A worker that is trusted no more is told so, and nothing after it.
                isOver = event.event.kind == .quarantine
                return event
            }
            if !isBehind {
                var calls = calls
                guard await calls.next(isolation: self) != nil else { return nil }
                self.calls = calls
            }
            guard !Task.isCancelled else { return nil }
            // An error ends the stream; the worker comes back and says where it was.
            guard let events = try? await read() else { return nil }
            pending = events[...]
        }
    }

    private func read() async throws -> [ServerSent<WorkerEvent>] {
        let scope = SystemScope(reason: "events of a worker")
        guard let last else {
            // A worker that has no place to go on from asks for leases at once, and hears everything there.
            let newest = try await database.first(
                "select coalesce(max(sequence), 0) from worker_events where worker_id = \(worker)", in: scope,
                { try $0.next(Int.self) })
            self.last = newest ?? 0
            return []
        }
        let rows = try await database.query(
            """
            select e.sequence, e.data from worker_events e join workers w on w.worker_id = e.worker_id
            where e.worker_id = \(worker) and (e.sequence > \(last)
              or (e.sequence > \(last - Self.lookBack) and e.at > \(Date() - Self.lookBackTime)
                and e.sequence <> all(\(Array(told))::bigint[])))
              and (w.state in ('active', 'draining') or e.kind = 'quarantine')
            order by e.sequence limit \(Self.batch)
            """, in: scope
        ) { row in (sequence: try row.next(Int.self), data: try row.next(JSON.self)) }
        isBehind = rows.count == Self.batch
        let newest = max(last, rows.last?.sequence ?? last)
        self.last = newest
        told = told.union(rows.map(\.sequence)).filter { $0 > newest - Self.lookBack }
        return rows.compactMap { row in
            guard let event = try? WorkerEvent.schema.parse(row.data) else { return nil }
            return ServerSent(event, id: String(row.sequence), name: event.kind.rawValue)
        }
    }
}
