import Glibc

/// What can be known to go wrong before anything is started.
enum Preflight {
    private static let leastFree = 300 << 20

    static func check(_ installation: Installation, wantsDemo: Bool) throws {
        try checkSpace(installation.folder)
        var ports = [(installation.httpPort, "--http-port")]
        for worker in 0..<installation.workers {
            ports.append((installation.sshPort + worker, "--ssh-port"))
            ports.append((installation.webPort + worker, "--web-port"))
        }
        if wantsDemo { ports.append((installation.targetPort, "--target-port")) }
        for (index, (port, option)) in ports.enumerated() {
            guard (1...65535).contains(port) else { throw CommandFailure("\(option): \(port) is no port.") }
            guard !ports[..<index].contains(where: { $0.0 == port }) else {
                throw CommandFailure("Port \(port) is wanted twice: choose another one with \(option).")
            }
            try checkPort(port, option)
        }
    }

    private static func checkSpace(_ folder: String) throws {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return }
        let free = Int(facts.f_bavail) * Int(facts.f_frsize)
        guard free >= leastFree else {
            throw CommandFailure(
                "Only \(SpokenTime.size(free)) are free in \(folder), and PostgreSQL needs \(SpokenTime.size(leastFree)) "
                    + "to start safely. Free some space, or use --directory on another disk.")
        }
    }

    /// Whether the port can be listened on, found out by doing it.
    private static func checkPort(_ port: Int, _ option: String) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result != 0 else { return }
        switch errno {
        case EADDRINUSE:
            throw CommandFailure(
                "Port \(port) is taken by another program. Stop it, or choose another port with \(option).")
        case EACCES:
            throw CommandFailure("Port \(port) is for root only. Choose one above 1023 with \(option).")
        default:
            throw CommandFailure("Port \(port) cannot be used: \(String(cString: strerror(errno))).")
        }
    }
}
