import FoundationEssentials
import Glibc
import HTTPAPI
import Kernel
import Logging
import NIOCore
import NIOPosix
import Observability
import Postgres
import Synchronization

/// The example endpoints on a real socket of 127.0.0.1.
struct LiveServer {
    let port: Int
    let metrics: MetricsRegistry
    let log: Log

    final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        func append(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        var text: String { lines.withLock { $0.joined() } }
    }

    static func run(
        _ configure: (inout HTTPServerConfiguration) -> Void = { _ in }, api: TestAPI = TestAPI(),
        endpoints: [MountedEndpoint]? = nil, readiness: [ReadinessCheck] = [], portal: PortalFiles? = nil,
        _ body: (LiveServer) async throws -> Void
    ) async throws {
        var configuration = HTTPServerConfiguration(address: .host("127.0.0.1", port: 0))
        configure(&configuration)
        let metrics = MetricsRegistry()
        let log = Log()
        let logger = Logger(label: "http") { label in JSONLogHandler(label: label) { log.append($0) } }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = HTTPServer(
            configuration: configuration, endpoints: endpoints ?? api.endpoints,
            hosts: { name in
                switch name {
                case "acme.localhost": return .tenant(TestAPI.tenant)
                case "localhost": return .provider
                case "away.localhost": throw DatabaseError(sqlState: "08006", message: "gone")
                default: return .unknown
                }
            }, readiness: readiness, metrics: metrics, portal: portal, logger: logger,
            onListening: { continuation.yield($0 ?? 0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            defer { group.cancelAll() }
            for await port in ports {
                try await body(LiveServer(port: port, metrics: metrics, log: log))
                break
            }
        }
    }

    /// Sends pieces, each after a pause, and returns all that comes until the server closes or the patience ends.
    func send(
        _ pieces: String..., pause: Duration = .zero, patience: Duration = .seconds(20), isHalfClosing: Bool = false
    ) async throws -> Received {
        let start = ContinuousClock.now
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: false)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Or the servers that other tests start would inherit it, and nobody would see it close.
                    _ = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
                        of: NIOBSDSocket.Handle.self
                    ) { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        let collected = Log()
        try await channel.executeThenClose { inbound, outbound in
            await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do {
                        for try await buffer in inbound {
                            collected.append(Array(buffer.readableBytesView))
                        }
                    } catch {}
                    return true
                }
                group.addTask {
                    try? await Task.sleep(for: patience)
                    return false
                }
                for piece in pieces {
                    if pause > .zero { try? await Task.sleep(for: pause) }
                    try? await outbound.write(ByteBuffer(string: piece))
                }
                let isClosed = await group.next() ?? false
                if !isClosed { collected.append(Array("…".utf8)) }
                group.cancelAll()
            }
        }
        return Received(text: collected.text, took: ContinuousClock.now - start)
    }

    /// Waits until the metrics say so.
    func until(_ line: String) async throws {
        for _ in 0..<1000 where !metrics.text().contains(line) { try await Task.sleep(for: .milliseconds(10)) }
    }

    func get(_ path: String, host: String = "acme.localhost", _ headers: String = "") async throws -> Received {
        try await send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(headers)\r\n")
    }
}

struct Received {
    let text: String
    let took: Duration

    /// The status of the first response.
    var status: Int { Int(text.dropFirst(9).prefix(3)) ?? 0 }
    var isOpen: Bool { text.contains("…") }
    var body: String { text.split(separator: "\r\n\r\n", maxSplits: 1).dropFirst().first.map(String.init) ?? "" }
    var json: JSON? { try? JSONParser.parse(Array(body.utf8)) }
    var problem: String? { json?["type"]?.text?.split(separator: ":").last.map(String.init) }

    func header(_ name: String) -> String? {
        let head = text.split(separator: "\r\n\r\n", maxSplits: 1).first ?? ""
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name.lowercased() {
                return parts[1].drop { $0 == " " }.description
            }
        }
        return nil
    }
}
