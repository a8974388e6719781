/// What the relaying thread and the engine's threads share about one recording, behind a lock.
struct JournalState {
    /// What the sealer does next.
    enum Work {
        case frame(Batch)
        case flush
        case close
    }

    /// What the sealer has done.
    struct Done {
        let segments: [RecordingSegment]
        /// Journals whose files can be used again.
        let freed: [UInt64]
        let hasUnsent: Bool
        let wantsFlush: Bool
    }

    /// What follows from it.
    struct Outcome {
        let isRelieved: Bool
        let isClosed: Bool
        let waiting: [CheckedContinuation<Void, Never>]
        /// Retired journals that are too many, to be removed.
        let excess: [UInt64]
    }

    /// Which of the engine's threads have to be woken.
    struct Wakes {
        var seal = false
        var sync = false
    }

    private enum Phase { case open, finishing, closed, abandoned }

    private let options: RecordingOptions
    private var journal: JournalWriter
    private var phase = Phase.open
    private var failure: RecordingError?
    private var isRetryDue = false
    private var batch = Batch(sequence: 1, after: 0)
    private var batchStarted: ContinuousClock.Instant?
    private var queue: [Batch] = []
    private(set) var pending = 0
    private var position: UInt64 = 0
    private var lastSnapshot: UInt64?
    private var owesRelief = false
    private var isSealing = false
    private var wantsFlush = false
    private var unsentSince: ContinuousClock.Instant?
    private var isSyncing = false
    private var isSyncBroken = false
    private var durable: UInt64 = 0
    private var hasSynced = false
    private var namedJournals = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(journal: JournalWriter, options: RecordingOptions) {
        self.journal = journal
        self.options = options
    }

    // MARK: On the relaying thread

    mutating func append(
        _ kind: RecordingEvent.Kind, channel: UInt32, _ data: [UInt8], time: UInt64
    ) throws(RecordingError) -> Appended {
        guard phase == .open else { throw .finished }
        if let failure { throw failure }
        // The end is always taken: it is small, and without it nothing would ever be sealed again.
        guard pending + data.count <= options.pendingBytes || kind == .end else {
            owesRelief = true
            throw .full
        }
        // A clock that is set back must not make a later event an earlier one.
        let event = RecordingEvent(time: max(time, batch.to), channel: channel, kind: kind, data: data)
        var record: [UInt8] = []
        record.reserveCapacity(data.count + 16)
        EventCoder.append(event, after: 0, to: &record)
        do throws(RecordingError) {
            try journal.append(record)
        } catch {
            // Nothing of an end is relayed, so it may go on without a journal: better an end that waits for room on the
            // disk than none.
            guard kind == .end else { throw error }
        }
        if batch.isEmpty {
            batchStarted = .now
            namedJournals = true
        }
        let before = batch.plain.count
        batch.append(event)
        pending += batch.plain.count - before
        position += 1
        if kind == .snapshot { lastSnapshot = event.time }
        if kind == .end {
            phase = .finishing
            cut()
        } else if isFull {
            cut()
        }
        let isBehind = pending * 2 > options.pendingBytes
        owesRelief = owesRelief || isBehind
        return Appended(position: position, snapshotIsDue: snapshotIsDue(after: event), isBehind: isBehind)
    }

    private func snapshotIsDue(after event: RecordingEvent) -> Bool {
        let interval = UInt64(options.snapshotEvery / .microseconds(1))
        return event.kind == .output && event.time >= (lastSnapshot ?? 0) + interval
    }

    private var isFull: Bool {
        guard let batchStarted, batch.plain.count >= options.sealBytes else { return false }
        return batch.plain.count >= options.sealMost || ContinuousClock.now - batchStarted >= options.sealPace
    }

    private mutating func cut() {
        guard !batch.isEmpty else { return }
        queue.append(batch)
        batch = Batch(sequence: batch.sequence + 1, after: batch.to)
        batchStarted = nil
        journal.roll()
    }

    /// Who has to be woken, each at most once.
    mutating func wakes() -> Wakes {
        var wakes = Wakes()
        guard phase != .closed, phase != .abandoned else { return wakes }
        if !isSealing, failure == nil || isRetryDue, !queue.isEmpty || wantsFlush || phase == .finishing {
            isSealing = true
            isRetryDue = false
            wakes.seal = true
        }
        if options.strict, !isSyncing, durable < position, failure == nil {
            isSyncing = true
            wakes.sync = true
        }
        return wakes
    }

    // MARK: On the engine's threads

    mutating func tick(_ now: ContinuousClock.Instant) {
        if let batchStarted, now - batchStarted >= options.sealAfter { cut() }
        if let unsentSince, now - unsentSince >= options.segmentAfter { wantsFlush = true }
        isRetryDue = failure != nil && !isSealing && !isSyncing
    }

    mutating func nextWork() -> Work? {
        guard phase != .abandoned, phase != .closed else {
            isSealing = false
            return nil
        }
        // Flushing first: a flood that never lets the queue run empty must not put it off for ever.
        if wantsFlush { return .flush }
        if let batch = queue.first { return .frame(batch) }
        if phase == .finishing { return .close }
        isSealing = false
        return nil
    }

    mutating func completed(
        _ work: Work, _ done: Done, at now: ContinuousClock.Instant
    ) -> Outcome {
        switch work {
        case .frame(let batch):
            queue.removeFirst()
            pending -= batch.plain.count
        case .flush: wantsFlush = false
        case .close: phase = .closed
        }
        failure = isSyncBroken ? failure : nil
        unsentSince = done.hasUnsent ? unsentSince ?? now : nil
        if done.wantsFlush { wantsFlush = true }
        let isRelieved = owesRelief && pending * 4 <= options.pendingBytes
        if isRelieved { owesRelief = false }
        let excess = done.freed.isEmpty ? [] : journal.recycle(done.freed)
        guard phase == .closed else {
            return Outcome(isRelieved: isRelieved, isClosed: false, waiting: [], excess: excess)
        }
        isSealing = false
        defer { waiting = [] }
        return Outcome(isRelieved: isRelieved, isClosed: true, waiting: waiting, excess: excess)
    }

    /// Notes a failure; true if it is news.
    mutating func failed(_ error: RecordingError) -> Bool {
        defer { failure = error }
        isSealing = false
        return failure == nil
    }

    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
        guard phase != .closed, phase != .abandoned else { return true }
        waiting.append(continuation)
        return false
    }

    mutating func abandon() -> [CheckedContinuation<Void, Never>] {
        if phase != .closed { phase = .abandoned }
        defer { waiting = [] }
        return waiting
    }

    // MARK: Strict mode

    struct SyncRound {
        let files: [Descriptor]
        let position: UInt64
        let isFirst: Bool
        let hasNewNames: Bool
    }

    mutating func nextSync() -> SyncRound? {
        guard durable < position, phase != .abandoned else {
            isSyncing = false
            return nil
        }
        defer { namedJournals = false }
        return SyncRound(
            files: journal.takeUnsynced(), position: position, isFirst: !hasSynced, hasNewNames: namedJournals)
    }

    mutating func synced(_ round: SyncRound) {
        durable = round.position
        hasSynced = true
    }

    /// After a failed sync nobody knows what is on the disk, and the system will not say again: nothing more is taken.
    mutating func syncFailed(_ error: RecordingError) -> Bool {
        isSyncBroken = true
        defer { failure = error }
        return failure == nil
    }
}
