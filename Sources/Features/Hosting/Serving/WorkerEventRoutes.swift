import FoundationEssentials
import GatewayContract
package import HTTPAPI
import Kernel
package import Postgres

/// The streams by which workers are told things at once.
package struct WorkerEvents: Sendable {
    private let database: Database
    private let hub: WorkerEventHub

    package init(database: Database, hub: WorkerEventHub) {
        self.database = database
        self.hub = hub
    }

    /// Events from behind the given one on; without one, from now on.
    func stream(for worker: WorkerID, after last: String?) -> AsyncStream<ServerSent<WorkerEvent>> {
        let stream = WorkerEventStream(worker: worker, database: database, hub: hub, after: last.flatMap { Int($0) })
        return AsyncStream { await stream.next() }
    }
}

/// The event stream of a worker.
package enum WorkerEventRoutes {
    private typealias Route = Endpoint<WorkerAPI, WorkerEvents>

    package static let group = EndpointGroup<WorkerAPI, WorkerEvents>("workerEvents") {
        Route.events(
            "watch", "/events", summary: "Hear what I am told", permission: .workerServe, of: WorkerEvent.self
        ) { events, call in
            events.stream(for: call.actor, after: call.request.lastEventID)
        }
    }
}
