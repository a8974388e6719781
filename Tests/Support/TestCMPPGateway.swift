import Foundation

/// A gateway for text messages that speaks CMPP 2.0, in a process of its own; `cmpp_gateway.py` says how it misbehaves.
package final class TestCMPPGateway: Sendable {
    package static let source = "901234"
    package static let secret = "a secret of CMPP"

    package let port: Int
    private let process: ChildProcess

    package init(_ kind: String? = nil, secret: String = secret) async throws {
        let script = Repository.path("Tests/Support/cmpp_gateway.py")
        process = try ChildProcess(["python3", script, Self.source, secret] + (kind.map { [$0] } ?? []))
        port = try await process.port()
    }

    /// What happened there so far, a line of JSON each.
    package var events: [String] { process.output.split(separator: "\n").dropFirst().map(String.init) }

    package func stop() async { await process.stop(SIGKILL) }
}
