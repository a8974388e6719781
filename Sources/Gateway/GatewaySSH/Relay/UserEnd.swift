package import SSH

/// The person's end of a session: an SSH channel, or a browser's socket. Confined to the session's loop.
package protocol UserEnd: AnyObject {
    /// Input that waits.
    var available: Int { get }
    /// Looks at the input from `offset` on.
    func peek<R>(from offset: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R
    /// Takes input off the front.
    func drop(_ count: Int)
    /// No more input comes after what is available.
    var hasEnded: Bool { get }
    /// The person is gone.
    var isGone: Bool { get }
    /// How much output is taken now.
    var room: Int { get }
    /// Shows output. Returns how much was taken.
    func write(_ bytes: UnsafeRawBufferPointer, isError: Bool) -> Int
    /// A new size of the window, if there is one since the last call.
    func takeResize() -> TerminalSize?
    /// Signals that were asked for since the last call.
    func takeSignals() -> [String]
    /// Called on the loop when any of this may have changed.
    var onActivity: (() -> Void)? { get set }
}

/// An SSH channel of a client.
final class ChannelEnd: UserEnd {
    let channel: SSHChannel

    init(_ channel: SSHChannel) {
        self.channel = channel
    }

    var available: Int { channel.available(.data) }

    func peek<R>(from offset: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try channel.peek(.data, from: offset, body)
    }

    func drop(_ count: Int) { channel.drop(.data, count) }
    var hasEnded: Bool { channel.hasPeerEnded }
    var isGone: Bool { channel.hasPeerClosed }
    var room: Int { channel.room }

    func write(_ bytes: UnsafeRawBufferPointer, isError: Bool) -> Int {
        channel.write(bytes, to: isError ? .errors : .data)
    }

    func takeResize() -> TerminalSize? {
        var size: TerminalSize?
        while let request = channel.nextRequest() {
            if case .resize(let next) = request { size = next }
        }
        return size
    }

    func takeSignals() -> [String] {
        defer { channel.signals = [] }
        return channel.signals
    }

    var onActivity: (() -> Void)? {
        get { channel.onActivity }
        set { channel.onActivity = newValue }
    }
}
