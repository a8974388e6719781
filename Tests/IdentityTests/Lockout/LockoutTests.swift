import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct LockoutTests {
    private func failures(_ house: House, _ scope: TenantScope) async throws -> Int? {
        try await house.test.database.first(
            "select failed_attempts from users where tenant_id = \(scope.tenant) and login = 'ada'", in: scope
        ) { try $0.next() }
    }

    @Test func `seven wrong passwords lock the account, and the right one says the same`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        var wrong: Answer?
        for _ in 0..<AttemptCounter.most { wrong = try await ada.password("wrong wrong wrong") }
        #expect(try await ada.password().essence == wrong?.essence)
        house.wait(AttemptLimits.firstWait - 1)
        #expect(try await ada.password().problem == "sign-in-refused")
        house.wait(1)
        #expect(try await ada.password().step == "second-factor")
        let locks = try await house.test.database.first(
            "select count(*) from events where tenant_id = \(scope.tenant) and type = 'user.locked'", in: scope
        ) { try $0.next(Int.self) }
        #expect(locks == 1)
    }

    @Test func `each further failure makes the wait twice as long`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        for _ in 0..<AttemptCounter.most { _ = try await ada.password("wrong wrong wrong") }
        for wait in [60.0, 120, 240] {
            house.wait(wait - 1)
            #expect(try await ada.password().problem == "sign-in-refused")
            house.wait(1)
            #expect(try await ada.password("wrong wrong wrong").problem == "sign-in-refused")
        }
        house.wait(480)
        #expect(try await ada.password().step == "second-factor")
    }

    @Test func `whoever guesses from elsewhere neither keeps somebody out nor ends their work`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let home = "192.0.2.1"
        house.move(to: "203.0.113.9")
        for _ in 0..<AttemptCounter.most { _ = try await ada.password("wrong wrong wrong") }
        // Where nobody knows her the account is locked, for the right password as well.
        for strange in ["203.0.113.9", "198.51.100.1"] {
            house.move(to: strange)
            #expect(try await ada.password().problem == "sign-in-refused")
        }
        // Where she came in from lately only the failures from there count.
        house.move(to: home)
        #expect(try await ada.call("me.show").status == 200)
        #expect(try await ada.call("me.step-up", body: ["code": .string(ada.freshCode())]).status == 204)
        let token = try await ada.password()["token"]
        #expect(
            try await ada.open("auth.second-factor", ["token": .string(token), "code": "000000"]).problem
                == "code-refused")
        for _ in 0..<AttemptCounter.most - 1 { _ = try await ada.password("wrong wrong wrong") }
        #expect(try await ada.password().problem == "sign-in-refused")
        house.wait(AttemptLimits.firstWait)
        try await ada.signIn()
        #expect(try await ada.call("me.show").status == 200)
    }

    @Test func `an address is familiar by a whole sign-in, for a month, and ten of them are`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        func familiar() async throws -> [String] {
            try await house.test.database.query(
                "select address from familiar_addresses where tenant_id = \(scope.tenant) order by signed_in_at",
                in: scope
            ) { try $0.next(String.self) }
        }
        house.move(to: "198.51.100.1")
        _ = try await ada.password()
        #expect(try await familiar() == ["192.0.2.1"])
        for number in 1...11 {
            house.move(to: "198.51.100.\(number)")
            try await ada.signIn()
        }
        #expect(try await familiar() == (2...11).map { "198.51.100.\($0)" })
        house.wait(FamiliarAddressStore.lifetime)
        house.move(to: "203.0.113.9")
        for _ in 0..<AttemptCounter.most { _ = try await ada.password("wrong wrong wrong") }
        house.move(to: "198.51.100.11")
        #expect(try await ada.password().problem == "sign-in-refused")
    }

    @Test func `parallel guesses count each, however fast they come`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<30 { group.addTask { _ = try await ada.password("wrong wrong wrong") } }
            try await group.waitForAll()
        }
        #expect(try await failures(house, scope) == AttemptCounter.most)
        #expect(try await ada.password().problem == "sign-in-refused")
    }

    @Test func `an attempt is counted in one step only where the account is still what was seen`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let database = house.test.database
        let login = try #require(Login(ada.login))
        func look() async throws -> Account {
            let seen = try await ProofProspect.look(login, from: nil, at: house.now, in: scope, database)
            return try #require(seen?.account)
        }
        func count(_ seen: Account) async throws -> Bool {
            let counter = AttemptCounter(failures: seen.counter.failures + 1)
            return try await AccountStore.setCounter(counter, of: seen, in: scope, database)
        }
        let first = try await look()
        #expect(try await count(first))
        // Of those who saw the same, one counts.
        #expect(try await !count(first))
        #expect(try await failures(house, scope) == 1)
        let changes = [
            "password_hash = password_hash || 'x'", "locked_until = now() + interval '1 minute'", "expires_at = now()",
            "expires_at = null, state = 'disabled'",
        ]
        for change in changes {
            let seen = try await look()
            try await house.test.superuser().run(script: "update users set \(change) where login = 'ada'")
            #expect(try await !count(seen), "\(change)")
        }
        #expect(try await failures(house, scope) == 1)
    }

    @Test func `wrong codes count as wrong passwords do, though each sign-in begins anew`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        for _ in 0..<AttemptCounter.most {
            let first = try await ada.password()
            #expect(first.step == "second-factor")
            _ = try await ada.open("auth.second-factor", ["token": .string(first["token"]), "code": "000000"])
        }
        #expect(try await failures(house, scope) == AttemptCounter.most)
        #expect(try await ada.password().problem == "sign-in-refused")
    }

    @Test func `a complete sign-in forgets the failures, a right password alone does not`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        for _ in 0..<3 { _ = try await ada.password("wrong wrong wrong") }
        _ = try await ada.password()
        #expect(try await failures(house, scope) == 3)
        try await ada.signIn()
        #expect(try await failures(house, scope) == 0)
    }

    @Test func `an administrator ends a lock`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (id, bob) = try await ada.take("bob")
        for _ in 0..<AttemptCounter.most { _ = try await bob.password("wrong wrong wrong") }
        // What is shown goes by the database's clock.
        #expect(try await bob.password().problem == "sign-in-refused")
        #expect(try await ada.call("users.unlock", [id.text]).status == 200)
        #expect(try await bob.password().step == "second-factor")
    }

    @Test func `a session that was left open does not help to guess the password`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let guess: JSON = ["current": "wrong wrong wrong", "password": "a brand new long one"]
        for _ in 0..<AttemptCounter.most {
            #expect(try await ada.call("me.password", body: guess).problem == "password-refused")
        }
        let right: JSON = ["current": .string(House.password), "password": "a brand new long one"]
        #expect(try await ada.call("me.password", body: right).problem == "password-refused")
    }
}
