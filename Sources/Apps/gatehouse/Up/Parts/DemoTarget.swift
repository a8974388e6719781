import Foundation
import Glibc

/// A server to connect to: a private sshd on loopback with a host key of its own.
///
/// As root it has a local user `deploy` without a password; otherwise its only account is that of the user who runs
/// this program, because only root can become somebody else.
struct DemoTarget: Sendable {
    let port: Int
    let account: String
    private let folder: String
    private let program: String

    init(_ installation: Installation) throws {
        port = installation.targetPort
        folder = "\(installation.folder)/target"
        program = try Programs.system("sshd", package: "openssh-server")
        guard geteuid() == 0 else {
            account = NSUserName()
            return
        }
        account = "deploy"
    }

    var clientKeyFile: String { "\(folder)/account_key" }

    func prepare() async throws {
        try PrivateFile.folder(folder, mode: 0o711)
        for name in ["host_key", "account_key"] where access("\(folder)/\(name)", F_OK) != 0 {
            let result = try await Tool.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "gatehouse demo", "-f", "\(folder)/\(name)"])
            guard result.succeeded else { throw CommandFailure("ssh-keygen failed: \(result.output)") }
        }
        let keys = try await authorizedKeysFile()
        let settings = """
            ListenAddress 127.0.0.1
            Port \(port)
            HostKey \(folder)/host_key
            AuthorizedKeysFile \(keys)
            PidFile none
            UsePAM no
            StrictModes no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin no
            AllowUsers \(account)
            PrintMotd no
            UseDNS no
            MaxStartups 200
            Subsystem sftp internal-sftp
            """
        try PrivateFile.write(Array((settings + "\n").utf8), to: "\(folder)/sshd_config")
    }

    var part: Part {
        let port = port
        return Part(
            name: "demo-target", command: ChildCommand(words: [program, "-D", "-e", "-f", "\(folder)/sshd_config"]),
            grace: .seconds(5), isReady: { LoopbackPort.accepts(port) })
    }

    /// What will not work here, and why.
    ///
    /// sshd gives each terminal to the group tty. Where the kernel does not do that itself (devpts mounted without gid=5, as in
    /// some containers), only root can.
    var limitation: String? {
        guard geteuid() != 0, let mounts = FileManager.default.contents(atPath: "/proc/self/mounts") else { return nil }
        let terminals = String(decoding: mounts, as: UTF8.self).split(separator: "\n")
            .first { $0.contains(" /dev/pts devpts ") }
        guard let terminals, !terminals.contains("gid=5") else { return nil }
        return
            "/dev/pts is mounted without gid=5: the demo target runs commands, but gives no shell unless root starts it"
    }

    /// sshd reads the file as the account, which must be able to reach it.
    private func authorizedKeysFile() async throws -> String {
        guard geteuid() == 0 else { return "\(folder)/account_key.pub" }
        // sshd gives up its rights in there.
        try PrivateFile.folder("/run/sshd", mode: 0o755)
        if getpwnam(account) == nil {
            let result = try await Tool.run([
                "useradd", "--create-home", "--shell", "/bin/bash", "--password", "*", "--comment",
                "Gatehouse demo target", account,
            ])
            guard result.succeeded else { throw CommandFailure("The user \(account) cannot be made: \(result.output)") }
        }
        let shared = "/run/gatehouse-target-\(port)"
        try PrivateFile.folder(shared, mode: 0o755)
        try PrivateFile.write(
            PrivateFile.read("\(clientKeyFile).pub") ?? [], to: "\(shared)/authorized_keys", mode: 0o644)
        return "\(shared)/authorized_keys"
    }
}

/// Whether somebody listens on a port of this machine.
enum LoopbackPort {
    static func accepts(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
