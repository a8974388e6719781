package import HTTPTypes
import Kernel

/// A routed request as a plain value: the pipeline knows no server and needs none in tests.
package struct Incoming: Sendable {
    package var method: HTTPRequest.Method
    package var path: [String: String]
    package var query: [(name: String, value: String)]
    /// Host and port, as the client named them.
    package var authority: String
    package var headers: HTTPFields
    package var body: [UInt8]
    package var traceID: String

    package init(
        method: HTTPRequest.Method, path: [String: String] = [:], query: [(name: String, value: String)] = [],
        authority: String = "localhost", headers: HTTPFields = [:], body: [UInt8] = [], traceID: String = "test"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.authority = authority
        self.headers = headers
        self.body = body
        self.traceID = traceID
    }
}

/// A response as a plain value, its body in memory or produced while it is sent.
package struct Outgoing: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        case stream(AsyncThrowingStream<[UInt8], any Error>)
    }

    package var status: Int
    package var headers: HTTPFields
    package var body: Body

    package init(status: Int, headers: HTTPFields = [:], body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(_ status: Int, _ bytes: [UInt8], headers: HTTPFields = [:]) -> Outgoing {
        var headers = headers
        headers[.contentType] = "application/json"
        return Outgoing(status: status, headers: headers, body: .bytes(bytes))
    }

    /// A problem, rendered in the one place that does so.
    package static func problem(_ problem: Problem, traceID: String) -> Outgoing {
        var headers = problem.headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Outgoing(
            status: problem.type.status, headers: headers, body: .bytes(problem.body(traceID: traceID).bytes))
    }
}

/// A file to download, whole or as it is produced.
package struct Download: Sendable {
    package let fileName: String
    package let chunks: AsyncThrowingStream<[UInt8], any Error>

    package init(fileName: String, chunks: AsyncThrowingStream<[UInt8], any Error>) {
        self.fileName = fileName
        self.chunks = chunks
    }
}

extension HTTPField.Name {
    package static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    package static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed")!
    package static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
