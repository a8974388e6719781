import HTTPAPI
import Testing

/// What a forgiving server takes and a proxy in front of it may read otherwise.
@Suite struct FramingTests {
    private static let host = "Host: acme.localhost\r\n"
    private static let chunked = "POST /api/v1/tickets HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n"

    static let refused: [(String, String)] = [
        ("two blanks in the request line", "GET  /livez HTTP/1.1\r\n\(host)\r\n"),
        ("a tab in the request line", "GET\t/livez HTTP/1.1\r\n\(host)\r\n"),
        ("no version", "GET /livez\r\n\(host)\r\n"),
        ("another version", "GET /livez HTTP/2.0\r\n\(host)\r\n"),
        ("an absolute path", "GET http://acme.localhost/livez HTTP/1.1\r\n\(host)\r\n"),
        ("a fragment", "GET /livez#x HTTP/1.1\r\n\(host)\r\n"),
        ("bare line ends", "GET /livez HTTP/1.1\nHost: acme.localhost\n\n\r\n\r\n"),
        ("an empty line first", "\r\nGET /livez HTTP/1.1\r\n\(host)\r\n"),
        ("a folded field", "GET /livez HTTP/1.1\r\n\(host)X: a\r\n b\r\n\r\n"),
        ("a blank before the colon", "GET /livez HTTP/1.1\r\n\(host)X : a\r\n\r\n"),
        ("a field without a name", "GET /livez HTTP/1.1\r\n\(host): a\r\n\r\n"),
        ("a field without a colon", "GET /livez HTTP/1.1\r\n\(host)X\r\n\r\n"),
        ("a control character", "GET /livez HTTP/1.1\r\n\(host)X: a\u{0}b\r\n\r\n"),
        (
            "length and chunks",
            "POST /x HTTP/1.1\r\n\(host)Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        ("two lengths", "POST /x HTTP/1.1\r\n\(host)Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
        ("a list of lengths", "POST /x HTTP/1.1\r\n\(host)Content-Length: 3, 3\r\n\r\nabc"),
        ("a signed length", "POST /x HTTP/1.1\r\n\(host)Content-Length: +3\r\n\r\nabc"),
        ("chunks in HTTP/1.0", "POST /x HTTP/1.0\r\n\(host)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("another coding", "POST /x HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        ("an upgrade", "GET /livez HTTP/1.1\r\n\(host)Connection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
        ("a tunnel", "CONNECT acme.localhost:443 HTTP/1.1\r\n\(host)\r\n"),
        ("a chunk extension", chunked + "1;x=y\r\na\r\n0\r\n\r\n"),
        ("a signed chunk", chunked + "+1\r\na\r\n0\r\n\r\n"),
        ("a chunk that is too long", chunked + "1\r\nab\r\n0\r\n\r\n"),
        ("a chunk with a bare line end", chunked + "1\na\r\n0\r\n\r\n"),
        ("an endless chunk size", chunked + String(repeating: "0", count: 1000)),
        ("trailers", chunked + "0\r\nX: a\r\n\r\n"),
        ("too many fields", "GET /livez HTTP/1.1\r\n\(host)" + String(repeating: "X: a\r\n", count: 101) + "\r\n"),
        ("an endless head", "GET /livez HTTP/1.1\r\n\(host)X: " + String(repeating: "a", count: 20_000)),
    ]

    @Test func `what could be read in two ways is refused with a problem, and the connection ends`() async throws {
        try await LiveServer.run { server in
            for (what, request) in Self.refused {
                let answer = try await server.send(request)
                #expect(answer.status == 400, "\(what): \(answer.text)")
                #expect(answer.problem == "malformed", "\(what): \(answer.text)")
                #expect(!answer.isOpen, "\(what)")
            }
        }
    }

    @Test func `a request that is smuggled behind a refused one is not answered`() async throws {
        try await LiveServer.run { server in
            let answer = try await server.send(
                Self.chunked + "1;\r\na\r\n0\r\n\r\nGET /livez HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(!answer.text.contains("200 OK"))
        }
    }

    @Test func `it does not matter where the network cuts a request`() async throws {
        let request =
            "POST /api/v1/tickets HTTP/1.1\r\n\(Self.host)Connection: close\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
        try await LiveServer.run { server in
            for cut in stride(from: 1, to: request.utf8.count, by: 7) {
                let answer = try await server.send(
                    String(request.prefix(cut)), String(request.dropFirst(cut)), pause: .milliseconds(2))
                #expect(answer.problem == "invalid-fields", "cut at \(cut): \(answer.text)")
            }
        }
    }
}
