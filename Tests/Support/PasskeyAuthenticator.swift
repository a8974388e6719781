import Foundation
package import Kernel

/// An authenticator for passkeys in a process of its own, made of the `fido2` library for Python: an implementation that
/// has nothing of ours.
package actor PasskeyAuthenticator {
    /// Without `GATEHOUSE_TEST_PYTHON`, tests of passkeys are skipped.
    package static let isThere = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil

    private let process: ChildProcess
    private let pipe = Pipe()
    private var answers = 1

    package init() async throws {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        let process = try ChildProcess(
            [python, Repository.path("Tests/Support/passkey_authenticator.py")],
            input: pipe.fileHandleForReading.fileDescriptor)
        self.process = process
        try await eventually("the authenticator is there", within: .seconds(20)) { process.output.contains("ready\n") }
    }

    /// A passkey: the credential for the server, and the handle of its key. `wrong` says what is to be different.
    package func create(
        _ options: JSON, at origin: String, _ wrong: JSON = [:]
    ) async throws -> (credential: JSON, key: JSON) {
        let command: JSON = ["do": "create", "options": options, "origin": .string(origin)]
        let answer = try await ask(command.merging(wrong))
        return (answer["credential"] ?? .null, answer["key"] ?? .null)
    }

    /// The credential of a passkey that is used.
    package func get(_ options: JSON, at origin: String, key: JSON, _ wrong: JSON = [:]) async throws -> JSON {
        let command: JSON = ["do": "get", "options": options, "origin": .string(origin), "key": key]
        return try await ask(command.merging(wrong))["credential"] ?? .null
    }

    /// The certificate in PEM of the authority of a maker, under which it makes passkeys where `maker` says so.
    package func root(of maker: String) async throws -> String {
        let answer = try await ask(["do": "root", "maker": .string(maker)])
        guard let pem = answer["certificate"]?.text else { throw DidNotHappen(description: "a root: \(answer)") }
        return pem
    }

    private func ask(_ command: JSON) async throws -> JSON {
        try pipe.fileHandleForWriting.write(contentsOf: Data(command.bytes + [0x0A]))
        answers += 1
        let (process, wanted) = (process, answers)
        try await eventually("the authenticator answers", within: .seconds(20)) {
            process.hasEnded || process.output.count(where: { $0 == "\n" }) >= wanted
        }
        let lines = process.output.split(separator: "\n")
        guard lines.count == wanted, let answer = try? JSONParser.parse(Array(lines[wanted - 1].utf8)) else {
            throw DidNotHappen(description: "the authenticator answers: \(process.output)")
        }
        return answer
    }
}
