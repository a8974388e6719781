import CHiredis
import Glibc
import Logging
import Synchronization

/// The way to the connection's thread: calls go in, and one flag says whether it is worth it.
final class RedisMailbox: Sendable {
    private enum Phase {
        case unstarted
        case running(wake: CInt)
        case stopping
        case stopped
    }

    private struct State {
        var phase = Phase.unstarted
        var calls: [RedisCall] = []
        var underWay = 0
        var isAway = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let configuration: RedisConfiguration
    private let logger: Logger

    init(configuration: RedisConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    var isAvailable: Bool { state.withLock { !$0.isAway } }

    func submit(_ call: RedisCall) {
        let refusal = state.withLock { state -> RedisError? in
            if case .unstarted = state.phase { state.phase = launch() }
            guard case .running(let wake) = state.phase else { return .stopped }
            guard !state.isAway else { return .unavailable }
            guard state.calls.count + state.underWay < configuration.maxCommands else { return .overloaded }
            state.calls.append(call)
            if state.calls.count == 1 { eventfd_write(wake, 1) }
            return nil
        }
        if let refusal { call.finish(.failure(refusal)) }
    }

    func stop() {
        state.withLock { state in
            switch state.phase {
            case .unstarted: state.phase = .stopped
            case .running(let wake):
                state.phase = .stopping
                eventfd_write(wake, 1)
            case .stopping, .stopped: break
            }
        }
    }

    /// Returns when the thread is gone.
    func stopped() async {
        await withCheckedContinuation { continuation in
            let isGone = state.withLock { state in
                if case .stopped = state.phase { return true }
                state.waiters.append(continuation)
                return false
            }
            if isGone { continuation.resume() }
        }
    }

    private func launch() -> Phase {
        let wake = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wake >= 0 else { return .stopped }
        let isStarted = LoopThread.start(named: "redis") { [self, configuration, logger] in
            var loop = RedisLoop(configuration: configuration, mailbox: self, wake: wake, logger: logger)
            loop.run()
            end(wake)
        }
        guard isStarted else {
            close(wake)
            logger.critical("no thread for Redis: every command fails")
            return .stopped
        }
        return .running(wake: wake)
    }

    // MARK: the thread's side

    /// What has arrived; `nil` when the thread is to end.
    func take(underWay: Int) -> [RedisCall]? {
        state.withLock { state in
            guard case .running = state.phase else { return nil }
            defer { state.calls = [] }
            state.underWay = underWay + state.calls.count
            return state.calls
        }
    }

    func setAway(_ isAway: Bool) {
        state.withLock { $0.isAway = isAway }
    }

    private func end(_ wake: CInt) {
        let (calls, waiters) = state.withLock { state in
            state.phase = .stopped
            defer { (state.calls, state.waiters) = ([], []) }
            return (state.calls, state.waiters)
        }
        close(wake)
        for call in calls { call.finish(.failure(.stopped)) }
        for waiter in waiters { waiter.resume() }
    }
}
