import CLibSSH
import Glibc
import Synchronization

/// A thread that owns SSH connections: epoll, timers, and an executor, so that an actor can live on it.
///
/// Both legs of a session belong to one loop, so a keystroke crosses no thread. What is confined to the loop is not
/// `Sendable`; everybody else reaches it through an actor whose executor this is.
package final class SSHLoop: SerialExecutor, @unchecked Sendable {
    // Safe because all stored state but `inbox` is touched on the loop's own thread only, and `inbox` is a mutex.

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var calls: [@Sendable () -> Void] = []
        var isStopping = false
        var isStarted = false
        var wakePending = false
    }

    /// How many connections the loop has, for whoever spreads new ones.
    package var load: Int { population.load(ordering: .relaxed) }

    private let name: String
    private let inbox = Mutex(Inbox())
    private let population = Atomic(0)
    private let epoll: Int32
    private let wake: Int32
    private let threadID = Atomic<UInt>(0)
    private var timers = TimerHeap()
    private var members = SlotTable()
    private var dirty: [any LoopMember] = []
    private var residents: [ObjectIdentifier: AnyObject] = [:]
    /// Where a channel's leftover bytes pass through on their way to its queue.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)

    private static let wakeKey = UInt64.max
    private static let burst = 512

    package init(name: String) throws {
        SSHLibrary.prepare()
        self.name = name
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        guard epoll >= 0, wake >= 0 else { throw SSHError.system("cannot create an event loop", errno) }
        control(EPOLL_CTL_ADD, wake, EPOLLIN.rawValue, Self.wakeKey)
    }

    deinit {
        close(epoll)
        close(wake)
        scratch.deallocate()
    }

    /// Starts the thread. Jobs enqueued before wait for it.
    package func start() {
        let isFirst = inbox.withLock { inbox in
            defer { inbox.isStarted = true }
            return !inbox.isStarted
        }
        guard isFirst else { return }
        Threads.spawn(name: name) { [self] in run() }
    }

    /// Ends the thread once nothing lives on it any more.
    package func stop() {
        inbox.withLock { $0.isStopping = true }
        ring()
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustRing = inbox.withLock { inbox in
            inbox.jobs.append(job)
            defer { inbox.wakePending = true }
            return !inbox.wakePending
        }
        if mustRing, !isCurrent { ring() }
    }

    /// Calls `body` on the loop soon. For callbacks from other threads; tasks use an actor.
    package func post(_ body: @escaping @Sendable () -> Void) {
        let mustRing = inbox.withLock { inbox in
            inbox.calls.append(body)
            defer { inbox.wakePending = true }
            return !inbox.wakePending
        }
        if mustRing, !isCurrent { ring() }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        precondition(isCurrent, "must run on the loop \(name)")
    }

    /// Whether the caller runs on this loop's thread.
    package var isCurrent: Bool { threadID.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func ring() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }

    /// The one thing of its type that lives on this loop, made when it is first asked for. Only from the loop.
    package func resident<Resident: AnyObject>(_ make: () -> Resident) -> Resident {
        let key = ObjectIdentifier(Resident.self)
        if let known = residents[key] as? Resident { return known }
        let made = make()
        residents[key] = made
        return made
    }

    // MARK: Timers

    /// Calls `body` on the loop after `delay`, unless the timer is cancelled first. Only from the loop. Never too early by any
    /// clock: whoever then looks at one and finds that time is left would wait for a call that does not come again.
    @discardableResult
    package func after(_ delay: Duration, _ body: @escaping () -> Void) -> LoopTimer {
        timers.add(at: Monotonic.now + 1 + delay.milliseconds, body)
    }

    /// Lets the calling actor, which lives on this loop, sleep.
    package nonisolated(nonsending) func sleep(for delay: Duration) async {
        let signal = LoopSignal()
        after(delay) { signal.fire() }
        await signal.wait()
    }

    // MARK: Members

    func add(_ member: any LoopMember, descriptor: Int32, events: UInt32) -> UInt64 {
        let key = members.add(member)
        population.add(1, ordering: .relaxed)
        control(EPOLL_CTL_ADD, descriptor, events, key)
        return key
    }

    func change(_ key: UInt64, descriptor: Int32, events: UInt32) {
        control(EPOLL_CTL_MOD, descriptor, events, key)
    }

    /// Forgets a member. Its descriptor may be closed already: epoll has forgotten it then by itself, and the number may
    /// belong to somebody else, which is why only an open one is removed here.
    func remove(_ key: UInt64, openDescriptor: Int32?) {
        guard members.remove(key) else { return }
        population.subtract(1, ordering: .relaxed)
        if let openDescriptor { control(EPOLL_CTL_DEL, openDescriptor, 0, key) }
    }

    /// Has the member serviced before the loop sleeps. Callbacks of libssh call this, and do nothing else.
    func mark(_ member: any LoopMember) {
        dirty.append(member)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ events: UInt32, _ key: UInt64) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = key
        epoll_ctl(epoll, operation, descriptor, &event)
    }

    // MARK: The thread

    private func run() {
        threadID.store(UInt(pthread_self()), ordering: .relaxed)
        let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: Self.burst)
        defer { events.deallocate() }
        while true {
            let (hasMore, wantsToStop) = work()
            if wantsToStop, !hasMore, members.isEmpty { break }
            let timeout = hasMore ? 0 : timers.wait(from: Monotonic.now)
            let count = epoll_wait(epoll, events.baseAddress, Int32(Self.burst), timeout)
            for event in events.prefix(Int(max(0, count))) {
                if event.data.u64 == Self.wakeKey {
                    var value: UInt64 = 0
                    _ = read(wake, &value, 8)
                } else {
                    members[event.data.u64]?.ready(event.events)
                }
            }
            for body in timers.due(at: Monotonic.now) { body() }
        }
    }

    /// Runs what is waiting, once: jobs of actors, and members that callbacks have marked. What these cause in turn waits
    /// for the next round, so that no connection keeps the others from their events.
    private func work() -> (hasMore: Bool, wantsToStop: Bool) {
        let (jobs, calls) = inbox.withLock { inbox in
            defer {
                inbox.jobs = []
                inbox.calls = []
                inbox.wakePending = false
            }
            return (inbox.jobs, inbox.calls)
        }
        let marked = dirty
        dirty = []
        for member in marked { member.service() }
        for call in calls { call() }
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        return inbox.withLock { (!$0.jobs.isEmpty || !$0.calls.isEmpty || !dirty.isEmpty, $0.isStopping) }
    }
}
