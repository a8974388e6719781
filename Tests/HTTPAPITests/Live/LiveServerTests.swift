import FoundationEssentials
import HTTPAPI
import Kernel
import Testing

@Suite struct LiveServerTests {
    private let openHead =
        "POST /api/v1/tickets HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
    private let open =
        "POST /api/v1/tickets HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(TestAPI.openBody.utf8.count)\r\n\r\n\(TestAPI.openBody)"

    @Test func `a request goes through, and its answer says what a browser must not do`() async throws {
        try await LiveServer.run { server in
            let made = try await server.send(open)
            #expect(made.status == 201, "\(made.text)")
            #expect(made.header("Location") == "/api/v1/tickets")
            #expect(made.header("Cache-Control") == "no-store" && made.header("ETag") == "\"1\"")
            let list = try await server.get(
                "/api/v1/tickets?limit=1", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n")
            #expect(list.status == 200 && list.json?["items"] != nil)
            #expect(list.header("Cache-Control") == "no-store")
            #expect(list.header("X-Content-Type-Options") == "nosniff")
            #expect(list.header("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'")
            #expect(list.header("X-Request-Id") == "4bf92f3577b34da6a3ce929d0e0e4736")
            #expect(list.header("Server") == nil)
        }
    }

    @Test func `HEAD answers as GET without the body`() async throws {
        try await LiveServer.run { server in
            let get = try await server.get("/api/v1/tickets")
            let head = try await server.send(
                "HEAD /api/v1/tickets HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.header("Content-Length") == get.header("Content-Length"))
            let events = try await server.send(
                "HEAD /api/v1/ticket-events HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n")
            #expect(events.status == 405 && events.header("Allow") == "GET")
        }
    }

    @Test func `no content means no length either`() async throws {
        try await LiveServer.run { server in
            let answer = try await server.send(open.replacing("/tickets", with: "/auth/sign-in"))
            #expect(answer.status == 204 && answer.header("Content-Length") == nil && answer.body.isEmpty)
            #expect(answer.header("Set-Cookie")?.hasPrefix("session=fresh; Path=/; HttpOnly") == true)
        }
    }

    @Test func `wrong methods and unknown paths are told as problems`() async throws {
        try await LiveServer.run { server in
            let method = try await server.send(
                "PATCH /api/v1/tickets HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            )
            #expect(method.problem == "method-not-allowed" && method.header("Allow") == "DELETE, GET, HEAD, POST")
            for path in ["/api/v1/nothing", "/api/v1/tickets/", "/api/v1//tickets", "/api/v1/%2e%2e/tickets", "/x"] {
                let answer = try await server.get(path)
                #expect(answer.problem == "not-found", "\(path): \(answer.text)")
                #expect(answer.header("Content-Type") == "application/problem+json")
                #expect(answer.json?["traceId"]?.text == answer.header("X-Request-Id"))
            }
            let query = try await server.get("/api/v1/tickets?limit=%zz")
            #expect(query.problem == "malformed")
        }
    }

    @Test func `the host decides what there is`() async throws {
        try await LiveServer.run { server in
            #expect(try await server.get("/api/v1/tickets", host: "ACME.localhost:8080").status == 200)
            #expect(try await server.get("/api/v1/tickets", host: "localhost").problem == "not-found")
            #expect(try await server.get("/api/v1/tickets", host: "other.localhost").problem == "unknown-host")
            #expect(try await server.get("/api/v1/tickets", host: "away.localhost").status == 503)
            for host in [
                "acme..localhost", "acme.localhost.", "acme.localhost:0", "a/b", "acme.localhost:80:80", "[::1",
            ] {
                #expect(try await server.get("/api/v1/tickets", host: host).status == 400, "\(host)")
            }
            let none = try await server.send("GET /api/v1/tickets HTTP/1.0\r\n\r\n")
            let two = try await server.send(
                "GET /api/v1/tickets HTTP/1.1\r\nHost: acme.localhost\r\nhost: acme.localhost\r\n\r\n")
            #expect(none.problem == "malformed" && two.problem == "malformed")
        }
    }

    @Test func `a body has its limit, whether it says its length or not`() async throws {
        try await LiveServer.run { server in
            let said = try await server.send(openHead + "Content-Length: 2000000\r\n\r\n")
            #expect(said.problem == "too-large" && !said.isOpen)
            let chunk = "10000\r\n\(String(repeating: " ", count: 0x10000))\r\n"
            let unsaid = try await server.send(
                openHead + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 17))
            #expect(unsaid.problem == "too-large", "\(unsaid.text)")
            let chunked = try await server.send(
                openHead + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n")
            #expect(chunked.problem == "invalid-fields")
            #expect(try await server.send(openHead + "\r\n").problem == "malformed")
        }
    }

    @Test func `a large file is taken after the server said to go on`() async throws {
        try await LiveServer.run { server in
            let head =
                "PUT /api/v1/tickets/tkt_01jd7x0000000000000000000a/attachment HTTP/1.1\r\nHost: acme.localhost\r\n"
                + "Connection: close\r\nContent-Type: application/octet-stream\r\nExpect: 100-continue\r\n"
                + "Content-Length: 3000000\r\n\r\n"
            let answer = try await server.send(head, String(repeating: "x", count: 3_000_000), pause: .milliseconds(50))
            #expect(answer.text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204"), "\(answer.text)")
        }
    }

    @Test func `requests one after the other on a connection are answered in order`() async throws {
        try await LiveServer.run { server in
            let get = "GET /api/v1/tickets HTTP/1.1\r\nHost: acme.localhost\r\n\r\n"
            let last = "GET /api/v1/none HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n"
            let answers = try await server.send(get + get, get + last, pause: .milliseconds(20))
            let statuses = answers.text.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) }
            #expect(statuses == ["200", "200", "200", "404"])
        }
    }

    @Test func `probes answer under any host, and numbers only to those who may see them`() async throws {
        let checks = [ReadinessCheck("database") { false }, ReadinessCheck("redis") { true }]
        try await LiveServer.run(readiness: checks) { server in
            #expect(try await server.get("/livez", host: "10.1.2.3:8080").body == "ok\n")
            let ready = try await server.get("/readyz", host: "10.1.2.3:8080")
            #expect(ready.status == 503 && ready.body == "database is not ready\n")
            _ = try await server.get("/api/v1/tickets")
            let metrics = try await server.get("/metrics", host: "localhost")
            #expect(
                metrics.body.contains(
                    #"gatehouse_http_requests_total{method="GET",route="/api/v1/tickets",status="200"} 1"#))
        }
        try await LiveServer.run({ $0.metricsReaders = [] }) { server in
            let metrics = try await server.get("/metrics", host: "localhost")
            #expect(metrics.problem == "not-found")
        }
    }

    @Test func `the client's address is the connection's unless a trusted proxy says another`() async throws {
        try await LiveServer.run { server in
            _ = try await server.get("/api/v1/tickets", "X-Forwarded-For: 203.0.113.9\r\n")
            #expect(server.log.text.contains(#""client":"127.0.0.1""#))
        }
        let proxy = try #require(AddressRange("127.0.0.0/8"))
        try await LiveServer.run({ $0.trustedProxies = [proxy] }) { server in
            let answer = try await server.get(
                "/api/v1/tickets",
                "X-Forwarded-For: 198.51.100.1, 203.0.113.9, 127.0.0.2\r\nX-Forwarded-Proto: https\r\n")
            #expect(server.log.text.contains(#""client":"203.0.113.9""#))
            #expect(answer.header("Strict-Transport-Security") == "max-age=31536000")
        }
    }

    @Test func `the access log tells neither query values nor headers`() async throws {
        try await LiveServer.run { server in
            _ = try await server.get("/api/v1/tickets?cursor=hunter2", "Authorization: Bearer hunter2\r\n")
            #expect(server.log.text.contains(#""operation":"tickets.list""#))
            #expect(server.log.text.contains(#""problem":"invalid-fields""#))
            #expect(!server.log.text.contains("hunter2"))
        }
    }

    @Test func `the API is described as a document and as a page`() async throws {
        try await LiveServer.run { server in
            let document = try await server.get("/api/v1/openapi.json")
            #expect(document.json?["openapi"] == "3.1.0")
            #expect(document.json?["paths"]?["/api/v1/tickets/{ticket}"]?["patch"] != nil)
            let page = try await server.get("/api/docs")
            #expect(
                page.body.contains("/api/v1/tickets/{ticket}")
                    && page.header("Content-Type") == "text/html; charset=utf-8")
            let tag = try #require(document.header("ETag"))
            #expect(try await server.get("/api/v1/openapi.json", "If-None-Match: \(tag)\r\n").status == 304)
            #expect(try await server.get("/api/docs", host: "localhost").problem == "not-found")
        }
    }

    @Test func `the portal's files are cached by name, its page is not, and it runs only its own scripts`() async throws
    {
        let portal = try PortalFiles(contents: [
            "index.html": Array("<html>".utf8), "main.js": Array("main".utf8), "main.js.gz": [1, 2, 3],
            "chunk-3fa9c2d1.js": Array("chunk".utf8),
        ])
        try await LiveServer.run({ $0.connectOrigins = ["wss://gate.example", "bad; script-src *"] }, portal: portal) {
            server in
            let chunk = try await server.get("/chunk-3fa9c2d1.js")
            #expect(chunk.body == "chunk" && chunk.header("Cache-Control") == "public, max-age=31536000, immutable")
            let page = try await server.get("/tickets/tkt_1", "Accept: text/html,*/*\r\n")
            #expect(page.body == "<html>" && page.header("Cache-Control") == "no-cache")
            let policy = try #require(page.header("Content-Security-Policy"))
            #expect(policy.contains("script-src 'self';") && policy.contains("connect-src 'self' wss://gate.example;"))
            // Forms leave from one page, which is the same otherwise.
            #expect(policy.hasSuffix("form-action 'self'"))
            let leaving = try await server.get("/sign-in/leave", "Accept: text/html\r\n")
            let others = policy.replacing("form-action 'self'", with: "form-action https: http:")
            #expect(leaving.header("Content-Security-Policy") == others)
            #expect(
                try await server.get("/sign-in/leave/x", "Accept: text/html\r\n").header("Content-Security-Policy")
                    == policy)
            #expect(try await server.get("/main.js", "Accept-Encoding: gzip\r\n").header("Content-Encoding") == "gzip")
            #expect(try await server.get("/", "If-None-Match: \(page.header("ETag") ?? "")\r\n").status == 304)
            #expect(try await server.get("/none.js", "Accept: text/html\r\n").problem == "not-found")
            #expect(try await server.get("/api/v1/none", "Accept: text/html\r\n").problem == "not-found")
        }
    }
}
