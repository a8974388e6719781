import NIOCore
import NIOWebSocket
import SSH
import Synchronization

/// The two-way way to one browser, reached from any thread. What is on its way is counted in both directions: a browser
/// that does not read stops the target, and one that sends faster than the target takes is not read any more.
final class TerminalSocket: Sendable {
    /// Bytes that may be on their way to the browser.
    static let outputLimit = 256 * 1024
    /// Bytes of input that may wait for the target.
    static let inputLimit = 256 * 1024

    let ask: TerminalAsk
    let address: String
    private let channel: any Channel
    private let unsent = Atomic<Int>(0)
    private let unread = Atomic<Int>(0)
    private let receiver = Mutex<(@Sendable (Event) -> Void)?>(nil)
    private let early = Mutex<[Event]>([])

    enum Event: Sendable {
        case frame(TerminalFrame)
        /// Output left, so there is room for more.
        case progress
        case gone
    }

    init(_ channel: any Channel, ask: TerminalAsk, address: String) {
        self.channel = channel
        self.ask = ask
        self.address = address
    }

    /// How much more output is taken now.
    var room: Int { max(0, Self.outputLimit - unsent.load(ordering: .relaxed)) }

    /// Hands events to `receive` from now on, and those first that came before.
    func listen(_ receive: @escaping @Sendable (Event) -> Void) {
        // Both locks together, so that no event overtakes an earlier one.
        early.withLock { early in
            receiver.withLock { $0 = receive }
            for event in early { receive(event) }
            early = []
        }
    }

    /// Called on the event loop.
    func deliver(_ event: Event) {
        if case .frame(.input(let bytes)) = event {
            let waiting = unread.add(bytes.count, ordering: .relaxed).newValue
            if waiting > Self.inputLimit { channel.setOption(.autoRead, value: false).cascade(to: nil) }
        }
        early.withLock { early in
            if let receive = receiver.withLock({ $0 }) { receive(event) } else { early.append(event) }
        }
    }

    /// Input was taken by the target.
    func consumed(_ count: Int) {
        let (before, now) = unread.subtract(count, ordering: .relaxed)
        let limit = Self.inputLimit / 2
        if before > limit, now <= limit { channel.setOption(.autoRead, value: true).cascade(to: nil) }
    }

    /// Sends bytes on the channel of output.
    func send(output bytes: UnsafeRawBufferPointer) {
        var buffer = channel.allocator.buffer(capacity: bytes.count + 1)
        buffer.writeInteger(UInt8(1))
        buffer.writeBytes(bytes)
        send(buffer, count: bytes.count)
    }

    func send(control bytes: [UInt8]) {
        send(channel.allocator.buffer(bytes: bytes), count: 0)
    }

    private func send(_ buffer: ByteBuffer, count: Int) {
        unsent.add(count, ordering: .relaxed)
        let frame = WebSocketFrame(fin: true, opcode: .binary, data: buffer)
        channel.writeAndFlush(frame).whenComplete { [self] _ in
            unsent.subtract(count, ordering: .relaxed)
            if count > 0 { deliver(.progress) }
        }
    }

    /// Says goodbye and closes once everything before it has left.
    func close() {
        var reason = channel.allocator.buffer(capacity: 2)
        reason.write(webSocketErrorCode: .normalClosure)
        let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: reason)
        channel.writeAndFlush(frame).whenComplete { [channel] _ in channel.close(promise: nil) }
    }
}
