import Glibc
import Synchronization

/// Ports of the loopback interface that nobody listens on at the moment.
package enum FreePort {
    /// The system picks at random, so it may pick again what it gave to somebody who does not listen there yet.
    private static let given = Mutex<Set<Int>>([])

    /// One that no caller was given before, unless the system offers nothing else.
    package static func next() -> Int { next(SOCK_STREAM) }

    /// The same for datagrams.
    package static func nextForDatagrams() -> Int { next(SOCK_DGRAM) }

    private static func next(_ kind: __socket_type) -> Int {
        for _ in 0..<100 {
            let port = unused(kind)
            if given.withLock({ $0.insert(port).inserted }) { return port }
        }
        return unused(kind)
    }

    private static func unused(_ kind: __socket_type) -> Int {
        let descriptor = socket(AF_INET, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        precondition(descriptor >= 0, "no socket is left")
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                precondition(bind(descriptor, address, length) == 0, "no port is free")
                getsockname(descriptor, address, &length)
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        return Int(port)
    }
}
