import Glibc
import Synchronization

/// Bounds what a thread may wait for inside of libldap, whose TLS handshake and partly read messages have no deadline
/// that holds: at the deadline the socket is shut down, and whatever waits for it returns. One for each connection.
final class Watchdog: Sendable {
    private struct State {
        var socket: Int32?
        var deadline = ContinuousClock.now
        var hasBarked = false
    }
    private let state = Mutex(State())

    /// Begins to watch a socket, or gives it a new deadline.
    func watch(_ socket: Int32, until deadline: ContinuousClock.Instant) {
        state.withLock { state in
            if state.hasBarked { shutdown(socket, Int32(SHUT_RDWR)) }
            state.socket = state.hasBarked ? nil : socket
            state.deadline = deadline
        }
    }

    /// Right before the socket is closed: its number may be somebody else's afterwards.
    func release() {
        state.withLock { $0.socket = nil }
    }

    var hasBarked: Bool { state.withLock { $0.hasBarked } }

    /// Shuts the socket down if its time is over.
    func look(at now: ContinuousClock.Instant) {
        state.withLock { state in
            guard let socket = state.socket, now >= state.deadline else { return }
            shutdown(socket, Int32(SHUT_RDWR))
            state.socket = nil
            state.hasBarked = true
        }
    }

    /// Nothing may take any time any more.
    func bark() {
        state.withLock { state in
            if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
            state.socket = nil
            state.hasBarked = true
        }
    }
}

/// The watchdogs of one job.
final class Watchdogs: Sendable {
    private struct State {
        var dogs: [Watchdog] = []
        var isOver = false
        var isCancelled = false
    }
    private let state = Mutex(State())

    func next() -> Watchdog {
        let dog = Watchdog()
        state.withLock { state in
            state.dogs.append(dog)
            if state.isCancelled { dog.bark() }
        }
        return dog
    }

    func end() {
        state.withLock { $0.isOver = true }
    }

    /// Looks after them until the job ends. To be cancelled is a deadline for all of them.
    func run() async {
        while true {
            let (dogs, isOver) = state.withLock { ($0.dogs, $0.isOver) }
            if isOver { return }
            let now = ContinuousClock.now
            for dog in dogs { dog.look(at: now) }
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return cancel() }
        }
    }

    private func cancel() {
        state.withLock { state in
            state.isCancelled = true
            for dog in state.dogs { dog.bark() }
        }
    }
}
