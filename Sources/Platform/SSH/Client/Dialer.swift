import CLibSSH
import Glibc

/// Connects a socket without blocking: libssh's own way would resolve names on the loop's thread.
final class Dialer: LoopMember {
    private let descriptor: Int32
    private let loop: SSHLoop
    private var key: UInt64?
    private let done = LoopSignal()
    private var result: Int32?

    private init(_ descriptor: Int32, on loop: SSHLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    /// Tries the addresses in turn. Returns a connected descriptor and where it leads.
    nonisolated(nonsending) static func dial(
        _ addresses: [SocketAddress], within limit: Duration, on loop: SSHLoop
    ) async throws(SSHError) -> (Int32, SocketAddress) {
        var failures: [String] = []
        let share = Duration.milliseconds(limit.milliseconds / max(1, min(addresses.count, 3)))
        for address in addresses.prefix(8) {
            let descriptor = socket(
                address.family,
                Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            guard descriptor >= 0 else { throw SSHError.system("cannot create a socket", errno) }
            Socket.tune(descriptor)
            let status = address.withPointer { connect(descriptor, $0, $1) }
            var error = status == 0 ? 0 : errno
            if error == EINPROGRESS {
                let dialer = Dialer(descriptor, on: loop)
                error = await dialer.outcome(within: share)
            }
            if error == 0 { return (descriptor, address) }
            close(descriptor)
            failures.append("\(address): \(String(cString: strerror(error)))")
        }
        throw SSHError.unreachable(failures.isEmpty ? "there is no such host" : failures.joined(separator: "; "))
    }

    private nonisolated(nonsending) func outcome(within limit: Duration) async -> Int32 {
        key = loop.add(self, descriptor: descriptor, events: EPOLLOUT.rawValue)
        let timer = loop.after(limit) { [self] in finish(ETIMEDOUT) }
        await done.wait()
        timer.cancel()
        return result ?? ETIMEDOUT
    }

    func ready(_ events: UInt32) {
        finish(Socket.pendingError(descriptor))
    }

    func service() {}

    private func finish(_ error: Int32) {
        guard let key else { return }
        loop.remove(key, openDescriptor: descriptor)
        self.key = nil
        result = error
        done.fire()
    }
}
