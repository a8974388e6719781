import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Observability

extension Responder {
    /// The response with what every response carries.
    func finish(_ answer: Answer, _ visit: Visit, _ context: Context) -> Response {
        let outgoing = answer.outgoing
        var headers = outgoing.headers
        if !headers.contains(.cacheControl) { headers[.cacheControl] = "no-store" }
        for field in answer.security { headers.append(field) }
        headers.append(HTTPField(name: .requestID, value: visit.facts.traceID))
        if visit.facts.isSecure {
            headers.append(HTTPField(name: .strictTransportSecurity, value: "max-age=31536000"))
        }
        let status = HTTPResponse.Status(code: outgoing.status)
        switch outgoing.body {
        case .bytes(let bytes):
            if visit.request.method == .head {
                headers[.contentLength] = String(bytes.count)
                return Response(status: status, headers: headers)
            }
            let body = bytes.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            return Response(status: status, headers: headers, body: body)
        case .stream(let length, let run):
            if visit.request.method == .head {
                if let length { headers[.contentLength] = String(length) }
                return Response(status: status, headers: headers)
            }
            guard metrics.streams.value < configuration.maxStreams else {
                let problem = Problem(.unavailable, "Too many streams are open.", headers: [.retryAfter: "5"])
                let busy = Answer(outgoing: .problem(problem, traceID: visit.facts.traceID))
                return finish(busy, visit, context)
            }
            return Response(status: status, headers: headers, body: stream(length, run, context.channel))
        }
    }

    /// Runs the producer until it is done or the client has left, even if it waits for something to send.
    private func stream(
        _ length: Int?, _ run: @escaping @Sendable (_ write: ([UInt8]) async throws -> Void) async throws -> Void,
        _ channel: any Channel
    ) -> ResponseBody {
        let open = metrics.streams
        return ResponseBody(contentLength: length) { writer in
            open.add(1)
            defer { open.add(-1) }
            let lent = LentWriter(writer: writer)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await run { bytes in try await lent.write(bytes) }
                    return true
                }
                group.addTask {
                    await ClosedChannel.wait(for: channel)
                    return false
                }
                defer { group.cancelAll() }
                guard try await group.next() == true else { throw ClosedChannel() }
            }
            try await writer.finish(nil)
        }
    }
}

/// The writer of a response, for the one task that writes it.
///
/// Safe because that task is the only user until it ends, and whoever lent it waits for that.
private struct LentWriter: @unchecked Sendable {
    let writer: any ResponseBodyWriter

    func write(_ bytes: [UInt8]) async throws {
        var writer = writer
        try await writer.write(ByteBuffer(bytes: bytes))
    }
}

/// The client has left.
struct ClosedChannel: Error {
    /// Returns when the channel is closed, or the task is cancelled.
    static func wait(for channel: any Channel) async {
        let (closed, continuation) = AsyncStream<Void>.makeStream()
        channel.closeFuture.whenComplete { _ in continuation.finish() }
        for await _ in closed {}
    }
}

enum RequestBytes {
    /// The whole body, refused before it is read if it says that it is too long.
    static func read(_ request: Request, limit: Int) async throws -> [UInt8] {
        let length = request.headers[.contentLength].flatMap(Int.init)
        if length == nil, !request.headers.contains(.transferEncoding) { return [] }
        if length == 0 { return [] }
        let limit = max(limit, 1024)  // an unwanted body is a malformed request rather than a long one
        if let length, length > limit { throw Problem(.tooLarge, "The most is \(limit) bytes.") }
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.tooLarge, "The most is \(limit) bytes.")
        }
    }
}
