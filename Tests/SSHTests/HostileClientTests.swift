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

/// A TCP connection without manners.
final class RawClient: Sendable {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let copy = descriptor
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(copy, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw CocoaError(.fileReadUnknown) }
    }

    deinit {
        close(descriptor)
    }

    func send(_ bytes: [UInt8]) {
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Whether the server closes the connection in time. Waits without a thread of its own.
    func readToEnd(within limit: Duration) async throws -> Bool {
        let end = ContinuousClock.now + limit
        var buffer = [UInt8](repeating: 0, count: 65536)
        while ContinuousClock.now < end {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count == 0 { return true }
            if count < 0, errno != EAGAIN, errno != EINTR { return errno == ECONNRESET }
            if count < 0 { try await Task.sleep(for: .milliseconds(10)) }
        }
        return false
    }
}
