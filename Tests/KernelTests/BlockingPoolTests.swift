import Dispatch
import Foundation
import Kernel
import Synchronization
import Testing

@Suite struct BlockingPoolTests {
    @Test func `jobs run on a few threads and return what they return`() async throws {
        let pool = BlockingPool(threads: 3, waiting: 1000)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<500 { group.addTask { try await pool.run { number } } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 500 * 499 / 2)
    }

    @Test func `an error comes back to the caller`() async {
        struct Mine: Error {}
        let pool = BlockingPool(threads: 1, waiting: 0)
        await #expect(throws: Mine.self) { try await pool.run { throw Mine() } }
    }

    @Test func `a full queue refuses, and takes again when it has room`() async throws {
        let pool = BlockingPool(threads: 2, waiting: 1)
        let gate = DispatchSemaphore(value: 0)
        let done = Mutex(0)
        for _ in 0..<3 {
            try pool.submit {
                gate.wait()
                done.withLock { $0 += 1 }
            }
        }
        #expect(throws: BlockingPool.Busy.self) { try pool.submit {} }
        for _ in 0..<3 { gate.signal() }
        while done.withLock({ $0 }) < 3 { await Task.yield() }
        #expect(try await pool.run { true })
    }

    @Test func `work that is queued is done although the pool was released`() async {
        let done = Mutex(0)
        await withCheckedContinuation { continuation in
            let pool = BlockingPool(threads: 1, waiting: 100)
            for number in 0..<50 {
                try? pool.submit {
                    let last = done.withLock { done in
                        done += 1
                        return done == 50
                    }
                    if last { continuation.resume() }
                    _ = number
                }
            }
        }
        #expect(done.withLock { $0 } == 50)
    }

    @Test func `a courteous pool has fewer threads while others are at work`() async throws {
        let areOthersAtWork = Mutex(true)
        let pool = BlockingPool(
            threads: 2, waiting: 100,
            courtesy: BlockingPool.Courtesy(threadsBesideOthers: 1, patience: .seconds(3600)) {
                areOthersAtWork.withLock { $0 }
            })
        let running = Mutex((now: 0, most: 0, done: 0))
        for _ in 0..<20 {
            try pool.submit {
                running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.done) }
                Thread.sleep(forTimeInterval: 0.002)
                running.withLock { $0 = ($0.now - 1, $0.most, $0.done + 1) }
            }
        }
        while running.withLock({ $0.done }) < 20 { await Task.yield() }
        #expect(running.withLock { $0.most } == 1)
        areOthersAtWork.withLock { $0 = false }
        // Each waits for the other, so both must run.
        let (one, other) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let first: Void = pool.run {
            one.signal()
            other.wait()
        }
        try await pool.run {
            other.signal()
            one.wait()
        }
        try await first
    }

    @Test func `a courteous pool rests behind each job while more comes than can be done`() async throws {
        let pool = BlockingPool(
            threads: 1, waiting: 10,
            courtesy: BlockingPool.Courtesy(
                threadsBesideOthers: 1, patience: .seconds(3600), rest: 3, areOthersAtWork: { true },
                isOverrun: { true }))
        let work: @Sendable () -> ContinuousClock.Instant = {
            Thread.sleep(forTimeInterval: 0.02)
            return .now
        }
        async let one = pool.run(work)
        async let other = pool.run(work)
        let (first, second) = try await (one, other)
        // Three times the 20 ms of rest, and the 20 ms of the other.
        let apart = max(first, second) - min(first, second)
        #expect(apart >= .milliseconds(80))
    }

    @Test func `what waits for a thread that gets no time is done by another, one at a time`() async throws {
        let (kind, record) = (ThreadKind(), Record())
        let pool = BlockingPool(
            threads: 2, waiting: 100,
            courtesy: BlockingPool.Courtesy(
                threadsBesideOthers: 1, patience: .milliseconds(50), areOthersAtWork: { true },
                giveWay: { kind.set("eager") }, standBack: { kind.set("humble") }))
        let (stuck, free) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let first: String = pool.run {
            stuck.signal()
            free.wait()
            return kind.get()
        }
        await Self.wait(for: stuck)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await pool.run {
                        record.begin(kind.get())
                        Thread.sleep(forTimeInterval: 0.002)
                        record.end()
                    }
                }
            }
            try await group.waitForAll()
        }
        free.signal()
        // On a machine that is busy with something else, the first one may have waited as well.
        let other = try await first == "humble" ? "eager" : "humble"
        #expect(record.names == Array(repeating: other, count: 10))
        #expect(record.most == 1)
    }

    private final class Record: Sendable {
        private let state = Mutex((now: 0, most: 0, names: [String]()))

        var names: [String] { state.withLock { $0.names } }
        var most: Int { state.withLock { $0.most } }

        func begin(_ name: String) {
            state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.names + [name]) }
        }

        func end() { state.withLock { $0.now -= 1 } }
    }

    /// Off the cooperative pool, whose threads are not to be blocked.
    private static func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }

    /// What a thread was told about itself.
    private struct ThreadKind: Sendable {
        func set(_ kind: String) { Thread.current.threadDictionary["kind"] = kind }
        func get() -> String { Thread.current.threadDictionary["kind"] as? String ?? "" }
    }
}
