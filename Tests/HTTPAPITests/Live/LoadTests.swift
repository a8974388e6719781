import FoundationEssentials
import HTTPAPI
import Kernel
import Logging
import NIOCore
import NIOPosix
import Observability
import ServiceLifecycle
import Testing

private typealias Route = Endpoint<TenantAPI, LiveServer.Log>

/// Endpoints that take their time.
private let slow = EndpointGroup<TenantAPI, LiveServer.Log>("slow") {
    Route.get("wait", "/wait", summary: "Wait", permission: .ticketsRead, returns: Nothing.self) { log, _ in
        while !log.text.contains("go") { try await Task.sleep(for: .milliseconds(10)) }
        return Nothing()
    }
    Route.get("ask", "/ask", summary: "Ask", permission: .ticketsRead, returns: Nothing.self) { log, _ in
        // A place that is given back already is not given back again.
        await RequestPlace.lent {
            await RequestPlace.lent {
                while !log.text.contains("go") { try? await Task.sleep(for: .milliseconds(10)) }
            }
        }
        return Nothing()
    }
    Route.events("watch", "/watch", summary: "Watch", permission: .ticketsRead, of: Bool.self) { _, _ in
        AsyncStream { $0.yield(ServerSent(true)) }
    }
    Route.download(
        "flood", "/flood", summary: "Flood", permission: .ticketsRead, audit: .action("thing.flooded"),
        mediaType: "application/octet-stream"
    ) { log, _ in
        let piece = [UInt8](repeating: 0, count: 1 << 16)
        return Download(
            fileName: "flood",
            chunks: AsyncThrowingStream(unfolding: {
                log.append([UInt8(ascii: "x")])
                return piece
            }))
    }
    Route.download(
        "broken", "/broken", summary: "Break", permission: .ticketsRead, audit: .action("thing.broken"),
        mediaType: "text/plain"
    ) { _, _ in
        Download(
            fileName: "broken",
            chunks: AsyncThrowingStream { stream in
                stream.yield(Array("half".utf8))
                stream.finish(throwing: Invalid("disk"))
            })
    }
}

@Suite(.serialized) struct LoadTests {
    private func endpoints(_ log: LiveServer.Log = LiveServer.Log()) -> [MountedEndpoint] {
        slow.mounted(on: log, behind: TestAPI.gate(TestAPI()))
    }

    @Test func `more requests at once than the server takes are told to come back`() async throws {
        let log = LiveServer.Log()
        try await LiveServer.run({ $0.maxRequests = 2 }, endpoints: endpoints(log)) { server in
            try await withThrowingTaskGroup(of: Received.self) { group in
                for _ in 0..<2 { group.addTask { try await server.get("/api/v1/wait") } }
                try await server.until("gatehouse_http_requests_in_flight 2")
                let busy = try await server.get("/api/v1/wait")
                #expect(busy.problem == "unavailable" && busy.header("Retry-After") == "1")
                log.append(Array("go".utf8))
                for try await answer in group { #expect(answer.status == 204) }
            }
            let later = try await server.get("/api/v1/wait")
            #expect(later.status == 204)
        }
    }

    @Test func `those who wait for somebody's word keep nobody from being served`() async throws {
        let log = LiveServer.Log()
        let ask = "GET /api/v1/ask HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n"
        try await LiveServer.run({ $0.maxRequests = 12 }, endpoints: endpoints(log)) { server in
            try await withThrowingTaskGroup(of: Received.self) { group in
                // More than the server works on at once.
                for round in 1...2 {
                    for _ in 0..<10 { group.addTask { try await server.send(ask, patience: .seconds(90)) } }
                    try await server.until("gatehouse_http_requests_waiting \(round * 10)\n")
                }
                #expect(server.metrics.text().contains("gatehouse_http_requests_waiting 20\n"))
                #expect(server.metrics.text().contains("gatehouse_http_requests_in_flight 0\n"))
                group.addTask { try await server.get("/api/v1/wait") }
                try await server.until("gatehouse_http_requests_in_flight 1")
                log.append(Array("go".utf8))
                for try await answer in group { #expect(answer.status == 204) }
            }
            try await server.until("gatehouse_http_requests_in_flight 0\n")
            #expect(server.metrics.text().contains("gatehouse_http_requests_waiting 0\n"))
        }
    }

    @Test func `a client that asks and does not read is let go, and what it asked for stops`() async throws {
        let log = LiveServer.Log()
        try await LiveServer.run({ $0.limits.stall = .milliseconds(300) }, endpoints: endpoints(log)) { server in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(ChannelOptions.autoRead, value: false)
                .connect(host: "127.0.0.1", port: server.port).get()
            try await channel.writeAndFlush(
                ByteBuffer(string: "GET /api/v1/flood HTTP/1.1\r\nHost: acme.localhost\r\n\r\n"))
            try await server.until("gatehouse_http_streams 1")
            try await server.until("gatehouse_http_streams 0")
            let produced = log.text.utf8.count
            #expect(produced > 0 && produced < 2000)
            #expect(server.metrics.text().contains("gatehouse_http_streams 0"))
            try? await channel.close()
        }
    }

    @Test func `a download that fails on the way does not look whole`() async throws {
        try await LiveServer.run(endpoints: endpoints()) { server in
            let answer = try await server.get("/api/v1/broken")
            #expect(answer.text.contains("half") && !answer.text.contains("\r\n0\r\n"), "\(answer.text)")
            #expect(!answer.isOpen)
        }
    }

    @Test func `a server that is asked to stop ends its streams and finishes its requests`() async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (log, metrics) = (LiveServer.Log(), MetricsRegistry())
        let server = HTTPServer(
            configuration: HTTPServerConfiguration(address: .host("127.0.0.1", port: 0)), endpoints: endpoints(log),
            hosts: { _ in .tenant(TestAPI.tenant) }, metrics: metrics, logger: logger,
            onListening: { continuation.yield($0 ?? 0) })
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        try await withThrowingTaskGroup(of: Received?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            var iterator = ports.makeAsyncIterator()
            let live = LiveServer(port: await iterator.next() ?? 0, metrics: metrics, log: log)
            // A stream counts as in flight until it flows, so the other one has to be there before it comes.
            tasks.addTask { try await live.send("GET /api/v1/wait HTTP/1.1\r\nHost: acme.localhost\r\n\r\n") }
            try await live.until("gatehouse_http_requests_in_flight 1")
            tasks.addTask { try await live.send("GET /api/v1/watch HTTP/1.1\r\nHost: acme.localhost\r\n\r\n") }
            try await live.until("gatehouse_http_streams 1")
            await group.triggerGracefulShutdown()
            try await live.until("gatehouse_http_streams 0")
            log.append(Array("go".utf8))
            for try await received in tasks {
                guard let received else { continue }
                #expect(!received.isOpen && (received.status == 204 || received.text.contains("data: true")))
            }
        }
    }
}
