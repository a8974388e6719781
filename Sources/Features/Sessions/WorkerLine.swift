package import GatewayContract
package import Kernel
package import Postgres

/// How a session's worker is told something at once. Hosting plugs it in: it knows how to reach workers.
package struct WorkerLine: Sendable {
    /// What a worker is told about one of its sessions.
    package struct Notice: Sendable, Equatable {
        package let worker: WorkerID
        package let event: WorkerEvent

        package init(worker: WorkerID, event: WorkerEvent) {
            self.worker = worker
            self.event = event
        }
    }

    /// Leaves the notices for the workers in the transaction of the change, a tenant's, so that they are told if and
    /// only if it commits.
    package var tell: @Sendable ([Notice], Transaction) async throws -> Void

    package init(tell: @escaping @Sendable ([Notice], Transaction) async throws -> Void) {
        self.tell = tell
    }
}
