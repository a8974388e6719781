import Foundation

/// The messengers by which people sign in, in a process of its own; `stand_in_messengers.py` says what they check.
package final class StandInMessengers: Sendable {
    /// The Python that can sign; without `GATEHOUSE_TEST_PYTHON`, tests with it are skipped.
    package static let isThere = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil
    package static let app = "app-1000002"
    package static let secret = "an app's secret/with+signs"
    package static let company = "company-1"

    /// One for all tests.
    package static let shared = Task { try await StandInMessengers() }

    package let port: Int
    private let process: ChildProcess

    private init() async throws {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        process = try ChildProcess([python, Repository.path("Tests/Support/stand_in_messengers.py")])
        port = try await process.port()
    }

    /// Where a messenger is; each test has a room of its own, in which it says how they behave.
    package func url(of vendor: String, in room: String) -> String { "http://127.0.0.1:\(port)/\(room)/\(vendor)" }
}
