import Glibc
import Kernel

/// The installation's own Redis: on a unix socket only, with a password. Nothing in it is the only copy of anything, so
/// it writes nothing to the disk.
struct RedisInstance: Sendable {
    private let owner: Owner
    private let program: String
    private let configFile: String
    private let password: String
    let socket: String

    init(_ installation: Installation, _ secrets: InstallationSecrets) throws {
        program = try Programs.system("redis-server", package: "redis-server")
        owner = Owner.dropping(to: ["redis", "nobody"], below: installation.folder)
        let folder = "\(installation.folder)/redis"
        try owner.folder(folder)
        socket = "\(try installation.sockets(for: "redis", owner: owner))/redis.sock"
        configFile = "\(folder)/redis.conf"
        password = secrets.redis
        let text = """
            port 0
            unixsocket \(socket)
            unixsocketperm 700
            dir \(folder)
            requirepass \(password)
            save ""
            appendonly no
            daemonize no
            databases 1
            maxmemory 128mb
            maxmemory-policy volatile-lru
            loglevel notice
            """
        // The password is in the file, not in the arguments.
        try PrivateFile.write(Array((text + "\n").utf8), to: configFile)
        try owner.give(configFile)
    }

    var part: Part {
        var command = ChildCommand(words: [program, configFile])
        command.owner = owner
        return Part(
            name: "redis", command: command,
            isReady: { [socket] in UnixSocket.accepts(socket) })
    }

    var settings: JSON { ["socket": .string(socket), "password": .string(password)] }
}

/// Whether somebody listens on a unix socket.
enum UnixSocket {
    static func accepts(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            guard path.utf8.count < buffer.count else { return false }
            buffer.copyBytes(from: path.utf8)
            return true
        }
        guard fits else { return false }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
