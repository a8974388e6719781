import Foundation
package import Kernel

/// A real mail server (aiosmtpd) in a process of its own, and the mails that it took.
package final class MailSink: Sendable {
    /// The Python that has it; without `GATEHOUSE_TEST_PYTHON`, tests of mail are skipped.
    package static let isThere = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil

    package let port: Int
    private let process: ChildProcess

    package init(_ arguments: [String] = []) async throws {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        process = try ChildProcess([python, Repository.path("Tests/Support/mail_server.py")] + arguments)
        port = try await process.port()
    }

    /// What was taken, the first one first.
    package var mails: [JSON] {
        process.output.split(separator: "\n").dropFirst().compactMap { try? JSONParser.parse(Array($0.utf8)) }
    }
}
