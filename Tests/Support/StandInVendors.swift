import Foundation

/// The messengers to which cards are sent, in a process of its own; `stand_in_vendors.py` says what they check.
package final class StandInVendors: Sendable {
    /// The Python that has the vendors' libraries; without `GATEHOUSE_TEST_PYTHON`, tests with it are skipped.
    package static let isThere = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil

    /// One for all tests.
    package static let shared = Task { try await StandInVendors() }

    package let port: Int
    /// Where connections are opened to.
    package let streamPort: Int
    private let process: ChildProcess

    private init() async throws {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        process = try ChildProcess([python, Repository.path("Tests/Support/stand_in_vendors.py")])
        let ports = try await process.ports(2)
        (port, streamPort) = (ports[0], ports[1])
    }

    /// Where the vendors are; each test has a room of its own.
    package func url(in room: String) -> String { "http://127.0.0.1:\(port)/\(room)" }
}
