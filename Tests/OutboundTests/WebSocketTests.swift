import Foundation
import Logging
import TestSupport
import Testing

@testable import Outbound

/// WebSockets to a server that is somebody else's library, past the guard and with TLS.
@Suite(.enabled(if: EchoServer.isThere), .timeLimit(.minutes(1))) struct WebSocketTests {
    private static let plain = Task { try await EchoServer() }
    private static let secure = Task { () async throws -> (server: EchoServer, authority: String) in
        let folder = TemporaryFolder()
        try await ChildProcess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
                + ["-subj", "/CN=socket.test", "-addext", "subjectAltName=DNS:socket.test"]
                + ["-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem")])
        let authority = try String(contentsOfFile: folder.file("cert.pem"), encoding: .utf8)
        return (try await EchoServer(certificate: folder.path), authority)
    }

    private func socket(
        _ path: String = "/", with client: HTTPClient, idle: Duration = .seconds(5), opened: Set<HostPort> = []
    ) async throws -> WebSocket {
        let port = try await Self.plain.value.port
        return try await WebSocket.connect(
            to: OutboundRequest(.get, OutboundURL(webSocket: "ws://127.0.0.1:\(port)\(path)"), opened: opened),
            with: client, idleTimeout: idle)
    }

    @Test func `messages of every size go there and back, in frames and in one`() async throws {
        try await withClient { client in
            let socket = try await socket(with: client)
            for count in [0, 1, 125, 126, 65_535, 65_536, 100_000] {
                let text = String(repeating: "é", count: count / 2) + String(repeating: "a", count: count % 2)
                socket.send(text)
                #expect(try await socket.next() == .text(text))
            }
            socket.send("in pieces")
            #expect(try await socket.next() == .text("in pieces"))
            socket.ping()
            #expect(try await socket.next() == .sign)
            socket.send("ping me")
            #expect(try await socket.next() == .sign)
            #expect(try await socket.next() == .text("ponged"), "the server has our answer to its ping")
            socket.send("close")
            #expect(try await socket.next() == nil)
        }
    }

    @Test func `what comes is held back for a slow reader, and none of it is lost`() async throws {
        try await withClient { client in
            let socket = try await socket(with: client)
            socket.send("flood")
            try await Task.sleep(for: .milliseconds(300))
            for number in 0..<200 {
                guard case .text(let text)? = try await socket.next() else {
                    Issue.record("message \(number) is missing")
                    return
                }
                #expect(text.hasPrefix("\(number):") && text.utf8.count > 10_000)
            }
        }
    }

    @Test func `many stand beside each other, and beside what comes and goes`() async throws {
        var configuration = HTTPClientConfiguration(egress: .open, maxConnections: 120)
        configuration.keptConnections = 120
        let client = HTTPClient(configuration: configuration, logger: .init(label: "test"))
        var sockets: [WebSocket] = []
        for _ in 0..<80 { sockets.append(try await socket(with: client, idle: .seconds(50))) }
        let other = try await Receiver.shared.value
        for _ in 0..<5 { _ = try await client.send(.init(.get, other.url("/echo"))) }
        for (number, socket) in sockets.enumerated() { socket.send("\(number)") }
        for (number, socket) in sockets.enumerated() { #expect(try await socket.next() == .text("\(number)")) }
        await client.stop()
    }

    @Test func `what ends says why`() async throws {
        try await withClient { client in
            let address = HostPort(host: "127.0.0.1", port: try await Self.plain.value.port)
            await #expect(throws: WebSocketError.refused(address, status: 404)) {
                try await self.socket("/nowhere", with: client)
            }
            let silent = try await socket(with: client, idle: .milliseconds(600))
            await #expect(throws: WebSocketError.outbound(.timedOut(address, .idle))) { _ = try await silent.next() }
            let cut = try await socket(with: client)
            cut.send("cut")
            do {
                #expect(try await cut.next() == nil)
            } catch WebSocketError.outbound(.brokenOff) {}
            // Ends at once for its reader, and for the server.
            let reader = try await socket(with: client)
            await #expect(throws: WebSocketError.outbound(.cancelled)) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { while try await reader.next() != nil {} }
                    group.cancelAll()
                    try await group.next()
                }
            }
        }
    }

    @Test func `the guard stands in front of it`() async throws {
        let port = try await Self.plain.value.port
        let address = HostPort(host: "127.0.0.1", port: port)
        try await withClient(egress: .guarded(allow: [])) { client in
            await #expect(throws: WebSocketError.outbound(.destinationRefused(address))) {
                try await self.socket(with: client)
            }
            let socket = try await socket(with: client, opened: [address])
            socket.send("in")
            #expect(try await socket.next() == .text("in"))
        }
    }

    @Test func `an encrypted one is for the right name and a known authority`() async throws {
        let (server, authority) = try await Self.secure.value
        let names = ["socket.test", "other.test"].map { "\($0):\(server.port):127.0.0.1" }
        func open(_ name: String, _ client: HTTPClient) async throws -> WebSocket {
            try await WebSocket.connect(
                to: OutboundRequest(.get, OutboundURL(webSocket: "wss://\(name):\(server.port)/")), with: client,
                idleTimeout: .seconds(5))
        }
        try await withClient(trust: .authorities(pem: authority), resolved: names) { client in
            let socket = try await open("socket.test", client)
            for text in ["over TLS", String(repeating: "x", count: 100_000)] {
                socket.send(text)
                #expect(try await socket.next() == .text(text))
            }
            let other = HostPort(host: "other.test", port: server.port)
            await #expect(throws: WebSocketError.outbound(.tls(other, .untrusted))) {
                try await open("other.test", client)
            }
        }
        try await withClient(resolved: names) { client in
            let known = HostPort(host: "socket.test", port: server.port)
            await #expect(throws: WebSocketError.outbound(.tls(known, .untrusted))) {
                try await open("socket.test", client)
            }
        }
    }
}

/// A server of the Python library `websockets`.
private final class EchoServer: Sendable {
    static let isThere = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil
    let port: Int
    private let process: ChildProcess

    init(certificate: String? = nil) async throws {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        let process = try ChildProcess([python, "-c", Self.script] + (certificate.map { [$0] } ?? []))
        try await eventually("the server listens", within: .seconds(10)) { process.output.hasSuffix("\n") }
        self.process = process
        port = try #require(Int(process.output.split(separator: "\n")[0]), "\(process.output)")
    }

    private static let script = #"""
        import ssl, sys, time
        from websockets.sync.server import serve

        def echo(socket):
            for text in socket:
                if text == "in pieces": socket.send(["in", " ", "pieces"])
                elif text == "ping me":
                    socket.ping().wait(5)
                    socket.send("ponged")
                elif text == "close": socket.close()
                elif text == "cut": socket.socket.shutdown(2)
                elif text == "flood":
                    for number in range(200): socket.send(f"{number}:" + "x" * 10000)
                else: socket.send(text)

        def admit(socket, request):
            if request.path != "/": return socket.respond(404, "no\n")

        context = None
        if len(sys.argv) > 1:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1] + "/cert.pem", sys.argv[1] + "/key.pem")
        server = serve(echo, "127.0.0.1", 0, process_request=admit, ssl=context, ping_interval=None)
        print(server.socket.getsockname()[1], flush=True)
        server.serve_forever()
        """#
}
