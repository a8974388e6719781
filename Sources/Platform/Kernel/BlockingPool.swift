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

    /// For work that would take all cores there are: its threads let every other thread go first, and there are fewer of
    /// them while others are at work.
    package struct Courtesy: Sendable {
        package let threadsBesideOthers: Int
        package let areOthersAtWork: @Sendable () -> Bool
        /// What each thread does first, to be the one that waits where there is not enough of the machine.
        package let giveWay: @Sendable () -> Void

        package init(
            threadsBesideOthers: Int, areOthersAtWork: @escaping @Sendable () -> Bool,
            giveWay: @escaping @Sendable () -> Void = {}
        ) {
            precondition(threadsBesideOthers > 0)
            self.threadsBesideOthers = threadsBesideOthers
            self.areOthersAtWork = areOthersAtWork
            self.giveWay = giveWay
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
    private let limit: Int
    private let waiting: Int
    private let courtesy: BlockingPool.Courtesy?
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var queue: [@Sendable () -> Void] = []
    private var taken = 0
    private var threads = 0
    private var idle = 0
    private var busy = 0
    private var isClosed = false

    init(threads: Int, waiting: Int, courtesy: BlockingPool.Courtesy?) {
        limit = threads
        self.waiting = waiting
        self.courtesy = courtesy
        pthread_mutex_init(lock, nil)
        pthread_cond_init(arrived, nil)
    }

    deinit {
        pthread_cond_destroy(arrived)
        pthread_mutex_destroy(lock)
        arrived.deallocate()
        lock.deallocate()
    }

    func enqueue(_ job: @escaping @Sendable () -> Void) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        let queued = queue.count - taken
        guard queued < waiting + limit - busy else { return false }
        queue.append(job)
        if idle > queued {
            pthread_cond_signal(arrived)
        } else if threads < limit, start() {
            threads += 1
        } else if threads == 0 {
            queue.removeLast()
            return false
        }
        return true
    }

    func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        pthread_cond_broadcast(arrived)
        pthread_mutex_unlock(lock)
    }

    private func start() -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Shared>.fromOpaque(context).takeRetainedValue().work() }
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func work() {
        courtesy?.giveWay()
        while let job = next() {
            job()
            pthread_mutex_lock(lock)
            busy -= 1
            // Whoever stood back may be wanted now.
            if courtesy != nil, taken < queue.count { pthread_cond_signal(arrived) }
            pthread_mutex_unlock(lock)
        }
    }

    private var standsBack: Bool {
        guard let courtesy, busy >= courtesy.threadsBesideOthers else { return false }
        return courtesy.areOthersAtWork()
    }

    private func next() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while taken == queue.count || standsBack {
            guard !isClosed || taken < queue.count else {
                // Who stood back until now has no job to wait for either.
                pthread_cond_broadcast(arrived)
                return nil
            }
            idle += 1
            pthread_cond_wait(arrived, lock)
            idle -= 1
        }
        let job = queue[taken]
        taken += 1
        busy += 1
        if taken == queue.count {
            queue.removeAll(keepingCapacity: queue.capacity < 1024)
            taken = 0
        } else if taken > 256, taken * 2 > queue.count {
            queue.removeFirst(taken)
            taken = 0
        }
        return job
    }
}
