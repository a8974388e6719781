import CLibSSH
import Glibc
import Synchronization

/// Looks up names away from the loops: `getaddrinfo` blocks. A few threads serve a bounded queue; a name server that hangs
/// delays other look-ups, never a session.
package final class Resolver: Sendable {
    private struct Request {
        let host: String
        let port: Int
        let reply: CheckedContinuation<[SocketAddress], Never>
    }
    private struct State {
        var queue: [Request] = []
        var threads = 0
        var idle = 0
    }

    package static let shared = Resolver()

    private let state = Mutex(State())
    private static let mostThreads = 4
    private static let mostWaiting = 1000

    /// The addresses of a host, or none.
    package func addresses(of host: String, port: Int) async -> [SocketAddress] {
        if let numeric = SocketAddress(numeric: host, port: port) { return [numeric] }
        return await withCheckedContinuation { reply in
            let (isFull, mustStart) = state.withLock { state in
                if state.queue.count >= Self.mostWaiting { return (true, false) }
                state.queue.append(Request(host: host, port: port, reply: reply))
                guard state.threads < Self.mostThreads else { return (false, false) }
                state.threads += 1
                return (false, true)
            }
            if isFull { reply.resume(returning: []) }
            if mustStart { Threads.spawn(name: "resolver") { [self] in serve() } }
        }
    }

    private func serve() {
        while true {
            let request = state.withLock { state -> Request? in
                if state.queue.isEmpty {
                    state.threads -= 1
                    return nil
                }
                return state.queue.removeFirst()
            }
            guard let request else { return }
            request.reply.resume(returning: Self.lookUp(request.host, port: request.port, isNumeric: false))
        }
    }

    static func lookUp(_ host: String, port: Int, isNumeric: Bool) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = isNumeric ? AI_NUMERICHOST | AI_NUMERICSERV : AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next {
            if let pointer = entry.pointee.ai_addr, [AF_INET, AF_INET6].contains(entry.pointee.ai_family) {
                addresses.append(SocketAddress(pointer, entry.pointee.ai_addrlen))
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }
}
