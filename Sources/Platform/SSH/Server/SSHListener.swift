import CLibSSH
import Glibc
package import Kernel

/// A socket that a client connected to, with its place in the waiting room. Belongs to whoever receives it.
package struct AcceptedSocket: Sendable {
    let descriptor: Int32
    package let peer: SocketAddress
    let ticket: WaitingTicket
    /// Whether a balancer is the client: it has not said yet who is behind it, or has said that nobody is.
    package let isFromProxy: Bool

    /// Turns the client away.
    package func refuse() {
        ticket.leave()
        close(descriptor)
    }
}

/// Accepts connections on a thread that does nothing else: no client can slow it.
package final class SSHListener: Sendable {
    /// Where it listens, with the port the system chose if zero was asked for.
    package let address: SocketAddress
    private let descriptor: Int32
    private let stopper: Int32
    private let room: WaitingRoom
    private let trustedProxies: [AddressRange]

    /// Binds and listens; clients wait in the backlog until `sockets` is read. What comes from a trusted proxy has to begin
    /// with a header of the PROXY protocol; what comes from anybody else may not.
    package init(
        host: String, port: Int, room: WaitingRoom, trustedProxies: [AddressRange] = []
    ) throws(SSHError) {
        guard let wanted = SocketAddress(numeric: host, port: port) else {
            throw SSHError.unreachable("\(host):\(port) is not a numeric address and port")
        }
        self.room = room
        self.trustedProxies = trustedProxies
        descriptor = socket(wanted.family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SSHError.system("cannot create a socket", errno) }
        Socket.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        // `::` serves IPv4 as well.
        if wanted.family == AF_INET6 { Socket.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        let open = descriptor
        guard wanted.withPointer({ bind(open, $0, $1) }) == 0, listen(open, 4096) == 0 else {
            let number = errno
            close(open)
            throw SSHError.system("cannot listen on \(wanted)", number)
        }
        Socket.setNonBlocking(open)
        address = SocketAddress.local(of: open) ?? wanted
        stopper = eventfd(0, Int32(EFD_CLOEXEC))
    }

    deinit {
        close(descriptor)
        close(stopper)
    }

    /// The connections, as they come in, until `stop`. To be called once.
    package func sockets() -> AsyncStream<AcceptedSocket> {
        // Unbounded, but the waiting room bounds it.
        let (stream, continuation) = AsyncStream.makeStream(of: AcceptedSocket.self)
        Threads.spawn(name: "ssh-accept") { [self] in
            while let accepted = accept() {
                if case .terminated = continuation.yield(accepted) { accepted.refuse() }
            }
            continuation.finish()
        }
        return stream
    }

    /// Stops accepting. Connections that are open stay open.
    package func stop() {
        var one: UInt64 = 1
        _ = write(stopper, &one, 8)
    }

    private func accept() -> AcceptedSocket? {
        while true {
            var waits = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stopper, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&waits, 2, -1) >= 0 || errno == EINTR else { return nil }
            if waits[1].revents != 0 { return nil }
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let (client, peer) = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    let client = Glibc.accept(descriptor, pointer, &length)
                    return (client, client >= 0 ? SocketAddress(pointer, length) : nil)
                }
            }
            guard client >= 0, let peer else {
                // Out of descriptors: wait for some to be closed instead of spinning.
                if errno == EMFILE || errno == ENFILE || errno == ENOMEM { usleep(50_000) }
                continue
            }
            Socket.setCloseOnExec(client)
            Socket.setNonBlocking(client)
            // Behind a balancer are many: whom to count is known when it has said so.
            let isFromProxy = !trustedProxies.isEmpty && trustedProxies.contains(peer.host)
            guard let ticket = room.enter(client, origin: isFromProxy ? nil : peer.origin) else {
                Self.turnAway(client)
                continue
            }
            return AcceptedSocket(descriptor: client, peer: peer, ticket: ticket, isFromProxy: isFromProxy)
        }
    }

    /// RFC 4253 §4.2 lets a server send lines before its version; clients show them.
    static func turnAway(_ client: Int32) {
        let line = "Gatehouse: too many people are signing in from your address, try again in a moment\r\n"
        _ = line.utf8.withContiguousStorageIfAvailable {
            send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        close(client)
    }
}

extension SocketAddress {
    static func local(of descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length) == 0 ? SocketAddress($0, length) : nil
            }
        }
    }
}
