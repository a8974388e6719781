import Foundation

/// A directory that does not keep to the protocol, in a process of its own; `lying_directory.py` says how it lies.
package final class LyingDirectory: Sendable {
    package let port: Int
    private let process: ChildProcess

    /// With a certificate of the authority of a test directory.
    package init(_ lie: String, certificatesOf directory: TestDirectory, name: String = "server") async throws {
        process = try ChildProcess([
            "python3", Repository.path("Tests/Support/lying_directory.py"), directory.folder.file("\(name).pem"),
            directory.folder.file("\(name).key"), lie,
        ])
        port = try await process.port()
    }
}
