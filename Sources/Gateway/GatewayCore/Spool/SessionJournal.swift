import Cryptography
package import FoundationEssentials
package import GatewayContract
package import Kernel
package import Recording
import Synchronization
import Terminal

/// The record of one session: what goes into the recording, in the right order, and what is reported from it. Confined to
/// the loop of its session. Nothing is relayed that this has not taken.
package final class SessionJournal {
    /// Calls from the threads of the recording engine.
    package struct Signals: Sendable {
        /// Strict mode: everything up to this position is on the disk.
        package var durable: @Sendable (UInt64) -> Void
        /// There is room again.
        package var relief: @Sendable () -> Void
        /// The recording cannot be written.
        package var failure: @Sendable (RecordingError) -> Void

        package init(
            durable: @escaping @Sendable (UInt64) -> Void, relief: @escaping @Sendable () -> Void,
            failure: @escaping @Sendable (RecordingError) -> Void
        ) {
            self.durable = durable
            self.relief = relief
            self.failure = failure
        }
    }

    /// Whether bytes may be relayed only when their position is durable.
    package let isStrict: Bool
    private let writer: RecordingWriter
    private let session: LiveSession
    private let reporter: SessionReporter
    private let watcher: TerminalWatcher?
    private let started: Date
    private let clock: @Sendable () -> Date
    private let lastChain = LastChain()

    package init(
        _ opened: OpenedGrant, session: LiveSession, terminal: GatewayContract.TerminalSize?, core: RecordingCore,
        signals: Signals, clock: @escaping @Sendable () -> Date = { Date() }
    ) throws(RecordingError) {
        let grant = opened.grant
        self.session = session
        self.clock = clock
        reporter = core.reporter
        isStrict = grant.recording.strict
        started = clock()
        watcher = terminal.map { TerminalWatcher(columns: $0.columns, rows: $0.rows) }
        var hooks = RecordingHooks()
        hooks.segment = { [uploader = core.uploader, lastChain] segment in
            if segment.isLast { lastChain.value.withLock { $0 = segment.chain.bytes } }
            uploader.add(segment)
        }
        hooks.durable = signals.durable
        hooks.relief = signals.relief
        hooks.failure = signals.failure
        writer = try RecordingWriter(
            header: RecordingHeader(
                recording: grant.recording.id, session: grant.session, tenant: grant.tenant, worker: grant.worker,
                kind: .terminal, started: RecordingInstant(started), key: grant.recording.tenantKey,
                wrapped: grant.recording.wrappedKey.value,
                screen: .init(
                    term: terminal?.term ?? "dumb", columns: terminal?.columns ?? 80, rows: terminal?.rows ?? 24)),
            key: opened.recordingKey, redactionKey: SealingPublicKey(bytes: grant.recording.redactionKey.value),
            spool: core.spool.path, options: RecordingOptions(strict: grant.recording.strict), hooks: hooks,
            engine: core.engine)
    }

    // MARK: Both directions

    /// Takes output of the target; returns the position that has to be durable before it is relayed.
    package func output(_ bytes: [UInt8], isError: Bool) throws(RecordingError) -> UInt64 {
        let now = clock()
        let appended = try writer.append(isError ? .standardError : .output, bytes, at: now)
        var position = appended.position
        guard let watcher else { return position }
        for command in bytes.withUnsafeBytes({ watcher.output($0) }) {
            position = try note(command, at: now)
        }
        if appended.snapshotIsDue {
            position = try writer.append(.snapshot, watcher.screen.snapshot(), at: now).position
        }
        return position
    }

    /// Takes input of the person. What is typed without echo is sealed.
    package func input(_ bytes: [UInt8]) throws(RecordingError) -> UInt64 {
        let now = clock()
        guard let watcher else { return try writer.append(.input, bytes, at: now).position }
        let milliseconds = Int(now.timeIntervalSince1970 * 1000)
        var position: UInt64 = 0
        for run in bytes.withUnsafeBytes({ watcher.input($0, at: milliseconds) }) {
            let part = Array(bytes[run.range])
            position =
                run.isHidden
                ? try writer.appendSealed(part, at: now).position : try writer.append(.input, part, at: now).position
        }
        return position
    }

    /// Nothing has happened for a while: gives memory back.
    package func rest() { watcher?.rest() }

    /// The window has a new size.
    package func resize(columns: Int, rows: Int) throws(RecordingError) {
        watcher?.resize(columns: columns, rows: rows)
        try writer.append(.resize, Array("\(columns) \(rows)".utf8), at: clock())
    }

    /// The command of a session without a shell.
    package func ran(_ command: String) throws(RecordingError) {
        _ = try note(ExtractedCommand(line: command, confidence: .high), at: clock())
    }

    /// Something that was done to the session.
    package func policy(_ what: JSON) throws(RecordingError) {
        try writer.append(.policy, (try? CanonicalJSON.bytes(what)) ?? [], at: clock())
    }

    private func note(_ command: ExtractedCommand, at now: Date) throws(RecordingError) -> UInt64 {
        let json: JSON = [
            "line": .string(command.line), "verdict": "allow", "rule": nil,
            "confidence": .string(command.confidence.rawValue),
        ]
        let position = try writer.append(.command, (try? CanonicalJSON.bytes(json)) ?? [], at: now).position
        session.countCommand()
        reporter.add(
            .command(
                CommandFact(
                    line: command.line, verdict: .allow, confidence: command.confidence == .high ? .high : .low,
                    offsetUs: max(0, Int(now.timeIntervalSince(started) * 1_000_000)))),
            of: session.id, at: now)
        return position
    }

    // MARK: The end

    /// How much has been written, for the counters.
    package var recordedBytes: Int { Int(writer.containerBytes) }

    /// Has the end event written, without waiting for it: however many sessions end together, none is open for longer
    /// because the disk is slow. Nothing is taken after it. What cannot be written any more is left to recovery.
    package func finish(reason: EndReason, exit: Int?, failed: @escaping @Sendable (RecordingError) -> Void) {
        writer.finishLater(reason: reason.rawValue, exit: exit, at: clock(), failed: failed)
    }

    /// What can be waited for after the end.
    package var tail: JournalTail {
        JournalTail(
            folder: writer.folder,
            closed: { [writer] in
                await writer.closed()
                return Int(writer.containerBytes)
            },
            chain: { [lastChain] in lastChain.value.withLock { $0 } })
    }
}

/// The chain value of the trailer, once there is one.
private final class LastChain: Sendable {
    let value = Mutex<[UInt8]?>(nil)
}

/// What recording needs of the worker.
package struct RecordingCore: Sendable {
    package let spool: Spool
    package let engine: RecordingEngine
    package let uploader: SegmentUploader
    package let reporter: SessionReporter

    package init(spool: Spool, engine: RecordingEngine, uploader: SegmentUploader, reporter: SessionReporter) {
        self.spool = spool
        self.engine = engine
        self.uploader = uploader
        self.reporter = reporter
    }
}
