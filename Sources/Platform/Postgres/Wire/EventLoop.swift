import CLibPQ
import Glibc
import Synchronization

/// Something that owns a socket which the loop watches.
protocol SocketOwner: AnyObject, Sendable {
    /// The socket can be read or written, or the other side has gone. Called on the loop's thread; must not block.
    func socketIsReady()
    /// Called about once a second.
    func tick(_ now: ContinuousClock.Instant)
}

/// One thread that waits for all sockets of a database with epoll and hands each to its owner.
///
/// Sockets stay armed while a connection is idle, so one that the server closed is noticed before anybody uses it.
/// Everything here may be called from any thread.
final class EventLoop: Sendable {
    private struct Timer {
        let due: ContinuousClock.Instant
        let body: @Sendable () -> Void
    }
    private struct State {
        var owners: [Int32: any SocketOwner] = [:]
        var timers: [Timer] = []
        var phase = Phase.created
    }
    private enum Phase {
        case created, running, stopped
    }

    private let epoll: Int32
    private let bell: Int32
    private let state = Mutex(State())

    init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epoll >= 0 && bell >= 0, "no file descriptor is left for the database loop")
        control(EPOLL_CTL_ADD, bell, EPOLLIN.rawValue)
    }

    deinit {
        close(epoll)
        close(bell)
    }

    /// Watches a socket from now on; the thread starts with the first one.
    func add(_ descriptor: Int32, _ owner: any SocketOwner) {
        let mustStart = state.withLock { state in
            state.owners[descriptor] = owner
            guard state.phase == .created else { return false }
            state.phase = .running
            return true
        }
        control(EPOLL_CTL_ADD, descriptor, EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
        if mustStart { startThread() }
    }

    func watchWriting(_ descriptor: Int32, _ isWanted: Bool) {
        let reading = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
        control(EPOLL_CTL_MOD, descriptor, isWanted ? reading | EPOLLOUT.rawValue : reading)
    }

    func remove(_ descriptor: Int32) {
        control(EPOLL_CTL_DEL, descriptor, 0)
        state.withLock { _ = $0.owners.removeValue(forKey: descriptor) }
    }

    func after(_ delay: Duration, _ body: @escaping @Sendable () -> Void) {
        let mustStart = state.withLock { state in
            guard state.phase != .stopped else { return false }
            state.timers.append(Timer(due: .now + delay, body: body))
            guard state.phase == .created else { return false }
            state.phase = .running
            return true
        }
        if mustStart { startThread() } else { ring() }
    }

    /// Ends the thread once no socket is left. Timers that are not due yet never run.
    func stop() {
        state.withLock { state in
            state.phase = .stopped
            state.timers = []
        }
        ring()
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32) {
        var event = epoll_event()
        event.events = events
        event.data.fd = descriptor
        _ = epoll_ctl(epoll, operation, descriptor, &event)
    }

    private func startThread() {
        var thread = pthread_t()
        let this = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, nil,
            { argument in
                let loop = Unmanaged<EventLoop>.fromOpaque(argument!).takeRetainedValue()
                loop.run()
                return nil
            }, this.toOpaque())
        precondition(failure == 0, "no thread is left for the database loop")
        pthread_detach(thread)
    }

    private func run() {
        let capacity = 64
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
        defer { events.deallocate() }
        var nextTick = ContinuousClock.now + .seconds(1)
        while true {
            let wait = state.withLock { state -> Int32? in
                guard state.phase == .running || !state.owners.isEmpty else { return nil }
                let due = state.timers.lazy.map(\.due).min().map { min($0, nextTick) } ?? nextTick
                let rest = due - .now
                let milliseconds = rest.components.seconds * 1000 + rest.components.attoseconds / 1_000_000_000_000_000
                return Int32(max(0, min(1000, milliseconds + 1)))
            }
            guard let wait else { return }
            let count = epoll_wait(epoll, events, Int32(capacity), wait)
            for index in 0..<max(0, Int(count)) { dispatch(events[index].data.fd) }
            let now = ContinuousClock.now
            runTimers(now)
            if now >= nextTick {
                nextTick = now + .seconds(1)
                for owner in state.withLock({ Array($0.owners.values) }) { owner.tick(now) }
            }
        }
    }

    private func dispatch(_ descriptor: Int32) {
        if descriptor == bell {
            var count: UInt64 = 0
            _ = read(bell, &count, 8)
        } else {
            state.withLock { $0.owners[descriptor] }?.socketIsReady()
        }
    }

    private func runTimers(_ now: ContinuousClock.Instant) {
        let due = state.withLock { state in
            guard !state.timers.isEmpty else { return [Timer]() }
            let due = state.timers.filter { $0.due <= now }
            if !due.isEmpty { state.timers.removeAll { $0.due <= now } }
            return due
        }
        for timer in due { timer.body() }
    }
}
