import Cryptography
import Foundation
import Glibc

/// Where everything of an installation lies, and how it is reached.
struct Installation: Sendable {
    let folder: String
    let httpPort: Int
    let sshPort: Int
    let webPort: Int
    let targetPort: Int
    let baseDomain: String
    let workers: Int
    /// A mail relay on this machine or in its network, as host and port.
    let mail: (host: String, port: Int)?

    var secretsFile: String { "\(folder)/secrets.json" }
    var providerTokenFile: String { "\(folder)/provider-token" }
    var demoFile: String { "\(folder)/demo.json" }
    var logs: String { "\(folder)/log" }
    var config: String { "\(folder)/config" }

    /// The address of a name below the base domain.
    func origin(_ name: String) -> String {
        "http://\(name).\(baseDomain)" + (httpPort == 80 ? "" : ":\(httpPort)")
    }

    /// The host that SSH clients connect to.
    var sshHost: String { baseDomain }

    /// A folder for the sockets of a server. The path of a socket may have 107 bytes only, so a deep installation has
    /// its sockets elsewhere.
    func sockets(for name: String, owner: Owner) throws -> String {
        let inside = "\(folder)/run/\(name)"
        if inside.utf8.count <= 80 {
            try PrivateFile.folder("\(folder)/run", mode: 0o711)
            try owner.folder(inside)
            return inside
        }
        let mark = Hash256.of(Array(folder.utf8)).hex.prefix(12)
        let root = geteuid() == 0 ? "/run" : (ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"] ?? "/tmp")
        let base = "\(root)/gatehouse-\(geteuid())-\(mark)"
        try PrivateFile.folder(base, mode: 0o711)
        var facts = stat()
        // In /tmp anybody could have been faster.
        guard lstat(base, &facts) == 0, facts.st_uid == geteuid(), facts.st_mode & S_IFMT == S_IFDIR else {
            throw CommandFailure("\(base) belongs to somebody else: remove it, or set XDG_RUNTIME_DIR.")
        }
        try owner.folder("\(base)/\(name)")
        return "\(base)/\(name)"
    }
}

/// Lets one `gatehouse up` at a time into a folder.
final class InstallationLock: Sendable {
    private let descriptor: Int32

    init(_ folder: String) throws {
        descriptor = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure("\(folder) cannot be written: \(String(cString: strerror(errno))).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandFailure("gatehouse up runs already in \(folder). Stop that one first, or use --directory.")
        }
    }

    deinit { close(descriptor) }
}
