import Foundation
import GatewayContract
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized) struct RefusalTests {
    private func withGateway(
        _ body: @escaping @Sendable (TestGateway, OpenSSHClient, String) async throws -> Void
    ) async throws {
        let target = try await OpenSSHServer()
        let gateway = try TestGateway()
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            try await body(gateway, try await gateway.client(), "acme+lin+\(target.user)+web-1")
        }
    }

    @Test func `sftp is refused with the reason, and the client ends`() async throws {
        try await withGateway { _, client, name in
            let result = try await Command.run(
                ["sftp", "-P", String(client.port)] + client.options + ["\(name)@127.0.0.1"], limit: .seconds(15))
            #expect(result.status != 0)
            #expect(result.errors.contains("SFTP is not available through this gateway"))
        }
    }

    @Test func `scp is refused with the reason`() async throws {
        try await withGateway { _, client, name in
            let result = try await Command.run(
                ["scp", "-P", String(client.port)] + client.options + ["\(name)@127.0.0.1:/etc/hostname", "/dev/null"],
                limit: .seconds(15))
            #expect(result.status != 0)
            #expect(result.errors.contains("SFTP is not available through this gateway"))
        }
    }

    @Test func `curl, whose library is another one, gets an answer instead of waiting`() async throws {
        try await withGateway { _, client, name in
            let begun = ContinuousClock.now
            let result = try await Command.run(
                [
                    "curl", "-sS", "-k", "--max-time", "20", "--key", client.folder.file("key"), "--pubkey",
                    client.folder.file("key.pub"), "-u", "\(name):", "sftp://127.0.0.1:\(client.port)/etc/hostname",
                ], limit: .seconds(25))
            #expect(result.status != 0)
            #expect(ContinuousClock.now - begun < .seconds(10))
        }
    }

    @Test func `forwards, agent and X11 are refused on the screen of the session, which goes on`() async throws {
        try await withGateway { _, client, name in
            let result = try await client.run(
                name, "echo through; sleep 0.5",
                options: ["-A", "-R", "0:127.0.0.1:9", "-o", "ExitOnForwardFailure=no", "-o", "ForwardX11=no"])
            #expect(result.status == 0)
            #expect(result.text == "through\n")
            #expect(result.errors.contains("remote port forwarding is not available"))
        }
    }

    @Test func `a direct forward opens no connection`() async throws {
        try await withGateway { gateway, client, name in
            let port = FreePort.next()
            let forward = try ChildProcess(
                client.command(name, "sleep 5", options: ["-L", "127.0.0.1:\(port):127.0.0.1:\(client.port)"]))
            try await eventually("the client listens") { Loopback.accepts(port) }
            let through = try await Command.run(
                ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); timeout 3 cat <&3 | head -c 20"], limit: .seconds(6)
            )
            #expect(through.output.isEmpty)
            try await eventually("it is said") { forward.output.contains("port forwarding is not available") }
            await forward.stop()
        }
    }

    @Test func `an eleventh session on one connection is refused, ten work side by side`() async throws {
        try await withGateway { gateway, client, name in
            let socket = client.folder.file("mux")
            let master = try ChildProcess(client.command(name, options: ["-M", "-S", socket, "-N"]))
            try await eventually("the master is there") { FileManager.default.fileExists(atPath: socket) }
            let results = try await withThrowingTaskGroup(of: Command.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        try await client.run(name, "sleep 2; echo \(number)", options: ["-S", socket])
                    }
                }
                try await Task.sleep(for: .milliseconds(800))
                let extra = try await client.run(name, "echo extra", options: ["-S", socket, "-o", "ControlMaster=no"])
                #expect(extra.status != 0 || extra.text == "extra\n")
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(results.map(\.text)) == Set((0..<10).map { "\($0)\n" }))
            await master.stop()
        }
    }

    @Test func `a command without a target says how to name one`() async throws {
        try await withGateway { _, client, _ in
            let result = try await client.run("acme+lin", "id")
            #expect(result.status == 255)
            #expect(result.errors.contains("ssh tenant+user+account+target@"))
        }
    }

    @Test(arguments: ["acme+lin+a+b+c+d", "acme++x", "+"])
    func `a malformed name is refused in words`(_ name: String) async throws {
        try await withGateway { _, client, _ in
            let result = try await client.run(name, "id")
            #expect(result.status == 255)
            #expect(result.errors.contains("the user name must read tenant+user"))
        }
    }
}
