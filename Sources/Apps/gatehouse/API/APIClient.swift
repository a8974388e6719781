import Cryptography
import Kernel
import Logging
import Outbound

/// Speaks to one surface of a server: a tenant's portal or the provider's console.
struct APIClient: Sendable {
    /// Who asks.
    enum Credential: Sendable {
        case nobody
        case token(Redacted<String>)
        case session(Redacted<String>)
    }

    /// Scheme, host and port.
    let origin: String
    let prefix: String
    var credential: Credential
    private let http: HTTPClient

    init(origin: String, prefix: String = "/api/v1", credential: Credential = .nobody, http: HTTPClient? = nil) {
        self.origin = origin
        self.prefix = prefix
        self.credential = credential
        self.http =
            http
            ?? HTTPClient(
                // The person at the terminal says where to; this is not a request that somebody else chose.
                configuration: HTTPClientConfiguration(egress: .open, userAgent: "gatehouse/\(ProductVersion.text)"),
                logger: Logger(label: "http") { _ in SwiftLogNoOpLogHandler() })
    }

    func get(_ path: String, _ query: [(String, String)] = []) async throws -> JSON {
        try await answer(.get, path, query)
    }

    @discardableResult
    func post(_ path: String, _ body: JSON? = nil) async throws -> JSON {
        try await answer(.post, path, body: body)
    }

    @discardableResult
    func put(_ path: String, _ body: JSON) async throws -> JSON {
        try await answer(.put, path, body: body)
    }

    /// Changes a thing whose version is still the given one.
    @discardableResult
    func patch(_ path: String, _ body: JSON, version: Int) async throws -> JSON {
        var request = try request(.patch, path, body: body)
        request.headers["If-Match"] = "\"\(version)\""
        return try parse(try await http.send(request))
    }

    func delete(_ path: String) async throws {
        _ = try await answer(.delete, path)
    }

    /// The rows of a list, page by page, up to a number.
    func list(_ path: String, _ query: [(String, String)] = [], atMost most: Int = 1000) async throws -> [JSON] {
        var rows: [JSON] = []
        var cursor: String?
        repeat {
            let page = [("limit", String(min(100, most - rows.count)))] + (cursor.map { [("cursor", $0)] } ?? [])
            let answer = try await get(path, query + page)
            rows += answer.list("items")
            cursor = answer["next"]?.text
        } while cursor != nil && rows.count < most
        return rows
    }

    /// A long answer, piece by piece as it arrives.
    func download(_ path: String, _ each: ([UInt8]) async throws -> Void) async throws {
        let stream = try await http.stream(try request(.get, path))
        guard stream.head.isSuccess else {
            var body: [UInt8] = []
            for try await part in stream where body.count < 1 << 20 { body += part }
            throw APIFailure(status: stream.head.status, body: body, origin: origin)
        }
        for try await part in stream { try await each(part) }
    }

    /// Answer and headers, for what sets cookies.
    func exchange(_ path: String, _ body: JSON) async throws -> (answer: JSON, headers: OutboundHeaders) {
        let response = try await http.send(try request(.post, path, body: body))
        return (try parse(response), response.headers)
    }

    private func answer(
        _ method: OutboundRequest.Method, _ path: String, _ query: [(String, String)] = [], body: JSON? = nil
    ) async throws -> JSON {
        try parse(try await http.send(try request(method, path, query, body: body)))
    }

    private func parse(_ response: OutboundResponse) throws -> JSON {
        guard response.isSuccess else {
            throw APIFailure(status: response.status, body: response.body, origin: origin)
        }
        if response.body.isEmpty { return .null }
        do {
            return try JSONParser.parse(response.body)
        } catch {
            throw CommandFailure("\(origin) does not answer with JSON. Is this the address of a portal?")
        }
    }

    private func request(
        _ method: OutboundRequest.Method, _ path: String, _ query: [(String, String)] = [], body: JSON? = nil
    ) throws -> OutboundRequest {
        let parameters = query.map { "\($0)=\(Self.escape($1))" }.joined(separator: "&")
        let url = try OutboundURL(origin + prefix + path + (parameters.isEmpty ? "" : "?\(parameters)"))
        var request = OutboundRequest(method, url, timeout: .seconds(30), maxResponseBytes: 16 << 20)
        switch credential {
        case .nobody: break
        case .token(let token): request.headers["Authorization"] = "Bearer \(token.reveal())"
        case .session(let cookie):
            request.headers["Cookie"] = cookie.reveal()
            // What a browser would say on the portal's own page.
            request.headers["Origin"] = origin
        }
        if let body {
            request.headers["Content-Type"] = "application/json"
            request.body = body.bytes
        }
        return request
    }

    /// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
    static func escape(_ text: String) -> String {
        text.utf8
            .map { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"):
                    String(UnicodeScalar(byte))
                default: "%" + Hex.encode([byte]).uppercased()
                }
            }
            .joined()
    }
}
