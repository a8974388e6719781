import Cryptography
import Foundation
import GatewayContract
import GatewayCore
import Kernel
import Logging
import Recording
import Synchronization
import TestSupport
import Testing

/// A store of recordings as a server keeps one.
private final class Store: Sendable {
    struct State {
        var chain: ChainState?
        var bytes: [UInt8] = []
        var failures = 0
        var forgets = false
        var uploads = 0
    }

    let state = Mutex(State())

    func upload(_ segment: SegmentUpload) throws(ControlPlaneError) -> SegmentStored {
        let result = state.withLock { state -> Result<SegmentStored, ControlPlaneError> in
            state.uploads += 1
            if state.failures > 0 {
                state.failures -= 1
                return .failure(.unreachable("away"))
            }
            guard let accepted = try? SegmentVerifier.accept(segment.bytes, after: state.chain) else {
                return .failure(.conflict("another frame is expected"))
            }
            state.chain = accepted.state
            state.bytes += segment.bytes
            // An answer that gets lost: the frames are stored, the worker does not know.
            if state.forgets {
                state.forgets = false
                return .failure(.unreachable("the answer was lost"))
            }
            return .success(
                SegmentStored(nextSequence: Int(accepted.state.nextSequence), chain: Bytes(accepted.state.chain.bytes)))
        }
        return try result.get()
    }
}

@Suite(.timeLimit(.minutes(1))) struct SpoolTests {
    private let folder = TemporaryFolder()
    private let key = RecordingKey()
    private let sealing = SealingPrivateKey()
    private let store = Store()
    private let session = SessionID.new()
    private let recording = RecordingID.new()
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private var plane: ControlPlane {
        var plane = ControlPlane.silent
        plane.upload = { [store] _, segment throws(ControlPlaneError) in try store.upload(segment) }
        plane.resume = { [store, key, sealing, session] _ throws(ControlPlaneError) in
            let chain = store.state.withLock { $0.chain }
            let sealed = try? SealedField.recordingKey.seal(
                key.reveal().reveal(), to: sealing.publicKey.bytes, session: session)
            return RecordingResumption(
                session: session, sealedKey: sealed ?? Bytes([]), nextSequence: Int(chain?.nextSequence ?? 1),
                isComplete: chain?.isComplete ?? false)
        }
        return plane
    }

    private func writer(_ engine: RecordingEngine, _ hooks: RecordingHooks) throws -> RecordingWriter {
        try RecordingWriter(
            header: RecordingHeader(
                recording: recording, session: session, tenant: .new(), worker: .new(), kind: .terminal,
                started: RecordingInstant(Date()), key: .new(), wrapped: SecureRandom.bytes(60),
                screen: .init(term: "xterm", columns: 80, rows: 24)),
            key: key, spool: folder.path, hooks: hooks, engine: engine)
    }

    @Test func `frames arrive whole and in order through lost requests and lost answers`() async throws {
        store.state.withLock {
            $0.failures = 2
            $0.forgets = true
        }
        let uploader = SegmentUploader(controlPlane: plane, logger: quiet)
        let running = Task { try await uploader.run() }
        defer { running.cancel() }
        var hooks = RecordingHooks()
        hooks.segment = { uploader.add($0) }
        let engine = RecordingEngine()
        let writer = try writer(engine, hooks)
        for _ in 0..<20 { try writer.append(.output, SecureRandom.bytes(50_000), at: Date()) }
        try writer.finish(reason: "exited", at: Date())
        await writer.closed()
        #expect(await uploader.settled(recording))
        let file = try Data(contentsOf: URL(fileURLWithPath: writer.folder.container))
        #expect(store.state.withLock { $0.bytes } == Array(file))
        #expect(store.state.withLock { $0.chain?.isComplete } == true)
    }

    @Test func `what a dead worker left is finished, stored, told and removed`() async throws {
        let engine = RecordingEngine()
        let dead = try writer(engine, RecordingHooks())
        let command: JSON = ["line": "id", "verdict": "allow", "rule": nil, "confidence": "high"]
        try dead.append(.input, Array("id\r".utf8), at: Date())
        try dead.append(.output, Array("uid=0".utf8), at: Date())
        try dead.append(.command, try CanonicalJSON.bytes(command), at: Date())
        dead.abandon()

        let facts = Mutex<[SessionFact]>([])
        let end = Mutex<SessionEnd?>(nil)
        var plane = plane
        plane.report = { _, report throws(ControlPlaneError) in
            facts.withLock { $0 += report.facts }
            return FactsStored(sequence: report.facts.last?.sequence ?? 0)
        }
        plane.end = { _, told throws(ControlPlaneError) in end.withLock { $0 = told } }
        let uploader = SegmentUploader(controlPlane: plane, logger: quiet)
        let reporter = SessionReporter(controlPlane: plane, logger: quiet)
        let services = [Task { try await uploader.run() }, Task { try await reporter.run() }]
        defer { for service in services { service.cancel() } }
        let identity = WorkerIdentity(
            worker: .new(), signingKey: SigningKey(), sealingKey: sealing,
            serverKey: Bytes([UInt8](repeating: 0, count: 32)))
        let identities = TemporaryFolder()
        let recovery = SpoolRecovery(
            controlPlane: plane, identity: try IdentityStore(saving: identity, to: identities.file("identity.json")),
            core: RecordingCore(
                spool: try Spool(path: folder.path, limit: 1 << 30), engine: engine, uploader: uploader,
                reporter: reporter), logger: quiet)
        #expect(await recovery.recoverAll() == 0)
        #expect(store.state.withLock { $0.chain?.isComplete } == true)
        var decoder = RecordingDecoder(key: key)
        let events = try decoder.feed(store.state.withLock { $0.bytes })
        #expect(events.map(\.kind) == [.input, .output, .command, .end])
        #expect(facts.withLock { $0 }.map(\.sequence) == [1, 2])
        guard case .command(let fact)? = facts.withLock({ $0 }).last?.event else {
            Issue.record("no command was told")
            return
        }
        #expect(fact.line == "id")
        let told = try #require(end.withLock { $0 })
        #expect(told.reason == .workerLost)
        #expect(told.counters.bytesIn == 3)
        #expect(told.counters.bytesOut == 5)
        #expect(try SpoolFolder.all(in: folder.path).isEmpty)
    }

    @Test func `a spool that has reached its limit says so`() throws {
        let spool = try Spool(path: folder.file("spool"), limit: 1000)
        #expect(spool.fullReason == nil)
        let recording = RecordingID.new().text
        try FileManager.default.createDirectory(
            atPath: folder.file("spool/\(recording)"), withIntermediateDirectories: true)
        try Data(count: 2000).write(to: URL(fileURLWithPath: folder.file("spool/\(recording)/container.ghr")))
        #expect(spool.measure() == 2000)
        #expect(spool.fullReason != nil)
    }
}
