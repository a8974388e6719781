import Glibc
import Kernel
import Synchronization

/// The threads that seal and sync the recordings of a worker, and the clock that cuts their frames.
///
/// Threads start with the first recording; the clock runs while there is one.
package final class RecordingEngine: Sendable {
    private struct State {
        var writers: [ObjectIdentifier: RecordingWriter] = [:]
        var isTicking = false
    }

    private static let tick: UInt32 = 100_000
    private let sealers: BlockingPool
    private let syncers: BlockingPool
    private let clock = BlockingPool(threads: 1, waiting: 1)
    private let state = Mutex(State())

    package init(sealers: Int = 2, syncers: Int = 2) {
        // A recording queues itself at most once, and its end once more: the queue is bounded by how many there are.
        self.sealers = BlockingPool(threads: sealers, waiting: .max / 2)
        self.syncers = BlockingPool(threads: syncers, waiting: .max / 2)
    }

    /// The recordings that are open.
    package var count: Int { state.withLock { $0.writers.count } }

    func register(_ writer: RecordingWriter) {
        let starts = state.withLock { state in
            state.writers[ObjectIdentifier(writer)] = writer
            defer { state.isTicking = true }
            return !state.isTicking
        }
        guard starts else { return }
        do {
            try clock.submit { self.run() }
        } catch {
            // No thread to be had just now: the next recording tries again.
            state.withLock { $0.isTicking = false }
        }
    }

    func unregister(_ writer: RecordingWriter) {
        state.withLock { _ = $0.writers.removeValue(forKey: ObjectIdentifier(writer)) }
    }

    func seal(_ job: @escaping @Sendable () -> Void) { Self.submit(job, to: sealers) }
    func sync(_ job: @escaping @Sendable () -> Void) { Self.submit(job, to: syncers) }

    /// The caller does the work itself if the system has no thread left: late is better than never.
    private static func submit(_ job: @escaping @Sendable () -> Void, to pool: BlockingPool) {
        do { try pool.submit(job) } catch { job() }
    }

    private func run() {
        while let writers = next() {
            let now = ContinuousClock.now
            for writer in writers { writer.tick(now) }
            usleep(Self.tick)
        }
    }

    private func next() -> [RecordingWriter]? {
        state.withLock { state in
            guard !state.writers.isEmpty else {
                state.isTicking = false
                return nil
            }
            return Array(state.writers.values)
        }
    }
}
