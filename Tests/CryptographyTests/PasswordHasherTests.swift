import Cryptography
import Foundation
import Kernel
import Synchronization
import Testing

@Suite struct PasswordHasherTests {
    private static let cheap = Argon2Cost(kibibytes: 64, passes: 1)
    private static let salt = "c29tZXNhbHQxNmJ5dGVzIQ"
    private static let tag = "xVKnHA0COppR7bqGJKOsj/qNUodzXXFezfyO0qH5axw"
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

    /// What the reference's library (libargon2 20171227) made of "somesalt16bytes!".
    @Test(arguments: [
        ("password", "m=64,t=1,p=1$", "xVKnHA0COppR7bqGJKOsj/qNUodzXXFezfyO0qH5axw"),
        ("correct horse battery", "m=19456,t=2,p=1$", "1TfTh8GEI3XG3XDAhWY28tYhiBOhwulXdJq4Lq7+naM"),
        ("påsswörd 密码", "m=8,t=3,p=1$", "ItRZ22kN0K3xatE55EB48A"),
        ("a\0b", "m=65536,t=1,p=1$", "WXObeyuHE+Vivurh54Pf4CzZVTuyJZlQ"),
        (
            String(repeating: "x", count: 1024), "m=1000,t=5,p=1$",
            "SqIg+L3D6J3pwcqcgvL2t6X7nFhLDPPT9nbgBKsV4kYXYG0bjHugyIieG4OkOqLfJqJjLPlqAOLBspcnlFfpfQ"
        ),
    ])
    func `a hash that another program made is taken`(password: String, cost: String, tag: String) async throws {
        let hash = "$argon2id$v=19$\(cost)c29tZXNhbHQxNmJ5dGVzIQ$\(tag)"
        #expect(try await hasher.verify(password, against: hash))
        #expect(try await !hasher.verify(String(password.dropLast()) + "?", against: hash))
        #expect(hasher.needsRehash(hash) == !cost.hasPrefix("m=64,"))
    }

    @Test func `what everybody gets is OWASP's cost`() async throws {
        let hash = try await PasswordHasher(threads: 1).hash("correct horse battery")
        #expect(hash.wholeMatch(of: /\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+\/]{22}\$[A-Za-z0-9+\/]{43}/) != nil)
    }

    @Test func `without memory there is no answer, neither for the right password nor for another`() async throws {
        // In a process of its own, which has no memory for anything else either.
        await #expect(processExitsWith: .success) {
            let hasher = try PasswordHasher(cost: Argon2Cost(kibibytes: 8, passes: 1), threads: 1)
            let large = "$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQxNmJ5dGVzIQ$WXObeyuHE+Vivurh54Pf4CzZVTuyJZlQ"
            let small = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQxNmJ5dGVzIQ$xVKnHA0COppR7bqGJKOsj/qNUodzXXFezfyO0qH5axw"
            // The thread is there before there is no more room for one. So small a hash has it keep no memory.
            #expect(try await hasher.verify("password", against: small))
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).prefix { $0 != " " }
            let here = try #require(UInt(pages)) * UInt(sysconf(Int32(_SC_PAGESIZE)))
            let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
            var before = rlimit()
            getrlimit(resource, &before)
            var limit = rlimit(rlim_cur: here + 32 << 20, rlim_max: before.rlim_max)
            setrlimit(resource, &limit)
            await #expect(throws: PasswordError.failed(code: ENOMEM)) {
                try await hasher.verify("a\0b", against: large)
            }
            await #expect(throws: PasswordError.failed(code: ENOMEM)) { try await hasher.verify("x", against: large) }
            setrlimit(resource, &before)
            #expect(try await hasher.verify("a\0b", against: large))
            #expect(try await !hasher.verify("x", against: large))
        }
    }

    @Test func `an unknown name costs the same and is refused`() async throws {
        #expect(try await !hasher.verify("anything", againstKnown: nil))
    }

    @Test func `its threads give way to all others, and run where nobody else would while others are at work`()
        async throws
    {
        _ = try await hasher.hash("x")
        // See proc_pid_stat(5) and sched(7): nice 10 in the batch class.
        #expect(try wishes().contains("10 3"))
        _ = try await PasswordHasher(cost: Self.cheap, threads: 1, areOthersAtWork: { true }).hash("x")
        #expect(try wishes().contains("10 5"))
    }

    /// Nice value and class of each thread of the process.
    private func wishes() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap { thread in
            // Another thread may have ended meanwhile.
            guard let stat = try? String(contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8),
                let name = stat.lastIndex(of: ")")
            else { return nil }
            // They are the 19th and the 41st, and names may have blanks.
            let words = stat[name...].split(separator: " ")
            return "\(words[17]) \(words[39])"
        }
    }

    @Test func `a hash of another cost wants to be made again`() async throws {
        let hash = try await hasher.hash("x")
        #expect(!hasher.needsRehash(hash))
        #expect(try PasswordHasher(cost: Argon2Cost(kibibytes: 64, passes: 2)).needsRehash(hash))
        #expect(hasher.needsRehash("$2b$12$abcdefghijklmnopqrstuv"))
    }

    @Test(arguments: [
        "", "plain", "argon2i$v=19$m=64,t=1,p=1$\(salt)$\(tag)", "argon2id$v=16$m=64,t=1,p=1$\(salt)$\(tag)",
        "argon2id$v=19$m=4194304,t=1,p=1$\(salt)$\(tag)", "argon2id$v=19$m=64,t=4000000000,p=1$\(salt)$\(tag)",
        "argon2id$v=19$m=7,t=1,p=1$\(salt)$\(tag)", "argon2id$v=19$m=64,t=0,p=1$\(salt)$\(tag)",
        "argon2id$v=19$m=64,t=1,p=4$\(salt)$\(tag)", "argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$\(tag)",
        "argon2id$v=19$m=64,t=1,p=1$\(salt)$AAAA", "argon2id$v=19$m=64,t=1,p=1$\(salt)$\(tag.dropLast())!",
        "argon2id$v=19$m=64,t=1,p=1$\(salt)$\(tag)$\(tag)", "argon2id$v=19$m=64,t=1,p=1$\(salt)$\(tag)\0",
    ])
    func `a stored hash that is damaged or absurd is refused without work`(hash: String) async {
        await #expect(throws: PasswordError.malformedHash) { try await hasher.verify("x", against: "$" + hash) }
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
