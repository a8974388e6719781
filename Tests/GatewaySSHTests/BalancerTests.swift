import Foundation
import GatewayContract
import Kernel
import SSH
import Synchronization
import TestSupport
import Testing

/// A TCP balancer in front of the gateway: HAProxy itself, and one that lies or stalls.
@Suite(.timeLimit(.minutes(3)), .serialized) struct BalancerTests {
    /// 127.0.0.1 is the balancer; every other address of the loopback network is somebody.
    private func withGateway(
        limits: SSHServerLimits = SSHServerLimits(waitingPerOrigin: 200), trusted: [String] = ["127.0.0.1/32"],
        _ body: @escaping @Sendable (TestGateway, OpenSSHClient, _ name: String, LogPage) async throws -> Void
    ) async throws {
        let target = try await OpenSSHServer()
        let log = LogPage()
        let gateway = try TestGateway(
            limits: limits, trustedProxies: trusted.compactMap(AddressRange.init), log: log)
        try gateway.server.serve(target)
        try await gateway.whileRunning {
            try await body(gateway, try await gateway.client(), "acme+lin+\(target.user)+web-1", log)
        }
    }

    /// From whom the control plane was last asked to let somebody in, and to open a session.
    private func seen(_ gateway: TestGateway) -> [String] {
        gateway.server.state.withLock { state in
            [state.admissions.last?.clientAddress, state.requests.last?.clientAddress].compactMap { $0 }
        }
    }

    @Test func `behind HAProxy, whoever signs in is themselves`() async throws {
        try await withGateway { gateway, client, name, log in
            let balancer = try await TestBalancer(before: gateway.port)
            for (number, way) in [TestBalancer.Way.one, .two, .fields].enumerated() {
                let (from, here) = ("127.8.\(number).7", try await OpenSSHClient(client, port: balancer.port(way)))
                let result = try await here.run(name, "echo in-$((1+1))", options: ["-b", from])
                #expect(result.text == "in-2\n", "\(way): \(result.errors)")
                #expect(seen(gateway) == [from, from], "\(way)")
                // By IPv6, in front of a listener that speaks IPv4.
                let six = try await OpenSSHClient(client, port: balancer.port6(way))
                let other = try await six.run(name, "echo in-$((1+1))", options: ["-o", "HostName=::1"])
                #expect(other.text == "in-2\n", "\(way): \(other.errors)")
                #expect(seen(gateway) == ["::1", "::1"], "\(way)")
            }
            // It looks whether we are alive, for itself, and finds us so.
            try await eventually("HAProxy has asked whether the gateway is alive") {
                try await balancer.health.allSatisfy { $0 == "L7OK" }
            }
            #expect(try await balancer.health.count == 3)
            #expect(!log.text.contains("warning"), "\(log.text)")
            await balancer.stop()
        }
    }

    @Test func `whoever comes to HAProxy without an address is not taken for it`() async throws {
        try await withGateway { gateway, client, name, log in
            let balancer = try await TestBalancer(before: gateway.port)
            // Version 1 says that it does not know them, and version 2 that it speaks for itself.
            for (way, word) in [
                (.one, "does not say who the client is"), (.two, "Nobody signs in"), (.fields, "Nobody signs in"),
            ] as [(TestBalancer.Way, String)] {
                let before = log.text.count
                let result = try await Tunnel.run(client, name, through: balancer.path(way))
                #expect(result.status == 255, "\(way)")
                try await eventually("the log says so: \(way)") { log.text.dropFirst(before).contains(word) }
            }
            #expect(gateway.server.state.withLock { $0.admissions.isEmpty })
            await balancer.stop()
        }
    }

    @Test func `a balancer that says nothing is told of in the log, and its clients do not come in`() async throws {
        try await withGateway { gateway, client, name, log in
            let balancer = try await TestBalancer(before: gateway.port)
            let result = try await OpenSSHClient(
                client, port: balancer.port(.silent)
            ).run(name, "true")
            #expect(result.status == 255)
            try await eventually("the log says so") { log.text.contains("warning A balancer's connection was closed") }
            #expect(log.text.contains("one of ssh.trustedProxies") && log.text.contains("send-proxy-v2"))
            #expect(log.text.contains("127.0.0.1:"))
            #expect(gateway.server.state.withLock { $0.admissions.isEmpty })
            await balancer.stop()
        }
    }

    @Test func `whoever is no balancer speaks for nobody`() async throws {
        try await withGateway { gateway, client, name, _ in
            let direct = try await client.run(name, "echo in-$((1+1))", options: ["-b", "127.0.0.9"])
            #expect(direct.text == "in-2\n" && seen(gateway) == ["127.0.0.9", "127.0.0.9"])
            gateway.server.state.withLock { $0.admissions = [] }
            for header in [Array("PROXY TCP4 127.0.0.1 10.0.0.1 1 22\r\n".utf8), block] {
                let answer = try await Tunnel.run(
                    try await OpenSSHClient(client, port: gateway.port), name, from: "127.0.0.9", after: header)
                #expect(answer.status == 255)
            }
            #expect(gateway.server.state.withLock { $0.admissions.isEmpty })
        }
        // Nor is anybody where none is named.
        try await withGateway(trusted: []) { gateway, client, name, _ in
            let answer = try await Tunnel.run(
                try await OpenSSHClient(client, port: gateway.port), name, from: "127.0.0.1", after: block)
            #expect(answer.status == 255 && gateway.server.state.withLock { $0.admissions.isEmpty })
        }
    }

    @Test func `of two headers the first counts, and the second is no SSH`() async throws {
        try await withGateway { gateway, client, name, _ in
            let here = try await OpenSSHClient(client, port: gateway.port)
            #expect(try await Tunnel.run(here, name, from: "127.0.0.1", after: block).status == 0)
            #expect(seen(gateway).first == "198.51.100.7")
            gateway.server.state.withLock { $0.admissions = [] }
            #expect(try await Tunnel.run(here, name, from: "127.0.0.1", after: block + block).status == 255)
            #expect(gateway.server.state.withLock { $0.admissions.isEmpty })
        }
    }

    @Test func `a header that does not come, or is bad, costs a place for a while and no more`() async throws {
        let limits = SSHServerLimits(handshake: .seconds(2), waiting: 8, waitingPerOrigin: 2)
        try await withGateway(limits: limits) { gateway, client, name, log in
            let here = try await OpenSSHClient(client, port: gateway.port)
            // Many wait for theirs: they stand behind one address, and each of them is somebody else.
            let waiting = try (0..<20).map { _ in try RawClient(port: gateway.port) }
            for socket in waiting { socket.send(Array(block.prefix(20))) }
            #expect(try await Tunnel.run(here, name, from: "127.0.0.1", after: block).status == 0)
            for socket in waiting { #expect(try await socket.readToEnd(within: .seconds(10))) }
            try await eventually("the log says so") { log.text.contains("took too long") }
            for bad in ["PROXY TCP4 1.2.3.4\r\n", "SSH-2.0-x\r\n"] {
                let socket = try RawClient(port: gateway.port)
                socket.send(Array(bad.utf8))
                #expect(try await socket.readToEnd(within: .seconds(10)))
            }
            try await eventually("the log says so") { log.text.contains("addresses or ports that are none") }
        }
    }

    @Test func `places are counted for those behind a balancer, not for the balancer`() async throws {
        let limits = SSHServerLimits(handshake: .seconds(30), waiting: 50, waitingPerOrigin: 2)
        try await withGateway(limits: limits) { gateway, client, name, _ in
            func stalled(_ last: Int) throws -> RawClient {
                let socket = try RawClient(port: gateway.port)
                socket.send(Array("PROXY TCP4 203.0.113.\(last) 10.0.0.1 1 22\r\nSSH-2.0-slow".utf8))
                return socket
            }
            let others = try (1...10).map(stalled)
            let mine = try (0..<3).map { _ in try stalled(77) }
            // One of those of the same address had to go, and none of the others.
            var ended = 0
            for socket in mine where try await socket.readToEnd(within: .milliseconds(700)) { ended += 1 }
            #expect(ended == 1)
            for socket in others { #expect(try await !socket.readToEnd(within: .milliseconds(1))) }
            let here = try await OpenSSHClient(client, port: gateway.port)
            #expect(try await Tunnel.run(here, name, from: "127.0.0.1", after: block).status == 0)
        }
    }
}

/// Says that 198.51.100.7 is there.
private let block: [UInt8] =
    [
        13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10, 0x21, 0x11, 0, 12, 198, 51, 100, 7, 10, 0, 0, 1, 0xDC, 4,
        0, 22,
    ]

extension OpenSSHClient {
    /// The same person by another port.
    fileprivate init(_ client: OpenSSHClient, port: Int) async throws {
        try await self.init(port: port, folder: client.folder)
    }
}

/// The system's ssh through a connection that begins with bytes of ours.
private enum Tunnel {
    static func run(
        _ client: OpenSSHClient, _ name: String, from source: String, after bytes: [UInt8]
    ) async throws -> Command {
        try await run(
            client, name,
            """
            s = socket.socket(); s.bind(("\(source)", 0)); s.connect(("127.0.0.1", \(client.port)))
            s.sendall(bytes(\(bytes)))
            """)
    }

    /// By a unix socket.
    static func run(_ client: OpenSSHClient, _ name: String, through path: String) async throws -> Command {
        try await run(client, name, "s = socket.socket(socket.AF_UNIX); s.connect('\(path)')")
    }

    private static func run(_ client: OpenSSHClient, _ name: String, _ connecting: String) async throws -> Command {
        let program = """
            import os, select, socket
            \(connecting)
            while True:
                r, _, _ = select.select([0, s], [], [])
                if s in r:
                    data = s.recv(65536)
                    if not data: break
                    os.write(1, data)
                if 0 in r:
                    data = os.read(0, 65536)
                    if not data: break
                    s.sendall(data)
            """
        let file = client.folder.file("tunnel-\(UUID().uuidString).py")
        try Data(program.utf8).write(to: URL(fileURLWithPath: file))
        return try await client.run(name, "true", options: ["-o", "ProxyCommand=python3 \(file)"])
    }
}
