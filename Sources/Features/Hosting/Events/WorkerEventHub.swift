import FoundationEssentials
import GatewayContract
import Kernel
package import Postgres
import ServiceLifecycle
import Synchronization

/// Wakes the event streams of workers when something is left for them.
package final class WorkerEventHub: Service, Sendable {
    /// If a notification is lost, a stream looks by itself.
    private static let interval = Duration.seconds(2)

    private struct State {
        var wakers: [UUID: (worker: WorkerID, wake: AsyncStream<Void>.Continuation)] = [:]
        var isOver = false
    }

    private let database: Database
    private let state = Mutex(State())

    package init(database: Database) {
        self.database = database
    }

    /// Passes notifications on until asked to stop; then all streams end.
    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await worker in database.notifications(WorkerMail.channel).cancelOnGracefulShutdown() {
                    wake(WorkerID(worker))
                }
            }
            group.addTask { [self] in
                while !Task.isCancelled, !Task.isShuttingDownGracefully {
                    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
                    wake(nil)
                }
            }
            await group.next()
            group.cancelAll()
        }
        let wakers = state.withLock { state in
            state.isOver = true
            defer { state.wakers = [:] }
            return state.wakers.values.map(\.wake)
        }
        for wake in wakers { wake.finish() }
    }

    /// Yields whenever a worker should look for events; at most one call waits.
    func calls(for worker: WorkerID) -> AsyncStream<Void> {
        let id = UUID()
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.wakers.removeValue(forKey: id) }
        }
        let isOver = state.withLock { state in
            if !state.isOver { state.wakers[id] = (worker, continuation) }
            return state.isOver
        }
        if isOver { continuation.finish() } else { continuation.yield() }
        return stream
    }

    /// Wakes one worker's streams, or all of them.
    private func wake(_ worker: WorkerID?) {
        let wakers = state.withLock { state in
            state.wakers.values.filter { worker == nil || $0.worker == worker }.map(\.wake)
        }
        for wake in wakers { wake.yield() }
    }
}
