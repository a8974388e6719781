import CKeptMemory
import Foundation
import Testing

@testable import Cryptography

/// Each on a thread of its own, whose memory it is.
@Suite struct KeptMemoryTests {
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.start()
        }
    }

    private static func isRight(_ kibibytes: UInt32) throws -> Bool {
        let cost = Argon2Cost(kibibytes: kibibytes, passes: 1)
        let encoded = try Argon2.encodedHash(of: "correct horse".utf8, cost: cost)
        let hash = try Argon2Hash(parsing: encoded)
        func fits(_ typed: String) throws -> Bool {
            try SecretBytes(typed.utf8).withBytes { try Argon2.verify($0, against: hash) }
        }
        return try fits("correct horse") && !fits("correct hors")
    }

    /// A mapping that is new from the kernel is empty, and memory that was written to is not.
    private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
        let address = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return address == MAP_FAILED ? nil : address
    }

    @Test func `hashes of one thread share its memory, whatever their size`() async throws {
        let result = await Self.onThread {
            Result {
                let before = kept_memory_served()
                let right = try [19_456, 8, 65_536, 1024, 19_456, 100_000, 19_456].map(Self.isRight)
                return (before, right, kept_memory_served())
            }
        }
        let (before, right, after) = try result.get()
        #expect(!before)
        #expect(right.allSatisfy { $0 })
        #expect(after)
    }

    @Test func `what is lent is kept, and nothing else is`() async throws {
        let failures = await Self.onThread {
            var failures: [String] = []
            func hold(_ condition: Bool, _ words: String) { if !condition { failures.append(words) } }
            let size = 4 << 20
            kept_memory_lend()
            guard let first = Self.map(size), let second = Self.map(size) else { return ["no memory"] }
            hold(first != second, "one memory was lent twice")
            first.storeBytes(of: 42, as: UInt8.self)
            second.storeBytes(of: 43, as: UInt8.self)
            hold(munmap(second, size) == 0 && munmap(first, size) == 0, "a mapping could not be ended")
            let again = Self.map(size)
            hold(again == first && again?.load(as: UInt8.self) == 42, "it was not kept")
            if let again { munmap(again, size) }
            let small = Self.map(4096)
            hold(small != first && small?.load(as: UInt8.self) == 0, "a small mapping was lent")
            if let small { munmap(small, 4096) }
            kept_memory_take_back()
            let later = Self.map(size)
            hold(later != first && later?.load(as: UInt8.self) == 0, "it was lent to whoever did not ask")
            if let later { munmap(later, size) }
            kept_memory_release()
            return failures
        }
        #expect(failures == [])
    }

    @Test func `a thread that ends leaves nothing behind`() async throws {
        func resident() throws -> Int {
            let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
            return try #require(Int(fields[1])) * 4096
        }
        let before = try resident()
        for _ in 0..<40 {
            let isRight = await Self.onThread { (try? Self.isRight(19_456)) == true }
            #expect(isRight)
        }
        // Forty times what one keeps would be 800 MB.
        #expect(try resident() - before < 200 << 20)
    }

    @Test func `threads hash beside each other in memory of their own`() async throws {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask { await Self.onThread { (0..<8).allSatisfy { _ in (try? Self.isRight(2048)) == true } } }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
