package import Cryptography
package import FoundationEssentials
import Kernel
import Synchronization

/// Writes one recording. `append` may be called on the thread that relays: it encrypts, makes one `write(2)` to the
/// journal and hands the events on; sealing, compressing and hashing happen on the engine's threads.
///
/// A byte may be relayed once `append` has returned, in strict mode once `Hooks.durable` has named its position. If
/// `append` throws, the byte is not relayed. Whoever opened a recording calls `finish` or `abandon`.
package final class RecordingWriter: Sendable {
    package let header: RecordingHeader
    package let folder: SpoolFolder
    private let options: RecordingOptions
    private let hooks: RecordingHooks
    private let engine: RecordingEngine
    private let redactionKey: SealingPublicKey?
    private let journal: Mutex<JournalState>
    private let container: Mutex<ContainerWriter>
    /// The size of the container, for who must not wait until a frame is on the disk.
    private let size: Atomic<UInt64>

    /// Makes the recording's folder in the spool, with a container that has its header.
    package init(
        header: RecordingHeader, key: RecordingKey, redactionKey: SealingPublicKey? = nil, spool: String,
        options: RecordingOptions = RecordingOptions(), hooks: RecordingHooks = RecordingHooks(),
        engine: RecordingEngine
    ) throws(RecordingError) {
        let folder = SpoolFolder(spool: spool, recording: header.recording)
        try folder.create()
        self.header = header
        self.folder = folder
        self.options = options
        self.hooks = hooks
        self.engine = engine
        self.redactionKey = redactionKey
        do throws(RecordingError) {
            let writer = try ContainerWriter(creating: header, key: key, folder: folder)
            size = Atomic(writer.state.offset)
            container = Mutex(writer)
        } catch {
            // Nothing was recorded: leave nothing for recovery to stumble over.
            try? folder.remove()
            throw error
        }
        journal = Mutex(
            JournalState(
                journal: JournalWriter(folder: folder, key: key, number: 1, isSynced: options.strict), options: options)
        )
        engine.register(self)
    }

    /// Records an event. When it returns, the event outlives this process.
    @discardableResult
    package func append(
        _ kind: RecordingEvent.Kind, channel: UInt32 = 0, _ data: [UInt8], at now: Date
    ) throws(RecordingError) -> Appended {
        guard data.count <= RecordingLimits.event else { throw .tooLarge }
        let offset = RecordingInstant(now).microseconds - header.started.microseconds
        let time = UInt64(max(0, offset))
        let (appended, wakes) = try journal.withLock { state throws(RecordingError) in
            let appended = try state.append(kind, channel: channel, data, time: time)
            return (appended, state.wakes())
        }
        wake(wakes)
        return appended
    }

    /// Records input that was typed while the target's echo was off: sealed, so that reading it needs the tenant's
    /// redaction key.
    @discardableResult
    package func appendSealed(
        channel: UInt32 = 0, _ data: [UInt8], at now: Date
    ) throws(RecordingError) -> Appended {
        guard let redactionKey else { throw .noRedactionKey }
        let sealed = try SealedInput.seal(.input, data, to: redactionKey, recording: header.recording)
        return try append(.sealed, channel: channel, sealed, at: now)
    }

    /// Records the end event and lets the engine write what is left, index and trailer. After it nothing is taken.
    package func finish(reason: String, exit: Int? = nil, at now: Date) throws(RecordingError) {
        try append(.end, RecordingEnd(reason: reason, exit: exit).bytes, at: now)
    }

    /// The same on the engine's threads, for who must not wait for a disk; nothing may be appended after this call. What
    /// cannot be finished is let go of, for recovery.
    package func finishLater(
        reason: String, exit: Int? = nil, at now: Date, failed: @escaping @Sendable (RecordingError) -> Void
    ) {
        engine.seal { [self] in
            do throws(RecordingError) {
                try finish(reason: reason, exit: exit, at: now)
            } catch {
                abandon()
                failed(error)
            }
        }
    }

    /// Returns when the trailer is on the disk and every segment has been named.
    package func closed() async {
        await withCheckedContinuation { continuation in
            let isClosed = journal.withLock { $0.wait(continuation) }
            if isClosed { continuation.resume() }
        }
    }

    /// Lets go of the files as a crash would: what was recorded stays, for recovery.
    package func abandon() {
        engine.unregister(self)
        journal.withLock { $0.abandon() }.forEach { $0.resume() }
        // Waits for a frame that is being written; after it nothing touches the files any more.
        container.withLock { $0.unlock() }
    }

    /// How much is waiting to be sealed, in plain bytes.
    package var pendingBytes: Int { journal.withLock { $0.pending } }

    /// Bytes of the container so far, counting what is sealed. Waits for nothing.
    package var containerBytes: UInt64 { size.load(ordering: .acquiring) }

    // MARK: On the engine's threads

    /// Cuts a frame that is old enough, names a segment that is old enough, tries again what failed.
    func tick(_ now: ContinuousClock.Instant) {
        wake(
            journal.withLock { state in
                state.tick(now)
                return state.wakes()
            })
    }

    private func wake(_ wakes: JournalState.Wakes) {
        if wakes.seal { engine.seal { self.drain() } }
        if wakes.sync { engine.sync { self.sync() } }
    }

    /// Seals what was handed on. One call at a time: `JournalState` wakes nobody while one is running.
    private func drain() {
        while let work = journal.withLock({ $0.nextWork() }) {
            do throws(RecordingError) {
                let done = try container.withLock { container throws(RecordingError) in
                    defer { size.store(container.state.offset, ordering: .releasing) }
                    return try Self.perform(work, on: &container)
                }
                let outcome = journal.withLock { $0.completed(work, done, at: .now) }
                done.segments.forEach(hooks.segment)
                // A file that cannot be removed now goes with the folder.
                for number in outcome.excess { try? folder.removeSpare(number) }
                if outcome.isRelieved { hooks.relief() }
                if outcome.isClosed { engine.unregister(self) }
                outcome.waiting.forEach { $0.resume() }
            } catch {
                if journal.withLock({ $0.failed(error) }) { hooks.failure(error) }
                return
            }
        }
    }

    private static func perform(
        _ work: JournalState.Work, on container: inout ContainerWriter
    ) throws(RecordingError) -> JournalState.Done {
        var segments: [RecordingSegment] = []
        switch work {
        case .frame(let batch): try container.write(batch)
        case .flush: segments = try container.flush()
        case .close: segments = try container.close()
        }
        return JournalState.Done(
            segments: segments, freed: container.takeFreed(), hasUnsent: container.hasUnsent,
            wantsFlush: container.wantsFlush)
    }

    /// One sync serves everything that arrived before it.
    private func sync() {
        while let round = journal.withLock({ $0.nextSync() }) {
            do throws(RecordingError) {
                for file in round.files { try file.syncData() }
                if round.isFirst {
                    try container.withLock { container throws(RecordingError) in try container.syncFile() }
                }
                if round.hasNewNames { try folder.sync() }
                journal.withLock { $0.synced(round) }
                hooks.durable(round.position)
            } catch {
                if journal.withLock({ $0.syncFailed(error) }) { hooks.failure(error) }
                return
            }
        }
    }
}
