import Cryptography
import Foundation
import Kernel
import Recording
import Synchronization
import Testing

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A spool of its own, a recording's header and key, and what a test does with them.
struct Fixture {
    let folder: String
    let key = RecordingKey()
    let tenantKey: TenantKey
    let header: RecordingHeader
    let engine = RecordingEngine(sealers: 1, syncers: 1)
    let start = Date(timeIntervalSince1970: 1_764_000_000.123456)

    init(kind: RecordingHeader.Kind = .terminal) throws {
        folder = NSTemporaryDirectory() + "gatehouse-recording-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let tenant = TenantID.new()
        tenantKey = TenantKey(for: tenant, version: 1)
        let recording = RecordingID.new()
        header = RecordingHeader(
            recording: recording, session: .new(), tenant: tenant, worker: .new(), kind: kind,
            started: RecordingInstant(start), key: tenantKey.id,
            wrapped: try key.wrapped(by: tenantKey, recording: recording),
            screen: kind == .terminal ? .init(term: "xterm-256color", columns: 80, rows: 24) : nil)
    }

    func writer(
        options: RecordingOptions = RecordingOptions(), hooks: RecordingHooks = RecordingHooks(),
        redactionKey: SealingPublicKey? = nil
    ) throws -> RecordingWriter {
        try RecordingWriter(
            header: header, key: key, redactionKey: redactionKey, spool: folder, options: options, hooks: hooks,
            engine: engine)
    }

    var spooled: SpoolFolder { SpoolFolder(spool: folder, recording: header.recording) }

    func container() throws -> [UInt8] { try Self.contents(spooled.container) }

    static func contents(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Writes a file into the fixture's folder and returns its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// A short recording of four event frames, complete.
    func smallRecording() async throws -> [UInt8] {
        var options = RecordingOptions()
        options.sealBytes = 20
        options.sealPace = .zero
        let writer = try writer(options: options)
        for (index, text) in ["$ ", "whoami\r\n", "deploy of the whole\r\n", "\u{1b}[31mred\u{1b}[0m end\r\n"]
            .enumerated()
        {
            try writer.append(.output, bytes(text), at: start + Double(index))
            try writer.append(.input, bytes("k\(index)"), at: start + Double(index) + 0.5)
        }
        try writer.append(.snapshot, bytes("\u{1b}[2J$ "), at: start + 4)
        try writer.finish(reason: "exited", exit: 0, at: start + 5)
        await writer.closed()
        return try container()
    }

    func events(of bytes: [UInt8]) throws -> [RecordingEvent] {
        var reader = try RecordingReader(BytesSource(bytes), key: key)
        var events: [RecordingEvent] = []
        try reader.forEach { events.append($0) }
        return events
    }

    func signedReceipt(of container: [UInt8], by signer: EvidenceSigner) throws -> SignedReceipt {
        let state = try SegmentVerifier.accept(container, after: nil).state
        let receipt = Receipt(
            of: header, state: state, user: .new(), asset: .new(), account: "deploy",
            ended: RecordingInstant(start + 5), reason: "exited", signedAt: RecordingInstant(start + 6),
            key: signer.id)
        return try SignedReceipt(signing: receipt, by: signer)
    }
}

/// Collects what hooks report.
final class Collected<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func append(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}

/// Waits until something holds, at most ten seconds.
func eventually(_ condition: () throws -> Bool) async throws {
    for _ in 0..<1000 {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("it did not happen within ten seconds")
}

/// Where the parts of a container start: the header, each frame, and the end.
func borders(of container: [UInt8]) -> [Int] {
    func number(_ offset: Int) -> Int { container[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
    var borders = [0, 9 + number(5)]
    while let last = borders.last, last < container.count { borders.append(last + 37 + number(last + 33) + 32) }
    return borders
}
