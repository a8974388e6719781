import Cryptography
import Foundation
import Kernel
import Recording
import Testing

/// Runs `verify.py`, which knows the specification and nothing of this code.
@Suite struct IndependentVerifierTests {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/verify.py"

    /// The interpreter of a virtual environment with the packages, if there is one.
    private static let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"

    private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [Self.python, Self.script] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus == 77 {
            print("SKIPPED: verify.py needs the Python packages cryptography and zstandard (GATEHOUSE_TEST_PYTHON)")
        }
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test func `another program reads what was written, and agrees on every event`() async throws {
        let fixture = try Fixture()
        let writer = try fixture.writer()
        for number in 0..<300 {
            let data = number % 7 == 0 ? SecureRandom.bytes(3000) : bytes("line \(number) with some text\r\n")
            try writer.append(
                number % 3 == 0 ? .input : .output, channel: UInt32(number % 2), data,
                at: fixture.start + Double(number) / 8)
            if number % 100 == 99 { try writer.append(.snapshot, bytes("\u{1b}[2J"), at: fixture.start) }
        }
        try writer.append(.resize, bytes("100 40"), at: fixture.start + 60)
        try writer.finish(reason: "exited", exit: 0, at: fixture.start + 61)
        await writer.closed()
        let container = try fixture.container()
        let signer = EvidenceSigner(key: SigningKey())
        let receipt = try SignedReceipt(
            signing: Receipt(
                of: fixture.header, state: SegmentVerifier.accept(container, after: nil).state, user: .new(),
                asset: .new(), account: "déploy", ended: RecordingInstant(fixture.start + 61), reason: "exited",
                signedAt: RecordingInstant(Date()), key: signer.id), by: signer)
        let (status, output) = try run([
            fixture.spooled.container, Base64URL.encode(fixture.key.reveal().reveal()),
            try fixture.file("receipt.json", receipt.bytes), signer.verifyingKey.text,
        ])
        guard status != 77 else { return }
        #expect(status == 0)
        let expected = try fixture.events(of: container).map { event in
            #"[\#(event.time), \#(event.channel), "\#(event.kind.letter)", "\#(Hex.encode(event.data))"]"#
        }
        #expect(output.split(separator: "\n").map(String.init) == expected)
    }

    @Test func `another program reads what recovery finished`() throws {
        let fixture = try Fixture(kind: .database)
        let writer = try fixture.writer()
        for number in 0..<50 { try writer.append(.statement, bytes(#"{"n":\#(number)}"#), at: fixture.start) }
        writer.abandon()
        _ = try JournalRecovery(folder: fixture.spooled).run(key: fixture.key)
        let (status, output) = try run([fixture.spooled.container, Base64URL.encode(fixture.key.reveal().reveal())])
        guard status != 77 else { return }
        #expect(status == 0)
        #expect(output.split(separator: "\n").count == 51)
    }
}
