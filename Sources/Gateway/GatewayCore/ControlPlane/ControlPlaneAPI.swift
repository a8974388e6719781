import GatewayContract
import Kernel
import Outbound

/// The requests themselves, without a token: what enrolment and tokens use, and everything else builds on.
struct ControlPlaneAPI: Sendable {
    let http: HTTPClient
    let base: String

    func post<Request: WireValue, Answer: WireValue>(
        _ path: String, _ request: Request
    ) async throws(ControlPlaneError) -> Answer {
        let response = try await send(
            path, .post, Request.schema.bytes(of: request), ["Content-Type": "application/json"],
            timeout: .seconds(15))
        guard response.isSuccess else { throw ControlPlaneError(response) }
        return try Self.read(Answer.self, response)
    }

    func send(
        _ path: String, _ method: OutboundRequest.Method, _ body: [UInt8], _ headers: OutboundHeaders,
        timeout: Duration
    ) async throws(ControlPlaneError) -> OutboundResponse {
        do throws(OutboundError) {
            return try await http.send(
                OutboundRequest(
                    method, try OutboundURL(base + path), headers: headers, body: body, timeout: timeout,
                    maxResponseBytes: 4 << 20))
        } catch {
            throw ControlPlaneError(error)
        }
    }

    static func read<Answer: WireValue>(
        _ type: Answer.Type, _ response: OutboundResponse
    ) throws(ControlPlaneError) -> Answer {
        do {
            return try Answer.schema.parse(try JSONParser.parse(response.body))
        } catch let error as FieldErrors {
            throw .malformed(error.errors.map { "\($0.pointer) \($0.message)" }.joined(separator: "; "))
        } catch {
            throw .malformed("it is no JSON")
        }
    }
}

extension ControlPlaneError {
    init(_ error: OutboundError) {
        self = error.isTransient ? .unreachable("\(error)") : .refused(status: 0, text: "\(error)")
    }

    init(_ response: OutboundResponse) {
        self.init(status: response.status, headers: response.headers, body: response.body)
    }

    init(status: Int, headers: OutboundHeaders, body: [UInt8]) {
        let problem = (try? JSONParser.parse(body)) ?? .null
        let text = problem["detail"]?.text ?? problem["title"]?.text ?? "status \(status)"
        switch status {
        case 401, 403: self = .unauthorised(text)
        case 404: self = .unknown
        case 409: self = .conflict(text)
        case 429, 503:
            let seconds = headers["Retry-After"].flatMap { Int($0) } ?? 1
            self = .busy(retryAfter: .seconds(min(max(seconds, 1), 60)))
        default: self = .refused(status: status, text: text)
        }
    }
}
