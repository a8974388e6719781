import CLibSSH
import Glibc

/// Closes a socket only after the peer had time to read our last words: a close with unread input in the kernel makes it
/// reset the connection, and the peer would lose them.
final class LingeringClose: LoopMember {
    private let descriptor: Int32
    private let loop: SSHLoop
    private var key: UInt64?
    private var left = 1 << 20

    private init(_ descriptor: Int32, loop: SSHLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    static func start(_ descriptor: Int32, on loop: SSHLoop) {
        Socket.setNonBlocking(descriptor)
        shutdown(descriptor, Int32(SHUT_WR))
        let lingering = LingeringClose(descriptor, loop: loop)
        lingering.key = loop.add(lingering, descriptor: descriptor, events: EPOLLIN.rawValue)
        loop.after(.seconds(2)) { lingering.finish() }
    }

    func ready(_ events: UInt32) {
        let scratch = loop.scratch
        while left > 0 {
            let count = recv(descriptor, scratch.baseAddress, scratch.count, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            if count <= 0 { break }
            left -= count
        }
        finish()
    }

    func service() {}

    private func finish() {
        guard let key else { return }
        self.key = nil
        loop.remove(key, openDescriptor: descriptor)
        close(descriptor)
    }
}
