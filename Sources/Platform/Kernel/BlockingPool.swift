import Glibc

/// A few threads of its own for work that blocks or burns a core, with a queue that has an end.
///
/// The cooperative pool has one thread per core: a password hash or an `fsync` on it stalls every request. Threads start
/// with the first work and end when the pool is released and its queue is empty.
package final class BlockingPool: Sendable {
    /// The queue is full: refuse the caller now, rather than everybody later.
    package struct Busy: Error, Equatable {
        package init() {}
    }

    /// For work that would take all cores there are: while others are at work, fewer threads do it, and those run only
    /// where a core would idle. What has waited for them too long is done by the threads that work otherwise.
    package struct Courtesy: Sendable {
        package let threadsBesideOthers: Int
        package let patience: Duration
        package let areOthersAtWork: @Sendable () -> Bool
        /// Whether more comes than can be done. It is turned away anyway, and the calls of others are not: while both hold,
        /// a thread rests behind each job, `rest` times as long as it took.
        package let isOverrun: @Sendable () -> Bool
        package let rest: Double
        /// What each thread does first, to be the one that waits where there is not enough of the machine.
        package let giveWay: @Sendable () -> Void
        /// The same for the threads that work beside others.
        package let standBack: @Sendable () -> Void

        package init(
            threadsBesideOthers: Int, patience: Duration = .seconds(2), rest: Double = 0,
            areOthersAtWork: @escaping @Sendable () -> Bool, isOverrun: @escaping @Sendable () -> Bool = { false },
            giveWay: @escaping @Sendable () -> Void = {}, standBack: @escaping @Sendable () -> Void = {}
        ) {
            precondition(threadsBesideOthers > 0 && rest >= 0)
            self.threadsBesideOthers = threadsBesideOthers
            self.patience = patience
            self.rest = rest
            self.areOthersAtWork = areOthersAtWork
            self.isOverrun = isOverrun
            self.giveWay = giveWay
            self.standBack = standBack
        }
    }

    private let shared: Shared

    /// A pool of at most `threads` threads; `waiting` jobs may queue for them.
    package init(threads: Int, waiting: Int, courtesy: Courtesy? = nil) {
        precondition(threads > 0 && waiting >= 0)
        shared = Shared(threads: threads, waiting: waiting, courtesy: courtesy)
    }

    deinit { shared.close() }

    /// Queues a job without waiting for it.
    package func submit(_ job: @escaping @Sendable () -> Void) throws(Busy) {
        guard shared.enqueue(job) else { throw Busy() }
    }

    /// Runs a job and returns what it returns.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let queued = shared.enqueue { continuation.resume(with: Result(catching: body)) }
            if !queued { continuation.resume(throwing: Busy()) }
        }
    }
}

/// What pool and threads both hold, so that a thread never keeps the pool alive.
///
/// Safe because every field is read and written with the lock held.
private final class Shared: @unchecked Sendable {
    private struct Job {
        let body: @Sendable () -> Void
        let queuedAt: ContinuousClock.Instant
    }

    /// Which threads: those who work as they come, or those who work beside others.
    enum Kind { case eager, humble }

    /// The threads of a kind.
    private struct Crew {
        let limit: Int
        let arrived: UnsafeMutablePointer<pthread_cond_t>
        var threads = 0
        var idle = 0
        var busy = 0

        init(limit: Int) {
            self.limit = limit
            arrived = .allocate(capacity: 1)
            var attributes = pthread_condattr_t()
            pthread_condattr_init(&attributes)
            pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
            pthread_cond_init(arrived, &attributes)
            pthread_condattr_destroy(&attributes)
        }

        func destroy() {
            pthread_cond_destroy(arrived)
            arrived.deallocate()
        }
    }

    private let waiting: Int
    private let courtesy: BlockingPool.Courtesy?
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var queue: [Job] = []
    private var taken = 0
    private var eager: Crew
    private var humble: Crew
    private var isClosed = false

    init(threads: Int, waiting: Int, courtesy: BlockingPool.Courtesy?) {
        self.waiting = waiting
        self.courtesy = courtesy
        eager = Crew(limit: threads)
        humble = Crew(limit: courtesy?.threadsBesideOthers ?? 0)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        eager.destroy()
        humble.destroy()
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    func enqueue(_ body: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        let queued = queue.count - taken
        guard queued < waiting + max(0, eager.limit - eager.busy - humble.busy) else { return false }
        queue.append(Job(body: body, queuedAt: .now))
        // Whoever it is not for looks how long it waits.
        call(.eager, queued: queued)
        call(.humble, queued: queued)
        if eager.threads == 0 {
            queue.removeLast()
            return false
        }
        return true
    }

    private subscript(kind: Kind) -> Crew {
        get { kind == .eager ? eager : humble }
        set { if kind == .eager { eager = newValue } else { humble = newValue } }
    }

    /// Wakes somebody up who is free, or starts a thread.
    private func call(_ kind: Kind, queued: Int) {
        let crew = self[kind]
        if crew.idle > 0 { pthread_cond_signal(crew.arrived) }
        if crew.idle <= queued, crew.threads < crew.limit, start(kind) { self[kind].threads += 1 }
    }

    func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_cond_broadcast(eager.arrived)
        pthread_cond_broadcast(humble.arrived)
        pthread_mutex_unlock(lock)
    }

    private final class Start: Sendable {
        let shared: Shared
        let kind: Kind

        init(_ shared: Shared, _ kind: Kind) {
            self.shared = shared
            self.kind = kind
        }
    }

    private func start(_ kind: Kind) -> Bool {
        var thread = pthread_t()
        let start = Unmanaged.passRetained(Start(self, kind))
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                start.shared.work(start.kind)
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func work(_ kind: Kind) {
        if kind == .humble { courtesy?.standBack() } else { courtesy?.giveWay() }
        while let job = next(kind) {
            let start = ContinuousClock.now
            job()
            rest(behind: .now - start)
            pthread_mutex_lock(lock)
            self[kind].busy -= 1
            // Whoever stood back may be wanted now.
            if courtesy != nil, taken < queue.count {
                pthread_cond_signal(eager.arrived)
                pthread_cond_signal(humble.arrived)
            }
            pthread_mutex_unlock(lock)
        }
    }

    /// On a core that a long job holds, even the humblest, the kernel wakes others up only now and then.
    private func rest(behind work: Duration) {
        guard let courtesy, courtesy.rest > 0, courtesy.isOverrun(), courtesy.areOthersAtWork() else { return }
        let rest = min(work * courtesy.rest, .milliseconds(200)).components
        var time = timespec(tv_sec: Int(rest.seconds), tv_nsec: Int(rest.attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }

    private func next(_ kind: Kind) -> (@Sendable () -> Void)? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while taken == queue.count || !isFor(kind, queue[taken]) {
            if taken == queue.count, isClosed { return nil }
            self[kind].idle += 1
            wait(for: kind)
            self[kind].idle -= 1
        }
        let job = queue[taken]
        taken += 1
        self[kind].busy += 1
        if taken == queue.count {
            queue.removeAll(keepingCapacity: queue.capacity < 1024)
            taken = 0
        } else if taken > 256, taken * 2 > queue.count {
            queue.removeFirst(taken)
            taken = 0
        }
        return job.body
    }

    /// Whether the next job is for threads of the kind. If not, the others are told, who may have looked a moment earlier.
    private func isFor(_ kind: Kind, _ job: Job) -> Bool {
        guard let courtesy, !isClosed else { return true }
        let beside = courtesy.areOthersAtWork()
        switch kind {
        case .humble where beside, .eager where !beside: return true
        case .eager where eager.busy < courtesy.threadsBesideOthers && job.queuedAt + courtesy.patience <= .now:
            return true
        case .humble: pthread_cond_signal(eager.arrived)
        case .eager: pthread_cond_signal(humble.arrived)
        }
        return false
    }

    /// Until somebody calls; one who stands back looks again when the next job has waited long enough.
    private func wait(for kind: Kind) {
        let crew = self[kind]
        guard kind == .eager, let courtesy, taken < queue.count, crew.busy < courtesy.threadsBesideOthers else {
            pthread_cond_wait(crew.arrived, lock)
            return
        }
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        let left = max(.zero, queue[taken].queuedAt + courtesy.patience - .now).components
        let nanoseconds = end.tv_nsec + Int(left.attoseconds / 1_000_000_000)
        end.tv_sec += Int(left.seconds) + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(crew.arrived, lock, &end)
    }
}
