package import Foundation

/// The system's own `ssh`, set up to use nothing of the machine's configuration.
package struct OpenSSHClient: Sendable {
    package let folder: TemporaryFolder
    package let port: Int

    /// A client with a key of its own, of a kind that `ssh-keygen` makes.
    package init(port: Int, folder: TemporaryFolder? = nil, kind: [String] = ["ed25519"]) async throws {
        self.port = port
        self.folder = folder ?? TemporaryFolder(prefix: "ssh")
        if folder == nil {
            try await ChildProcess.run(
                ["ssh-keygen", "-q", "-N", "", "-f", self.folder.file("key"), "-t"] + kind)
        }
    }

    /// Algorithm and base64 of the key.
    package var publicKey: (algorithm: String, base64: String) {
        get throws {
            let words = try String(contentsOfFile: folder.file("key.pub"), encoding: .utf8).split(separator: " ")
            return (String(words[0]), String(words[1]))
        }
    }

    /// The options that keep it to itself.
    package var options: [String] {
        [
            "-F", "none", "-i", folder.file("key"), "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes", "-o",
            "GSSAPIAuthentication=no",
        ]
    }

    /// The whole command line.
    package func command(_ user: String, _ command: String? = nil, options more: [String] = []) -> [String] {
        ["ssh", "-p", String(port)] + options + more + ["\(user)@127.0.0.1"] + (command.map { [$0] } ?? [])
    }

    /// Runs a command at the other end.
    package func run(
        _ user: String, _ command: String? = nil, options more: [String] = [], input: Data = Data(),
        limit: Duration = .seconds(30)
    ) async throws -> Command {
        try await Command.run(self.command(user, command, options: more), input: input, limit: limit)
    }
}
