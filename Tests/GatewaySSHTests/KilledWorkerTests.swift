import Cryptography
import Foundation
import GatewayContract
import GatewayCore
import Kernel
import Recording
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct KilledWorkerTests {
    @Test func `after kill -9 everything that the client saw is in the recording`() async throws {
        let folder = TemporaryFolder(prefix: "killed")
        // The worker lives in a process of its own, which kills itself while a client is reading.
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            try await KilledWorker(path: path).run()
        }
        let key = try #require(RecordingKey(String(contentsOfFile: folder.file("key"), encoding: .utf8)))
        let left = try #require(try SpoolFolder.all(in: folder.file("spool")).first)
        let transcript = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("transcript"))))
        #expect(transcript.count > 100_000)

        let outcome = try JournalRecovery(folder: left).run(key: key)
        #expect(outcome.state.isComplete)
        var reader = try RecordingReader(file: left.container, key: key)
        var output: [UInt8] = []
        try reader.forEach { if $0.kind == .output { output += $0.data } }
        #expect(output.count >= transcript.count)
        // As a truth value: a failure must not print the megabytes.
        let isPrefix = output.starts(with: transcript)
        #expect(isPrefix)
        #expect(reader.trailer?.reason == "worker-lost")
    }
}

/// The life and the end of the worker that gets killed.
private struct KilledWorker {
    let path: String

    func run() async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway(spool: "\(path)/spool")
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            let client = try await gateway.client()
            let reading = try ChildProcess(
                client.command(
                    "acme+lin+\(target.user)+web-1", "seq 1 100000000", options: ["-c", "aes128-gcm@openssh.com"]),
                output: "\(path)/transcript", errors: "/dev/null")
            try await eventually("output flows", within: .seconds(20)) {
                let size = try FileManager.default.attributesOfItem(atPath: "\(path)/transcript")[.size] as? Int
                return (size ?? 0) > 1_000_000
            }
            let recording = gateway.server.state.withLock { $0.recordingKeys.first }
            guard let (_, key) = recording else { return }
            try Data(Base64URL.encode(key.reveal().reveal()).utf8).write(to: URL(fileURLWithPath: "\(path)/key"))
            withExtendedLifetime(reading) { _ = kill(getpid(), SIGKILL) }
        }
    }
}
