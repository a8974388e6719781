import GatewayContract
import Kernel
package import Outbound

/// Speaks to `/worker/v1`: JSON by the contract's schemas, an access token that is renewed in time, and errors in words.
package struct ControlPlaneClient: Sendable {
    private let http: HTTPClient
    private let base: String
    private let tokens: TokenSource

    /// `address` is the control plane's, such as `https://workers.example.com`.
    package init(address: String, http: HTTPClient, identity: IdentityStore) {
        self.http = http
        self.base = Self.base(address)
        self.tokens = TokenSource(api: ControlPlaneAPI(http: http, base: Self.base(address)), identity: identity)
    }

    static func base(_ address: String) -> String {
        (address.hasSuffix("/") ? String(address.dropLast()) : address) + "/worker/v1/"
    }

    func post<Request: WireValue, Answer: WireValue>(
        _ path: String, _ request: Request
    ) async throws(ControlPlaneError) -> Answer {
        let response = try await send(path, .post, Request.schema.bytes(of: request))
        return try ControlPlaneAPI.read(Answer.self, response)
    }

    func tell<Request: WireValue>(_ path: String, _ request: Request) async throws(ControlPlaneError) {
        _ = try await send(path, .post, Request.schema.bytes(of: request))
    }

    func upload(_ segment: SegmentUpload, of recording: RecordingID) async throws(ControlPlaneError) -> SegmentStored {
        let headers: OutboundHeaders = [
            "Content-Type": "application/octet-stream", "X-Last-Sequence": String(segment.last),
            "X-Chain": segment.chain.base64URL,
        ]
        let response = try await send(
            "recordings/\(recording.text)/segments/\(segment.first)", .put, segment.bytes, headers,
            timeout: .seconds(120))
        return try ControlPlaneAPI.read(SegmentStored.self, response)
    }

    func events(
        after id: String?, _ receive: @Sendable (FedEvent) async -> Void
    ) async throws(ControlPlaneError) {
        var headers: OutboundHeaders = ["Accept": "text/event-stream"]
        if let id { headers["Last-Event-ID"] = id }
        headers["Authorization"] = "Bearer " + (try await tokens.token())
        let stream: OutboundStream
        do throws(OutboundError) {
            let request = OutboundRequest(.get, try OutboundURL(base + "events"), headers: headers)
            // The server sends a heartbeat every 5 s.
            stream = try await http.stream(request, idleTimeout: .seconds(15))
        } catch {
            throw ControlPlaneError(error)
        }
        if stream.head.status == 401 { await tokens.forget() }
        guard stream.head.status == 200 else {
            throw ControlPlaneError(status: stream.head.status, headers: stream.head.headers, body: [])
        }
        var parser = ServerSentEventParser(lastEventID: id)
        do {
            for try await bytes in stream {
                for event in try parser.receive(bytes) {
                    // What a newer server says and this worker does not know is left alone.
                    guard let json = try? JSONParser.parse(Array(event.data.utf8)),
                        let known = try? WorkerEvent.schema.parse(json)
                    else { continue }
                    await receive(FedEvent(id: event.id, event: known))
                }
            }
        } catch let error as OutboundError {
            throw ControlPlaneError(error)
        } catch {
            throw .malformed("an event is too long")
        }
    }

    private func send(
        _ path: String, _ method: OutboundRequest.Method, _ body: [UInt8],
        _ headers: OutboundHeaders = ["Content-Type": "application/json"], timeout: Duration = .seconds(15)
    ) async throws(ControlPlaneError) -> OutboundResponse {
        for attempt in 0..<2 {
            var headers = headers
            headers["Authorization"] = "Bearer " + (try await tokens.token())
            let response = try await ControlPlaneAPI(http: http, base: base).send(
                path, method, body, headers, timeout: timeout)
            if response.status == 401 {
                // A token that the server has forgotten, because it restarted or keys were rotated.
                await tokens.forget()
                if attempt == 0 { continue }
            }
            guard response.isSuccess else { throw ControlPlaneError(response) }
            return response
        }
        throw .unauthorised("the access token is refused")
    }
}
