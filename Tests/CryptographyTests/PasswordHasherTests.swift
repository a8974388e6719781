import Cryptography
import FoundationEssentials
import Kernel
import Synchronization
import Testing

@Suite struct PasswordHasherTests {
    private static let cheap = Argon2Cost(kibibytes: 64, passes: 1)
    private let hasher: PasswordHasher

    init() throws {
        hasher = try PasswordHasher(cost: Self.cheap, threads: 1, waiting: 4)
    }

    @Test func `a password matches its own hash and no other`() async throws {
        let hash = try await hasher.hash("correct horse")
        #expect(hash.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(try await hasher.verify("correct horse", against: hash))
        #expect(try await !hasher.verify("correct hors", against: hash))
        #expect(try await hasher.hash("correct horse") != hash)
    }

    @Test func `a hash that another program made is taken`() async throws {
        // argon2-cffi 23: argon2id, m=64, t=1, p=1, password "password", salt "somesalt".
        let hash = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$cpx6VEQbwTVZvcpxNIxOVUWZ5xnAipUmAe1cg2GMG70"
        #expect(try await hasher.verify("password", against: hash))
        #expect(try await !hasher.verify("Password", against: hash))
    }

    @Test func `an unknown name costs the same and is refused`() async throws {
        #expect(try await !hasher.verify("anything", againstKnown: nil))
    }

    @Test func `its threads give way to all others`() async throws {
        _ = try await hasher.hash("x")
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap { thread in
            // Another thread may have ended meanwhile.
            try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8)
        }
        // See proc_pid_stat(5): nice is the 19th and policy the 41st, and names may have blanks.
        let wishes = threads.map { $0[$0.lastIndex(of: ")")!...].split(separator: " ") }
        #expect(wishes.contains { $0[17] == "10" && $0[39] == "3" })
    }

    @Test func `a hash of another cost wants to be made again`() async throws {
        let hash = try await hasher.hash("x")
        #expect(!hasher.needsRehash(hash))
        #expect(try PasswordHasher(cost: Argon2Cost(kibibytes: 64, passes: 2)).needsRehash(hash))
        #expect(hasher.needsRehash("$2b$12$abcdefghijklmnopqrstuv"))
    }

    @Test(arguments: [
        "", "plain", "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHQ$AAAA",
        "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=64,t=4000000000,p=1$c29tZXNhbHQ$AAAA",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$!!!!",
    ])
    func `a stored hash that is damaged or absurd is refused without work`(hash: String) async {
        await #expect(throws: PasswordError.malformedHash) { try await hasher.verify("x", against: hash) }
    }

    @Test func `empty and endless passwords are refused`() async {
        await #expect(throws: PasswordError.length) { try await hasher.hash("") }
        await #expect(throws: PasswordError.length) {
            try await hasher.hash(String(repeating: "x", count: 1025))
        }
    }

    @Test func `a flood waits up to the limit and is refused beyond it`() async throws {
        let slow = try PasswordHasher(cost: Argon2Cost(kibibytes: 32_768, passes: 2), threads: 1, waiting: 4)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do {
                        _ = try await slow.hash("x")
                        return true
                    } catch {
                        return !(error is BlockingPool.Busy)
                    }
                }
            }
            return await group.reduce(into: [true: 0, false: 0]) { $0[$1, default: 0] += 1 }
        }
        #expect(outcomes[true, default: 0] >= 5)
        #expect(outcomes[false, default: 0] > 0)
        #expect(try await !slow.verify("after the flood", againstKnown: nil))
    }

    @Test func `who floods waits in turns, and is refused when too many do`() async throws {
        // One for the thread and two who are looked up, and four in line.
        let (loud, quiet) = (TenantID.new(at: Date()), TenantID.new(at: Date()))
        let gate = Gate()
        let hasher = hasher
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { try await Self.isServed(loud, hasher, gate) } }
            var refused = 0
            while refused < 13, let served = try await group.next() { refused += served ? 0 : 1 }
            // Whoever comes now is told without trying.
            #expect(!hasher.hasRoom(for: loud) && hasher.hasRoom(for: quiet))
            gate.open()
            for try await served in group { refused += served ? 0 : 1 }
            #expect(refused == 13)
        }
        #expect(hasher.hasRoom(for: loud))
        #expect(try await hasher.inTurn(of: quiet) { true })
    }

    private static func isServed(_ tenant: TenantID, _ hasher: PasswordHasher, _ gate: Gate) async throws -> Bool {
        do {
            return try await hasher.inTurn(of: tenant) {
                await gate.pass()
                return true
            }
        } catch is BlockingPool.Busy {
            return false
        }
    }

    /// Holds everybody until it is opened.
    private final class Gate: Sendable {
        private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

        func pass() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }
}
