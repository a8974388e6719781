import Foundation
import Glibc
import SSH
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct HostileClientTests {
    @Test func `garbage before the version line ends the connection and nothing else`() async throws {
        let server = try ToyServer()
        try await server.whileServing {
            for garbage in [
                "GET / HTTP/1.1\r\n\r\n", String(repeating: "A", count: 100_000), "\u{0}\u{1}\n", "SSH-1.5-x\r\n",
            ] {
                let client = try RawClient(port: server.port)
                client.send(Array(garbage.utf8))
                #expect(try await client.readToEnd(within: .seconds(30)))
            }
            #expect(try await OpenSSHClient(port: server.port).run("toy", "exit 5").status == 5)
        }
    }

    @Test func `a packet that claims to be huge ends the connection`() async throws {
        let server = try ToyServer()
        try await server.whileServing {
            let client = try RawClient(port: server.port)
            client.send(
                Array("SSH-2.0-test\r\n".utf8) + [0x7F, 0xFF, 0xFF, 0xFF, 4, 20] + [UInt8](repeating: 0, count: 64))
            #expect(try await client.readToEnd(within: .seconds(30)))
        }
    }

    @Test func `a handshake that stalls is ended by its deadline`() async throws {
        let server = try ToyServer(limits: SSHServerLimits(handshake: .milliseconds(400)))
        try await server.whileServing {
            let client = try RawClient(port: server.port)
            client.send(Array("SSH-2.0-slow".utf8))
            #expect(try await client.readToEnd(within: .seconds(12)))
            try await eventually("its place is free") { server.room.count == 0 }
        }
    }

    @Test func `ten thousand idle connections make way for a client, and cost little`() async throws {
        let server = try ToyServer(limits: SSHServerLimits(waiting: 100, waitingPerOrigin: 40))
        try await server.whileServing {
            let before = Memory.resident
            for _ in 0..<10 {
                // A thousand are held open at a time: both ends are in this process, with its limit of descriptors.
                var idle: [RawClient] = []
                for _ in 0..<1000 { idle.append(try RawClient(port: server.port)) }
                #expect(try await OpenSSHClient(port: server.port).run("toy", "exit 6").status == 6)
                #expect(server.room.count <= 40)
                withExtendedLifetime(idle) {}
            }
            #expect(Memory.resident - before < 64 << 20)
        }
    }

    @Test func `a client that never reads does not hold up another`() async throws {
        let server = try ToyServer()
        try await server.whileServing {
            let ssh = try await OpenSSHClient(port: server.port)
            let stuck = try ChildProcess(ssh.command("toy", "flood 900000000"), output: "/dev/null")
            try await Task.sleep(for: .seconds(1))
            stuck.signal(SIGSTOP)
            let before = Memory.resident
            let started = ContinuousClock.now
            for _ in 0..<3 { #expect(try await ssh.run("toy", "exit 8").status == 8) }
            #expect(ContinuousClock.now - started < .seconds(20))
            #expect(Memory.resident - before < 64 << 20)
            stuck.signal(SIGKILL)
            await stuck.wait()
        }
    }
}

/// Our own resident memory in bytes.
enum Memory {
    static var resident: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return pages * 4096
    }
}
