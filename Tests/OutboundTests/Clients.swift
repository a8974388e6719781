import Logging

@testable import Outbound

/// Runs a client for the time of a test and stops it at the end.
@discardableResult
func withClient<Value>(
    egress: EgressPolicy = .open, trust: HTTPClientConfiguration.Trust = .system, resolved: [String] = [],
    _ body: (HTTPClient) async throws -> Value
) async throws -> Value {
    var configuration = HTTPClientConfiguration(egress: egress, trust: trust)
    configuration.resolved = { resolved }
    let client = HTTPClient(
        configuration: configuration, logger: Logger(label: "outbound", factory: { _ in SwiftLogNoOpLogHandler() }))
    let result: Result<Value, any Error>
    do { result = .success(try await body(client)) } catch { result = .failure(error) }
    await client.stop()
    return try result.get()
}

extension OutboundResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
