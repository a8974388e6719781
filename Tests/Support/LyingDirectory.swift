import Foundation

/// A directory that does not keep to the protocol, in a process of its own; `lying_directory.py` says how it lies.
package final class LyingDirectory: Sendable {
    package let port: Int
    private let process: ChildProcess

    /// With a certificate of the authority of a test directory.
    package init(_ lie: String, certificatesOf directory: TestDirectory, name: String = "server") async throws {
        let process = try ChildProcess([
            "python3", Repository.path("Tests/Support/lying_directory.py"), directory.folder.file("\(name).pem"),
            directory.folder.file("\(name).key"), lie,
        ])
        self.process = process
        try await eventually("the directory listens", within: .seconds(20)) { process.output.contains("\n") }
        guard let port = Int(process.output.split(separator: "\n").first ?? "") else {
            throw DidNotHappen(description: "the lying directory starts: \(process.output)")
        }
        self.port = port
    }
}
