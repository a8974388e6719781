import Foundation
import SSH
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct ServerConnectionTests {
    @Test func `a client runs a program and gets its output and exit status`() async throws {
        let server = try ToyServer()
        try await server.whileServing {
            let ssh = try await OpenSSHClient(port: server.port)
            let input = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            let echoed = try await ssh.run("toy", "cat", input: input)
            #expect(echoed.status == 0)
            #expect(echoed.output.elementsEqual(input), "the bytes differ")
            #expect(try await ssh.run("toy", "exit 7").status == 7)
            #expect(try await ssh.run("toy", "signal TERM").status == 255)
        }
    }

    @Test func `rekeying in the middle changes nothing`() async throws {
        let server = try ToyServer()
        try await server.whileServing {
            let ssh = try await OpenSSHClient(port: server.port)
            let input = Data((0..<8_000_000).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 3) })
            let echoed = try await ssh.run("toy", "cat", options: ["-o", "RekeyLimit=1M"], input: input)
            #expect(echoed.output.elementsEqual(input), "the bytes differ")
        }
    }

    @Test func `keyboard-interactive asks and believes the right answer only`() async throws {
        let server = try ToyServer()
        try await server.whileServing {
            let ssh = try await OpenSSHClient(port: server.port)
            func signIn(_ word: String) async throws -> Command {
                let words = ssh.command(
                    "toy", "exit 3",
                    options: ["-o", "PreferredAuthentications=keyboard-interactive", "-o", "NumberOfPasswordPrompts=1"]
                ).map { $0 == "BatchMode=yes" ? "BatchMode=no" : $0 }
                return try await Command.run(["sshpass", "-P", "Word:", "-p", word] + words)
            }
            #expect(try await signIn("sesame").status == 3)
            #expect(try await signIn("wrong").status != 3)
        }
    }

    @Test func `forwards are refused and the session goes on`() async throws {
        let server = try ToyServer()
        try await server.whileServing {
            let ssh = try await OpenSSHClient(port: server.port)
            let result = try await ssh.run(
                "toy", "exit 4", options: ["-R", "0:127.0.0.1:9", "-o", "ExitOnForwardFailure=no"])
            #expect(result.status == 4)
            #expect(server.refused.withLock { $0 } == [.remoteForward])
        }
    }

    @Test func `the reason of a disconnect reaches the client`() async throws {
        let server = try ToyServer()
        try await server.whileServing {
            let result = try await OpenSSHClient(port: server.port).run("toy", "bye")
            #expect(result.status == 255)
            #expect(result.errors.contains("closed for lunch"))
        }
    }
}
