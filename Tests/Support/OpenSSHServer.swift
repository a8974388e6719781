import Foundation

/// A private `sshd` on loopback: a target like those in the world.
package final class OpenSSHServer: Sendable {
    package let port: Int
    /// The user that can sign in, with the key below or not at all.
    package let user: String
    package let folder: TemporaryFolder
    private let process: ChildProcess

    /// Starts it. As root it can let in another user of the system, which needs a shell.
    package init(user: String = NSUserName(), more: [String] = [], from folder: TemporaryFolder? = nil) async throws {
        let folder = folder ?? TemporaryFolder(prefix: "sshd")
        self.folder = folder
        self.user = user
        port = FreePort.next()
        if geteuid() == 0 {
            // sshd as root wants its own empty folder.
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        for name in ["host", "user"] where !FileManager.default.fileExists(atPath: folder.file(name)) {
            try await ChildProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file(name)])
        }
        // Readable for the user who signs in.
        chmod(folder.path, 0o755)
        try FileManager.default.removeIfThere(folder.file("authorized"))
        try FileManager.default.copyItem(atPath: folder.file("user.pub"), toPath: folder.file("authorized"))
        chmod(folder.file("authorized"), 0o644)
        let settings =
            more + [
                "ListenAddress 127.0.0.1", "Port \(port)", "HostKey \(folder.file("host"))", "StrictModes no",
                "AuthorizedKeysFile \(folder.file("authorized"))", "PidFile none", "UsePAM no", "UseDNS no",
                "PasswordAuthentication no", "PermitRootLogin yes", "AcceptEnv LANG LC_*", "MaxSessions 100",
                "MaxStartups 500", "LogLevel ERROR", "PrintMotd no", "Subsystem sftp internal-sftp",
                // A shell reads no start files of whoever runs the tests: those that take a lock leave it when they are cut.
                "SetEnv HOME=\(folder.path)",
            ]
        try Data(settings.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: folder.file("config")))
        process = try ChildProcess(["/usr/sbin/sshd", "-D", "-e", "-f", folder.file("config")])
        let port = port
        try await eventually("sshd listens") { Loopback.accepts(port) }
    }

    /// The private key that it lets in.
    package var userKey: String { get throws { try String(contentsOfFile: folder.file("user"), encoding: .utf8) } }

    /// Algorithm and base64 of the host key.
    package var hostKey: (algorithm: String, base64: String) {
        get throws {
            let words = try String(contentsOfFile: folder.file("host.pub"), encoding: .utf8).split(separator: " ")
            return (String(words[0]), String(words[1]))
        }
    }

    package func stop() async {
        await process.stop()
    }
}

/// Whether somebody listens on a port of this machine.
package enum Loopback {
    package static func accepts(_ port: Int, at host: String = "127.0.0.1") -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr(host)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

extension FileManager {
    fileprivate func removeIfThere(_ path: String) throws {
        if fileExists(atPath: path) { try removeItem(atPath: path) }
    }
}
