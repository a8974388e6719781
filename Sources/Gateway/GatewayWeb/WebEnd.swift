import GatewaySSH
import SSH

/// A browser as the person's end of a session. Confined to the session's loop; the socket is on another one.
final class WebEnd: UserEnd {
    private let socket: TerminalSocket
    private let loop: SSHLoop
    private var input = ByteQueue()
    private var size: TerminalSize?
    private(set) var isGone = false
    var onActivity: (() -> Void)?

    init(_ socket: TerminalSocket, on loop: SSHLoop) {
        self.socket = socket
        self.loop = loop
    }

    /// Takes what the socket says from now on.
    func listen() {
        let me = LoopBound(self, on: loop)
        socket.listen { [loop] event in loop.post { me.value.take(event) } }
    }

    /// The size that the browser has told, or the usual one.
    var firstSize: TerminalSize { size ?? TerminalSize(columns: 80, rows: 24) }
    var knowsSize: Bool { size != nil }

    private func take(_ event: TerminalSocket.Event) {
        switch event {
        case .frame(.input(let bytes)): input.append(bytes)
        case .frame(.resize(let columns, let rows)): size = TerminalSize(columns: columns, rows: rows)
        case .progress: break
        case .gone: isGone = true
        }
        onActivity?()
    }

    var available: Int { input.count }
    var hasEnded: Bool { isGone }
    var room: Int { isGone ? 0 : socket.room }

    func peek<R>(from offset: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try input.peek(from: offset, body)
    }

    func drop(_ count: Int) {
        input.drop(count)
        socket.consumed(count)
    }

    func write(_ bytes: UnsafeRawBufferPointer, isError: Bool) -> Int {
        let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(min(room, 64 * 1024)))
        if part.count > 0 { socket.send(output: part) }
        return part.count
    }

    func takeResize() -> TerminalSize? {
        defer { size = nil }
        return size
    }

    func takeSignals() -> [String] { [] }
}
