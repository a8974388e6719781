import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Testing

@Suite(.serialized) struct DeadlineTests {
    private func quick(_ configuration: inout HTTPServerConfiguration) {
        configuration.limits.head = .milliseconds(200)
        configuration.limits.body = .milliseconds(200)
        // Long enough for a client on a busy machine to begin.
        configuration.limits.idle = .seconds(2)
        configuration.limits.heartbeat = .milliseconds(100)
        configuration.limits.bytesPerSecond = 1 << 20
    }

    @Test func `a head that drips is given up`() async throws {
        try await LiveServer.run(quick) { server in
            let drip = try await server.send(
                "GET / HT", "TP", "/1.", "1\r\n", "Host: ", "a", "b", "c", pause: .milliseconds(50))
            #expect(drip.problem == "too-slow" && drip.status == 408 && !drip.isOpen)
        }
    }

    @Test func `a connection without a request is closed`() async throws {
        try await LiveServer.run(quick) { server in
            let silent = try await server.send()
            #expect(!silent.isOpen)
            let idle = try await server.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(idle.status == 200 && !idle.isOpen)
        }
    }

    @Test func `a body that drips is given up`() async throws {
        try await LiveServer.run(quick) { server in
            let head =
                "POST /api/v1/tickets HTTP/1.1\r\nHost: acme.localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n"
            let drip = try await server.send(head, "{", "\"", "a", "\"", ":", "1", "}", pause: .milliseconds(60))
            #expect(drip.problem == "too-slow" && !drip.isOpen, "\(drip)")
        }
    }

    @Test func `an event stream is kept warm, and its end with the client is noticed`() async throws {
        let ended = LiveServer.Log()
        typealias Route = Endpoint<TenantAPI, Int>
        let group = EndpointGroup<TenantAPI, Int>("x") {
            Route.events("wait", "/wait", summary: "Wait", permission: .ticketsRead, of: Bool.self) { _, _ in
                AsyncStream { stream in
                    stream.yield(ServerSent(true, id: "1"))
                    stream.onTermination = { _ in ended.append([1]) }
                }
            }
        }
        let api = TestAPI()
        let endpoints = group.mounted(on: 0, behind: TestAPI.gate(api))
        try await LiveServer.run({ $0.limits.heartbeat = .milliseconds(50) }, endpoints: endpoints) { server in
            let stream = try await server.send(
                "GET /api/v1/wait HTTP/1.1\r\nHost: acme.localhost\r\n\r\n", patience: .seconds(1))
            #expect(stream.isOpen && stream.text.contains("id: 1\ndata: true\n\n"), "\(stream)")
            #expect(stream.text.split(separator: ":\n\n").count > 3, "\(stream.text)")
            for _ in 0..<500 where ended.text.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            #expect(!ended.text.isEmpty)
        }
    }

    @Test func `one address does not get all connections`() async throws {
        try await LiveServer.run({ $0.maxConnectionsPerAddress = 2 }) { server in
            try await withThrowingTaskGroup(of: Received.self) { group in
                for _ in 0..<4 { group.addTask { try await server.send(patience: .seconds(2)) } }
                var open = 0
                for try await received in group where received.isOpen { open += 1 }
                #expect(open == 2)
            }
            var status = 0
            for _ in 0..<50 where status != 200 {
                try await Task.sleep(for: .milliseconds(20))
                status = try await server.get("/livez").status
            }
            #expect(status == 200)
        }
    }
}
