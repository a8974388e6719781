import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity
@testable import Tickets

/// What happens at the same moment as somebody at a gateway begins to wait, comes in or leaves.
@Suite struct ReviewRaceTests {
    private struct Stop: Error {}

    @Test func `rules that change while somebody begins to wait are the ones that count`() async throws {
        let scene = try await SignInRuleScene()
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let changing = try await scene.house.test.superuser()
        try await changing.run(script: "begin; update tenant_sign_in_rules set rules = '[]', version = version + 1")
        try await withThrowingTaskGroup(of: GatewaySignIn.Entry.self) { group in
            group.addTask { try await scene.gateway(scene.bob.visitor) }
            try await scene.house.test.untilSomebodyWaitsForALock()
            try await changing.run(script: "commit")
            #expect(try await group.next() == .admitted)
        }
        #expect(try await scene.waiting(scene.ada).isEmpty)
    }

    @Test func `nobody is asked, and no word is used up, where what becomes of it is not kept`() async throws {
        let scene = try await SignInRuleScene()
        let (house, gateway) = (scene.house, scene.house.identity.gateway)
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scene.scope))
        func come(keeping keep: (GatewaySignIn.Entry) throws -> Void) async throws -> GatewaySignIn.Entry {
            try await gateway.admitted(
                person, by: .password, showing: .authenticator, attempt: "one", from: "192.0.2.1", at: house.now,
                in: scene.scope
            ) { entry, _ in try keep(entry) }
        }
        func go(keeping keep: (GatewaySignIn.Entry) throws -> Void) async throws -> GatewaySignIn.Entry {
            try await gateway.resumed(
                person, by: .password, attempt: "one", from: "192.0.2.1", at: house.now, in: scene.scope
            ) { entry, _ in try keep(entry) }
        }
        var kept: [GatewaySignIn.Entry] = []
        await #expect(throws: Stop.self) { try await come { _ in throw Stop() } }
        #expect(try await scene.waiting(scene.ada).isEmpty)
        let waits = try await come { kept.append($0) }
        #expect(kept == [waits])
        // Nor is it taken back.
        await #expect(throws: Stop.self) {
            try await gateway.left(person.id, attempt: "one", at: house.now, in: scene.scope) { _ in throw Stop() }
        }
        #expect(try await scene.waiting(scene.ada).count == 1)
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        await #expect(throws: Stop.self) { try await go { _ in throw Stop() } }
        #expect(try await go { kept.append($0) } == .admitted)
        #expect(kept == [waits, .admitted])
        #expect(try await scene.waiting(scene.ada).isEmpty)
    }

    @Test func `of many who go on from one attempt at once one comes in, and nobody is asked again`() async throws {
        let scene = try await SignInRuleScene()
        let house = scene.house
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scene.scope))
        let first = try await house.identity.gateway.admitted(
            person, by: .password, showing: .authenticator, attempt: "one", from: "192.0.2.1", at: house.now,
            in: scene.scope)
        guard case .waits = first else { return #expect(Bool(false), "\(first)") }
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        let entries = try await withThrowingTaskGroup(of: GatewaySignIn.Entry.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await house.identity.gateway.resumed(
                        person, by: .password, attempt: "one", from: "192.0.2.1", at: house.now, in: scene.scope)
                }
            }
            return try await group.reduce(into: [GatewaySignIn.Entry]()) { $0.append($1) }
        }
        #expect(entries.count { $0 == .admitted } == 1)
        #expect(entries.count { $0 == .kept(out: "This sign-in was ended meanwhile. Sign in again.") } == 7)
        #expect(try await scene.waiting(scene.ada).isEmpty)
    }

    @Test(arguments: [("auth.review", "token"), ("auth.cli-review", "attempt")])
    func `whoever ends a person's sign-ins while one of them is looked at does so`(_ call: String, _ field: String)
        async throws
    {
        let scene = try await SignInRuleScene()
        let bob = scene.bob
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let waits =
            try await field == "token" ? scene.come(bob.visitor) : scene.commandLine(bob.visitor)
        let ending = try await scene.house.test.superuser()
        try await ending.run(script: "begin")
        _ = try await ending.execute("update users set name = 'Bob' where user_id = \(bob.id)")
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { try await bob.visitor.open(call, .object([JSON.Member(field, .string(waits[field]))])) }
            try await scene.house.test.untilSomebodyWaitsForALock()
            // The other one waits for the person, and holds nothing that is waited for here.
            _ = try await ending.execute("delete from sign_ins where user_id = \(bob.id)")
            try await ending.run(script: "commit")
            #expect(try await group.next()?.problem == "sign-in-expired")
        }
    }
}
