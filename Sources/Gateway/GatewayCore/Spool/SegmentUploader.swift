import Cryptography
import GatewayContract
package import Kernel
package import Logging
package import Recording
import ServiceLifecycle
import Synchronization

/// Brings the frames of recordings to the control plane while their sessions run, each recording in order, a few at the
/// same time, again and again until they are stored.
package final class SegmentUploader: Service {
    private struct Queue {
        var segments: [RecordingSegment] = []
        var isRunning = false
        var isRejected = false
        var isComplete = false
    }

    private let controlPlane: ControlPlane
    private let logger: Logger
    private let queues = Mutex<[RecordingID: Queue]>([:])
    private let ready: AsyncStream<RecordingID>
    private let wake: AsyncStream<RecordingID>.Continuation

    /// Each upload holds up to 8 MiB.
    private static let atOnce = 6

    package init(controlPlane: ControlPlane, logger: Logger) {
        self.controlPlane = controlPlane
        self.logger = logger
        (ready, wake) = AsyncStream.makeStream()
    }

    /// Takes frames that are on the disk.
    package func add(_ segment: RecordingSegment) {
        let mustWake = queues.withLock { queues in
            queues[segment.recording, default: Queue()].segments.append(segment)
            return queues[segment.recording]?.isRunning == false
        }
        if mustWake { wake.yield(segment.recording) }
    }

    /// Notes that all of a recording is stored, as the control plane says.
    package func markComplete(_ recording: RecordingID) {
        queues.withLock { $0[recording, default: Queue()].isComplete = true }
    }

    /// Returns when the whole recording is stored (true), or will never be taken (false), or the task is cancelled (false).
    package func settled(_ recording: RecordingID) async -> Bool {
        var backoff = Backoff(first: .milliseconds(20), longest: .seconds(2))
        repeat {
            let state = queues.withLock { $0[recording] }
            if let state, state.isComplete || state.isRejected { return state.isComplete }
        } while (try? await Task.sleep(for: backoff.next())) != nil
        return false
    }

    /// Forgets a recording that needs nothing more.
    package func forget(_ recording: RecordingID) {
        queues.withLock { _ = $0.removeValue(forKey: recording) }
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await recording in ready.cancelOnGracefulShutdown() {
                guard start(recording) else { continue }
                if running >= Self.atOnce {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await self.drain(recording) }
            }
            for recording in queues.withLock({ Array($0.keys) }) where start(recording) {
                group.addTask { await self.drain(recording) }
            }
            // What is not stored after a while stays in the spool and is taken up at the next start.
            let limit = ContinuousClock.now + .seconds(10)
            while hasWork, ContinuousClock.now < limit { try? await Task.sleep(for: .milliseconds(20)) }
            group.cancelAll()
        }
    }

    private var hasWork: Bool { queues.withLock { $0.values.contains { !$0.segments.isEmpty } } }

    private func start(_ recording: RecordingID) -> Bool {
        queues.withLock { queues in
            guard queues[recording]?.isRunning == false else { return false }
            queues[recording]?.isRunning = true
            return true
        }
    }

    private func drain(_ recording: RecordingID) async {
        var backoff = Backoff()
        while let segment = next(of: recording) {
            do {
                let bytes = try segment.read()
                let stored = try await controlPlane.upload(
                    recording,
                    SegmentUpload(
                        first: segment.first, last: segment.last, chain: Bytes(segment.chain.bytes), bytes: bytes))
                didStore(segment, upTo: UInt64(stored.nextSequence))
                backoff.reset()
            } catch let error as ControlPlaneError {
                guard await handle(error, recording, segment, pause: backoff.next()) else { return }
            } catch {
                reject(recording, "\(error)")
                return
            }
        }
    }

    /// Whether to go on.
    private func handle(
        _ error: ControlPlaneError, _ recording: RecordingID, _ segment: RecordingSegment, pause: Duration
    ) async -> Bool {
        switch error {
        case .busy(let time):
            return (try? await Task.sleep(for: time)) != nil
        case .conflict:
            // The server has another idea of what comes next.
            guard let resumption = try? await controlPlane.resume(recording) else {
                return (try? await Task.sleep(for: pause)) != nil
            }
            if resumption.isComplete {
                markComplete(recording)
                return true
            }
            return realign(recording, segment, next: UInt64(resumption.nextSequence))
        case _ where error.isTransient:
            logger.warning(
                "A part of a recording was not stored; it is tried again",
                metadata: ["recording": "\(recording)", "error": "\(error)"])
            return (try? await Task.sleep(for: pause)) != nil
        default:
            reject(recording, "\(error)")
            return false
        }
    }

    private func realign(_ recording: RecordingID, _ segment: RecordingSegment, next: UInt64) -> Bool {
        guard next != segment.first else {
            reject(recording, "the control plane refuses the very frames that it expects")
            return false
        }
        let folder = SpoolFolder(path: String(segment.file.dropLast("/container.ghr".count)))
        guard let plan = try? RecordingSegment.plan(folder, from: next) else {
            reject(recording, "the container in the spool cannot be read")
            return false
        }
        queues.withLock { queues in
            let last = queues[recording]?.segments.last?.last ?? segment.last
            queues[recording]?.segments = plan.filter { $0.last <= last }
        }
        return true
    }

    private func next(of recording: RecordingID) -> RecordingSegment? {
        queues.withLock { queues in
            if let next = queues[recording]?.segments.first { return next }
            queues[recording]?.isRunning = false
            return nil
        }
    }

    private func didStore(_ segment: RecordingSegment, upTo next: UInt64) {
        queues.withLock { queues in
            queues[segment.recording]?.segments.removeAll { $0.last < next }
            if segment.isLast, segment.last < next { queues[segment.recording]?.isComplete = true }
        }
    }

    private func reject(_ recording: RecordingID, _ why: String) {
        logger.error(
            "A recording stays in the spool: the control plane will not take it",
            metadata: ["recording": "\(recording)", "error": "\(why)"])
        queues.withLock { queues in
            queues[recording]?.isRejected = true
            queues[recording]?.segments = []
        }
    }
}
