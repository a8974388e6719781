import Foundation

/// An OpenID provider that does as it is told, in a process of its own; `lying_provider.py` says how it can lie.
package final class LyingProvider: Sendable {
    /// The Python that can sign; without `GATEHOUSE_TEST_PYTHON`, tests with it are skipped.
    package static let isThere = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil
    package static let clientID = "gatehouse"
    package static let secret = "a secret/with+signs"

    package let port: Int
    private let process: ChildProcess

    package init() async throws {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        process = try ChildProcess([python, Repository.path("Tests/Support/lying_provider.py")])
        port = try await process.port()
    }

    package var issuer: String { "http://127.0.0.1:\(port)" }
    package func stop() async { await process.stop(SIGKILL) }
}
