import Foundation
import SSH

/// The system's own `ssh`, set up to use nothing of the machine's configuration.
struct OpenSSH: Sendable {
    let folder: TemporaryFolder
    let port: Int

    init(port: Int) throws {
        self.port = port
        folder = try TemporaryFolder()
        try write(try SSHPrivateKey.generate().text(), to: "key")
    }

    func write(_ text: String, to name: String) throws {
        let path = folder.path + "/" + name
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    }

    func options(_ more: [String]) -> [String] {
        [
            "-F", "none", "-p", String(port), "-i", folder.path + "/key", "-o", "IdentitiesOnly=yes", "-o",
            "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o",
            "BatchMode=yes",
        ] + more
    }

    func run(_ command: String, options more: [String] = [], input: Data = Data(), user: String = "toy")
        async throws -> Child
    {
        try await Child.run("/usr/bin/ssh", options(more) + ["\(user)@127.0.0.1", command], input: input)
    }
}
