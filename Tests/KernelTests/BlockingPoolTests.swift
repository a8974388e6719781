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
            courtesy: BlockingPool.Courtesy(threadsBesideOthers: 1) { areOthersAtWork.withLock { $0 } })
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
}
