import CLibSSH

/// A channel of a connection: two queues of what the peer sent, and careful ways to write. Confined to the loop.
///
/// libssh would let a peer fill memory and a slow one stall the loop. So data goes from the callback into a queue of ours
/// up to a high mark; beyond it, it stays in libssh, whose window then closes; and libssh is drained only when our queue
/// is empty, because reading re-opens the window without counting what is still buffered.
package final class SSHChannel {
    /// How the program at the other end finished.
    package enum Exit: Equatable, Sendable {
        case status(Int)
        case signal(name: String, coreDumped: Bool)
    }

    /// The data stream, or the one for errors, which only a server sends.
    package enum Stream: Sendable, CaseIterable {
        case data, errors
    }

    package let connection: SSHConnection
    private(set) var handle: OpaquePointer
    private let callbacks: UnsafeMutablePointer<ssh_channel_callbacks_struct>
    private var dataQueue = ByteQueue()
    private var errorQueue = ByteQueue()
    private var isPeeking = false
    private var dataHeld = false
    private var errorsHeld = false
    private var hasSentClose = false
    private(set) var isFreed = false

    /// Called on the loop after anything happened on the connection.
    package var onActivity: (() -> Void)?
    /// The peer will send no more data.
    package private(set) var hasPeerEnded = false
    /// The peer has closed the channel, or the connection is gone.
    package private(set) var hasPeerClosed = false
    package private(set) var hasSentEnd = false
    package private(set) var exit: Exit?
    /// Signals the client asked for, oldest first.
    package var signals: [String] = []
    private var wantsAgent = false
    private var requests: [ChannelRequest] = []
    private var hasProgram = false

    private static let highMark = 256 * 1024
    private static let mostSignals = 32
    private static let mostRequests = 128

    init(_ handle: OpaquePointer, on connection: SSHConnection) {
        self.handle = handle
        self.connection = connection
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: ssh_channel_callbacks_struct())
        shim_init_channel_callbacks(callbacks)
        callbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        installCallbacks()
        ssh_add_channel_callbacks(handle, callbacks)
        connection.adopt(self)
    }

    deinit {
        callbacks.deallocate()
    }

    private func installCallbacks() {
        callbacks.pointee.channel_data_function = { _, _, data, count, isError, me in
            SSHChannel.at(me).received(UnsafeRawBufferPointer(start: data, count: Int(count)), isError: isError != 0)
        }
        callbacks.pointee.channel_eof_function = { _, _, me in
            SSHChannel.at(me).note { $0.hasPeerEnded = true }
        }
        callbacks.pointee.channel_close_function = { _, _, me in
            SSHChannel.at(me).note {
                $0.hasPeerEnded = true
                $0.hasPeerClosed = true
            }
        }
        callbacks.pointee.channel_exit_status_function = { _, _, status, me in
            SSHChannel.at(me).note { $0.exit = .status(Int(status)) }
        }
        callbacks.pointee.channel_exit_signal_function = { _, _, name, core, _, _, me in
            let name = text(name) ?? "TERM"
            SSHChannel.at(me).note { $0.exit = .signal(name: name, coreDumped: core != 0) }
        }
        callbacks.pointee.channel_signal_function = { _, _, name, me in
            let name = text(name) ?? ""
            SSHChannel.at(me).note { if $0.signals.count < SSHChannel.mostSignals { $0.signals.append(name) } }
        }
        callbacks.pointee.channel_auth_agent_req_function = { _, _, me in
            SSHChannel.at(me).note { $0.wantsAgent = true }
        }
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> SSHChannel {
        Unmanaged<SSHChannel>.fromOpaque(pointer!).takeUnretainedValue()
    }

    private func note(_ body: (SSHChannel) -> Void) {
        body(self)
        connection.mark()
    }

    private func received(_ bytes: UnsafeRawBufferPointer, isError: Bool) -> Int32 {
        connection.mark()
        // While somebody looks at a queue it must not move: a write that is made meanwhile may call back here.
        let isFull = isPeeking || (isError ? errorQueue.count : dataQueue.count) >= Self.highMark
        if isError {
            errorsHeld = isFull
            if !isFull { errorQueue.append(bytes) }
        } else {
            dataHeld = isFull
            if !isFull { dataQueue.append(bytes) }
        }
        return isFull ? 0 : Int32(bytes.count)
    }

    /// Whether the client has asked, since the last call, for its agent to be forwarded.
    func takeAgentWish() -> Bool {
        defer { wantsAgent = false }
        return wantsAgent
    }

    // MARK: The client's requests

    /// What the client asks next.
    package func nextRequest() -> ChannelRequest? {
        requests.isEmpty ? nil : requests.removeFirst()
    }

    /// Takes a request, unless it comes a second time or there are too many.
    func take(_ request: ChannelRequest) -> Bool {
        if request.startsProgram {
            if hasProgram { return false }
            hasProgram = true
        }
        if case .resize = request, case .resize? = requests.last { requests.removeLast() }
        guard requests.count < Self.mostRequests else { return false }
        requests.append(request)
        return true
    }

    // MARK: Reading

    /// How much of a stream can be read now.
    package func available(_ stream: Stream) -> Int {
        refill(stream)
        return stream == .data ? dataQueue.count : errorQueue.count
    }

    /// Looks at what is there from `offset` on.
    package func peek<R>(
        _ stream: Stream, from offset: Int = 0, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        isPeeking = true
        defer { isPeeking = false }
        return switch stream {
        case .data: try dataQueue.peek(from: offset, body)
        case .errors: try errorQueue.peek(from: offset, body)
        }
    }

    /// Takes bytes off the front.
    package func drop(_ stream: Stream, _ count: Int) {
        switch stream {
        case .data: dataQueue.drop(count)
        case .errors: errorQueue.drop(count)
        }
    }

    /// Everything that is there now.
    package func read(_ stream: Stream = .data) -> [UInt8] {
        refill(stream)
        return stream == .data ? dataQueue.takeAll() : errorQueue.takeAll()
    }

    /// Whether the peer has ended and everything it sent was taken. Only then may the channel be closed: libssh refuses to
    /// read from a channel that is closed, and what it still holds would be lost without an error.
    package var isDrained: Bool {
        hasPeerEnded && available(.data) == 0 && available(.errors) == 0
    }

    private func refill(_ stream: Stream) {
        guard connection.isOpen, !isFreed,
            stream == .data ? dataHeld && dataQueue.isEmpty : errorsHeld && errorQueue.isEmpty
        else { return }
        let scratch = connection.loop.scratch
        while true {
            let count = connection.call {
                ssh_channel_read_nonblocking(
                    handle, scratch.baseAddress, UInt32(scratch.count), stream == .data ? 0 : 1)
            }
            guard count > 0 else { break }
            let bytes = UnsafeRawBufferPointer(rebasing: scratch[..<Int(count)])
            if stream == .data { dataQueue.append(bytes) } else { errorQueue.append(bytes) }
        }
        if stream == .data { dataHeld = false } else { errorsHeld = false }
    }

    // MARK: Writing

    /// How much can be written now without waiting.
    package var room: Int {
        guard canWrite, !connection.isCongested else { return 0 }
        return min(Int(ssh_channel_window_size(handle)), Self.highMark)
    }

    private var canWrite: Bool { connection.isOpen && !isFreed && !hasSentEnd && !hasSentClose && !hasPeerClosed }

    /// Writes what there is room for. Returns how much that was; less than asked for is normal.
    package func write(_ bytes: UnsafeRawBufferPointer, to stream: Stream = .data) -> Int {
        let count = min(bytes.count, room)
        guard count > 0 else { return 0 }
        let written = connection.call {
            stream == .data
                ? ssh_channel_write(handle, bytes.baseAddress, UInt32(count))
                : ssh_channel_write_stderr(handle, bytes.baseAddress, UInt32(count))
        }
        return max(0, Int(written))
    }

    /// Tells the peer that no more data comes.
    package func sendEnd() {
        guard canWrite else { return }
        hasSentEnd = true
        _ = connection.call { ssh_channel_send_eof(handle) }
    }

    package func send(_ exit: Exit) {
        guard connection.isOpen, !hasSentClose, !isFreed, !hasPeerClosed else { return }
        _ = connection.call {
            switch exit {
            case .status(let status):
                ssh_channel_request_send_exit_status(handle, Int32(truncatingIfNeeded: status))
            case .signal(let name, let coreDumped):
                ssh_channel_request_send_exit_signal(handle, name, coreDumped ? 1 : 0, "", "")
            }
        }
    }

    /// Closes our side. What the peer sent and nobody took is lost.
    package func close() {
        guard !hasSentClose else { return }
        hasSentClose = true
        if connection.isOpen, !isFreed { ssh_channel_close(handle) }
        connection.mark()
    }

    // MARK: Our requests to a target

    /// Tells the target that the window has a new size.
    package func resize(columns: Int, rows: Int) {
        guard canWrite else { return }
        _ = connection.call { ssh_channel_change_pty_size(handle, Int32(columns), Int32(rows)) }
    }

    /// Sends a signal to the target's program.
    package func send(signal: String) {
        guard connection.isOpen, !hasSentClose, !isFreed, !hasPeerClosed else { return }
        _ = connection.call { ssh_channel_request_send_signal(handle, signal) }
    }

    /// Has `onActivity` called again soon: there was more to do than one turn allows.
    package func touch() {
        connection.mark()
    }

    // MARK: The end

    /// Gives the handle back once both sides have closed. Returns whether the connection can forget the channel.
    func retire() -> Bool {
        guard hasSentClose, hasPeerClosed, connection.isOpen else { return isFreed }
        ssh_remove_channel_callbacks(handle, callbacks)
        ssh_channel_free(handle)
        isFreed = true
        return true
    }

    func connectionEnded() {
        hasPeerEnded = true
        hasPeerClosed = true
    }

    func connectionReleased() {
        isFreed = true
        onActivity = nil
    }
}
