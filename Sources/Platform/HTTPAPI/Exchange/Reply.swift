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
        let hasETag = Result.self is any Versioned.Type
        return Reply(
            response: isNothing ? .nothing : .json(schema.shape), status: status, hasETag: hasETag
        ) { result, _, _, _ in
            if isNothing { return Outgoing(status: status) }
            guard hasETag, let version = (result as? any Versioned)?.version else {
                return .json(status, schema.bytes(of: result))
            }
            // The version says what a change is made for, and not all that is shown: nothing is kept under it.
            return .json(status, schema.bytes(of: result), headers: [.eTag: ETag.text(version)])
        }
    }
}

extension Reply {
    /// Server-sent events; the data of each is one line of JSON.
    static func events<Event: WireValue>(of type: Event.Type) -> Self where Result == AsyncStream<ServerSent<Event>> {
        let schema = Event.schema
        return Reply(response: .events(schema.shape), status: 200, hasETag: false) { events, _, _, _ in
            Outgoing(
                status: 200, headers: [.contentType: "text/event-stream"],
                body: .stream(length: nil) { write in
                    for await event in events { try await write(event.frame(schema.bytes(of: event.event))) }
                })
        }
    }
}

extension Reply where Result == Onward {
    /// 303: whatever the method was, the browser goes on with a GET.
    static var onward: Self {
        Reply(response: .nothing, status: 303, hasETag: false) { onward, _, _, _ in
            Outgoing(status: 303, headers: [.location: onward.address, .cacheControl: "no-store"])
        }
    }
}

extension Reply where Result == Download {
    static func file(_ mediaType: String) -> Self {
        Reply(response: .file(mediaType: mediaType), status: 200, hasETag: false) { file, _, _, _ in
            Outgoing(
                status: 200,
                headers: [.contentType: file.mediaType ?? mediaType, .contentDisposition: file.disposition],
                body: .stream(length: file.size, file.send))
        }
    }
}
