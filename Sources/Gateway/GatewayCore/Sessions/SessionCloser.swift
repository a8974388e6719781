import Cryptography
import FoundationEssentials
package import GatewayContract
package import Logging
package import Recording
import ServiceLifecycle
import Synchronization

/// A session whose ends have parted; what is left is paperwork.
package struct ClosingSession: Sendable {
    package let live: LiveSession
    package let reason: EndReason
    package let text: String?
    package let exit: Int?
    package let journal: JournalTail?

    package init(live: LiveSession, reason: EndReason, text: String?, exit: Int?, journal: JournalTail?) {
        self.live = live
        self.reason = reason
        self.text = text
        self.exit = exit
        self.journal = journal
    }
}

/// What is left of a journal after its session: something that can be waited for.
package struct JournalTail: Sendable {
    package let folder: SpoolFolder
    /// Returns when the trailer is on the disk, with the size of the container.
    let closed: @Sendable () async -> Int
    /// The last chain value, once it is closed.
    let chain: @Sendable () -> [UInt8]?
}

/// Does what remains when a session is over: waits for the end of its recording, reports the end, and removes the files
/// once everything is stored. Sessions end at once; this may take until the control plane is back.
package final class SessionCloser: Service {
    private let recording: RecordingCore
    private let logger: Logger
    private let sessions: AsyncStream<ClosingSession>
    private let queue: AsyncStream<ClosingSession>.Continuation
    private let open = Atomic(0)

    package init(recording: RecordingCore, logger: Logger) {
        self.recording = recording
        self.logger = logger
        (sessions, queue) = AsyncStream.makeStream()
    }

    package func close(_ session: ClosingSession) {
        open.add(1, ordering: .relaxed)
        queue.yield(session)
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            // Sessions end while the worker stops, so their paperwork must not stop before them: this service is asked
            // to stop after the entrances have.
            for await session in sessions.cancelOnGracefulShutdown() {
                group.addTask { await self.finish(session) }
            }
            let limit = ContinuousClock.now + .seconds(10)
            while open.load(ordering: .relaxed) > 0, ContinuousClock.now < limit {
                try? await Task.sleep(for: .milliseconds(20))
            }
            group.cancelAll()
        }
    }

    private func finish(_ session: ClosingSession) async {
        defer { open.subtract(1, ordering: .relaxed) }
        if let journal = session.journal { session.live.countRecorded(await journal.closed()) }
        recording.reporter.end(
            session.live.id,
            SessionEnd(
                sequence: session.live.nextSequence(now: Date()), reason: session.reason, text: session.text,
                exitStatus: session.exit.flatMap { 0...Int(UInt32.max) ~= $0 ? $0 : nil },
                counters: session.live.counters, chain: session.journal?.chain().map { Bytes($0) }))
        guard let journal = session.journal else { return }
        guard await recording.uploader.settled(session.live.recording) else { return }
        guard await recording.reporter.settled(session.live.id) else { return }
        recording.uploader.forget(session.live.recording)
        do {
            try journal.folder.remove()
        } catch {
            logger.error(
                "A stored recording stays in the spool",
                metadata: ["folder": "\(journal.folder.path)", "error": "\(error)"])
        }
    }
}
