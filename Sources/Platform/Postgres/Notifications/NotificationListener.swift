import CLibPQ
import Logging
import Synchronization

/// One connection that only listens, shared by all readers of notifications.
///
/// It is opened with the first reader. After a restart of the server it is opened again, and every reader gets an empty
/// text, because what was sent meanwhile is gone.
final class NotificationListener: Sendable, SocketOwner {
    private struct State {
        var handle: OpaquePointer?
        var descriptor: Int32 = -1
        var readers: [String: [Int: AsyncStream<String>.Continuation]] = [:]
        var lastReader = 0
        var phase = Phase.off
        /// Channels that the running or last `listen` command covers.
        var listening: Set<String> = []
        var failures = 0
    }
    private enum Phase {
        case off, opening, commanding, listening, closed
    }

    private let configuration: DatabaseConfiguration
    private let loop: EventLoop
    private let logger: Logger
    private let state = Mutex(State())

    init(_ configuration: DatabaseConfiguration, loop: EventLoop, logger: Logger) {
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
    }

    func stream(_ channel: String) -> AsyncStream<String> {
        precondition(
            channel.utf8.count < 64 && channel.utf8.allSatisfy { 97...122 ~= $0 || 48...57 ~= $0 || $0 == 95 },
            "a channel is named with lower case letters, digits and underscores")
        let (stream, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(256))
        let number = state.withLock { state -> Int in
            guard state.phase != .closed else {
                continuation.finish()
                return 0
            }
            state.lastReader += 1
            state.readers[channel, default: [:]][state.lastReader] = continuation
            // A channel that is listened to already is in effect for this reader at once.
            if state.phase == .listening, state.listening.contains(channel) { continuation.yield("") }
            return state.lastReader
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.readers[channel]?.removeValue(forKey: number) }
        }
        advance()
        return stream
    }

    func close() {
        let readers = state.withLock { state in
            disconnect(&state)
            state.phase = .closed
            defer { state.readers = [:] }
            return state.readers.values.flatMap(\.values)
        }
        for reader in readers { reader.finish() }
    }

    /// Opens the connection, or tells the server about new channels.
    private func advance() {
        let mustOpen = state.withLock { state in
            switch state.phase {
            case .off where !state.readers.isEmpty:
                state.phase = .opening
                return true
            case .listening:
                if !Set(state.readers.keys).isSubset(of: state.listening) { command(&state) }
                return false
            case .off, .opening, .commanding, .closed: return false
            }
        }
        if mustOpen { BlockingCalls.start { [self] in open() } }
    }

    private func open() {
        do {
            let handle = try configuration.open()
            let opened = Opened(handle: handle)
            state.withLock { state in
                guard state.phase == .opening, PQsetnonblocking(opened.handle, 1) == 0 else {
                    PQfinish(opened.handle)
                    return
                }
                state.handle = opened.handle
                state.descriptor = PQsocket(opened.handle)
                state.failures = 0
                loop.add(state.descriptor, self)
                command(&state)
            }
        } catch {
            logger.debug("Listening for notifications failed", metadata: ["error": "\(error)"])
            rest()
        }
    }

    /// Sends one `listen` for every channel; the answer is read on the loop's thread.
    private func command(_ state: inout State) {
        let channels = Set(state.readers.keys)
        state.listening = channels
        state.phase = .commanding
        let text = channels.sorted().map { "listen \"\($0)\"" }.joined(separator: ";")
        guard let handle = state.handle, PQsendQuery(handle, text) == 1 else { return }
        // A few hundred bytes always fit into the socket's buffer; if the socket is broken, reading will show it.
        _ = PQflush(handle)
    }

    private func disconnect(_ state: inout State) {
        guard let handle = state.handle else { return }
        loop.remove(state.descriptor)
        PQfinish(handle)
        state.handle = nil
        state.listening = []
        state.phase = .off
    }

    private func rest() {
        let delay = state.withLock { state -> Duration in
            if state.phase == .opening { state.phase = .off }
            state.failures += 1
            return .milliseconds(min(1000, 20 << min(state.failures, 6)))
        }
        loop.after(delay) { [weak self] in self?.advance() }
    }

    func tick(_ now: ContinuousClock.Instant) {}

    func socketIsReady() {
        let (isLost, isStale) = state.withLock { state -> (Bool, Bool) in
            guard let handle = state.handle else { return (false, false) }
            guard PQconsumeInput(handle) == 1 else {
                disconnect(&state)
                return (true, false)
            }
            if state.phase == .commanding, finishCommand(handle) {
                state.phase = .listening
                for reader in state.listening.compactMap({ state.readers[$0] }).flatMap(\.values) { reader.yield("") }
            }
            deliver(handle, state.readers)
            return (false, state.phase == .listening)
        }
        if isLost {
            logger.debug("The connection that listens was lost")
            rest()
        } else if isStale {
            advance()
        }
    }

    /// Takes the results of `listen`; true when all have come.
    private func finishCommand(_ handle: OpaquePointer) -> Bool {
        while PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else { return true }
            PQclear(result)
        }
        return false
    }

    private func deliver(_ handle: OpaquePointer, _ readers: [String: [Int: AsyncStream<String>.Continuation]]) {
        // Notifications are parsed when libpq looks whether a result is there.
        _ = PQisBusy(handle)
        while let notification = PQnotifies(handle) {
            let channel = String(cString: notification.pointee.relname)
            let payload = String(cString: notification.pointee.extra)
            PQfreemem(notification)
            for reader in (readers[channel] ?? [:]).values {
                if case .dropped = reader.yield(payload) { reader.yield("") }
            }
        }
    }
}

/// Carries a handle into the lock that owns it from then on.
///
/// Safe because whoever made it gives it away at once.
private struct Opened: @unchecked Sendable {
    let handle: OpaquePointer
}
