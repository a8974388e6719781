import HTTPTypes
import Kernel

/// How a handler's result becomes a response, and what OpenAPI says about it.
struct Reply<Result: Sendable>: Sendable {
    let response: Operation.Response
    let status: Int
    let hasETag: Bool
    let render: @Sendable (Result, _ subject: String, Incoming, RequestParser) throws -> Outgoing
}

extension Reply where Result: WireValue {
    /// JSON, with an ETag if the value has a version; 204 for `Nothing`.
    static func value(_ type: Result.Type, status: Int? = nil) -> Self {
        let schema = Result.schema
        let isNothing = Result.self == Nothing.self
        let status = status ?? (isNothing ? 204 : 200)
        return Reply(
            response: isNothing ? .nothing : .json(schema.shape), status: status,
            hasETag: Result.self is any Versioned.Type
        ) { result, _, request, _ in
            if isNothing { return Outgoing(status: status) }
            var headers: HTTPFields = [.cacheControl: "private, no-cache"]
            if let version = (result as? any Versioned)?.version {
                let tag = ETag.text(version)
                headers[.eTag] = tag
                if request.method == .get, request.headers[.ifNoneMatch] == tag {
                    return Outgoing(status: 304, headers: headers)
                }
            }
            return .json(status, schema.bytes(of: result), headers: headers)
        }
    }
}

extension Reply {
    /// Server-sent events; each is one line of JSON.
    static func events<Event: WireValue>(of type: Event.Type) -> Self where Result == AsyncStream<Event> {
        Reply(response: .events(Event.schema.shape), status: 200, hasETag: false) { events, _, _, _ in
            let frames = AsyncThrowingStream<[UInt8], any Error>(unfolding: {
                var iterator = events.makeAsyncIterator()
                guard let event = await iterator.next() else { return nil }
                return Array("data: ".utf8) + Event.schema.bytes(of: event) + Array("\n\n".utf8)
            })
            return Outgoing(
                status: 200, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: .stream(frames))
        }
    }
}

extension Reply where Result == Download {
    static func file(_ mediaType: String) -> Self {
        Reply(response: .file(mediaType: mediaType), status: 200, hasETag: false) { file, _, _, _ in
            let name = file.fileName.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
            return Outgoing(
                status: 200,
                headers: [.contentType: mediaType, .contentDisposition: "attachment; filename=\"\(name)\""],
                body: .stream(file.chunks))
        }
    }
}
