import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity
@testable import Tickets

/// The same at a gateway, where the wait outlives a connection.
@Suite struct GatewayReviewTests {
    @Test func `what was proven at a gateway counts no more once the person's access was ended`() async throws {
        let scene = try await SignInRuleScene()
        let (house, bob) = (scene.house, scene.bob.visitor)
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        #expect(
            try await bob.call("me.add-ssh-key", body: ["name": "k", "publicKey": .string(SignInRuleScene.line)]).status
                == 201)
        let blob = try SSHPublicKey(line: SignInRuleScene.line).blob
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scene.scope))
        let gateway = house.identity.gateway
        func come(_ attempt: String) async throws {
            guard
                case .waits = try await gateway.admitted(
                    person, by: .password, showing: .authenticator, attempt: attempt, from: "192.0.2.1", at: house.now,
                    in: scene.scope)
            else { return #expect(Bool(false), "\(attempt)") }
            #expect(try await scene.decide(scene.ada, .approved) == .approved)
        }
        func go(_ attempt: String, by way: GatewayWay = .password) async throws -> GatewaySignIn.Entry {
            try await gateway.resumed(
                person, by: way, attempt: attempt, from: "192.0.2.1", at: house.now, in: scene.scope)
        }
        try await come("plain")
        #expect(try await go("plain") == .admitted)
        let ended = GatewaySignIn.Entry.kept(out: "This sign-in was ended meanwhile. Sign in again.")
        #expect(try await go("plain") == ended)
        // Nobody goes on from what they have not shown.
        #expect(try await go("never") == ended)

        try await come("out")
        try await house.test.database.transaction(in: scene.scope) { [scene] in
            try await OpenAccess.end(of: [scene.bob.id], .none, at: house.now, in: scene.scope, $0)
        }
        #expect(try await go("out") == ended)
        try await come("changed")
        try await house.test.database.transaction(in: scene.scope) { [scene] in
            try await SignInStore.removeAll(of: scene.bob.id, in: scene.scope, $0)
        }
        #expect(try await go("changed") == ended)

        // A key and a code: without the key, the code is nothing. It was switched off with the rest.
        _ = try await house.test.superuser().execute("update ssh_keys set disabled_at = null")
        try await gateway.remember(
            .publicKey(blob), of: person.id, attempt: "key", from: "192.0.2.1", at: house.now, in: scene.scope)
        let waits = try await gateway.resumed(
            person, by: .publicKeyAndCode, showing: .authenticator, attempt: "key", from: "192.0.2.1", at: house.now,
            in: scene.scope)
        guard case .waits = waits else { return #expect(Bool(false), "\(waits)") }
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        _ = try await house.test.superuser().execute("delete from ssh_keys where user_id = \(person.id)")
        #expect(try await go("key", by: .publicKeyAndCode) == ended)
    }

    @Test func `at a gateway the second factor has to count when somebody has agreed, too`() async throws {
        let scene = try await SignInRuleScene()
        let house = scene.house
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scene.scope))
        let gateway = house.identity.gateway
        _ = try await gateway.admitted(
            person, by: .password, showing: .authenticator, attempt: "one", from: "192.0.2.1", at: house.now,
            in: scene.scope)
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        let version = try await scene.ada.call("factor-rules.show").version
        _ = try await scene.ada.call("me.step-up", body: ["code": .string(scene.ada.freshCode())])
        let rule: JSON = [
            "name": "keys", "who": [["user": .string(scene.bob.id.text)]], "action": "require", "factors": ["passkey"],
        ]
        let set = try await scene.ada.call(
            "factor-rules.set", body: ["level": "all", "rules": [rule]], version: version)
        #expect(set.status == 200, "\(set.json)")
        let entry = try await gateway.resumed(
            person, by: .password, attempt: "one", from: "192.0.2.1", at: house.now, in: scene.scope)
        #expect(entry == .kept(out: "Your company asks for another second factor by now. Sign in again."))
    }

    @Test(arguments: [GatewayWay.browser, .browserByProvider])
    func `what was shown in a browser has to count at the gateway after a wait, too`(_ way: GatewayWay) async throws {
        let scene = try await SignInRuleScene()
        let house = scene.house
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let person = try #require(try await house.identity.directory.user(login: "bob", in: scene.scope))
        let gateway = house.identity.gateway
        func come(_ attempt: String, showing factor: ProvenFactor?) async throws {
            let entry = try await gateway.admitted(
                person, by: way, showing: factor, attempt: attempt, from: "192.0.2.1", at: house.now, in: scene.scope)
            guard case .waits = entry else { return #expect(Bool(false), "\(entry)") }
            #expect(try await scene.decide(scene.ada, .approved) == .approved)
        }
        func go(_ attempt: String) async throws -> GatewaySignIn.Entry {
            try await gateway.resumed(
                person, by: way, attempt: attempt, from: "192.0.2.1", at: house.now, in: scene.scope)
        }
        try await come("counts", showing: .authenticator)
        try await come("program", showing: nil)
        #expect(try await go("counts") == .admitted)
        #expect(try await go("program") == .admitted)
        for attempt in ["app", "unknown"] { try await come(attempt, showing: attempt == "app" ? .authenticator : nil) }
        try await scene.demand("passkey")
        let other = GatewaySignIn.Entry.kept(
            out: "Your company asks for another second factor by now. Sign in again.")
        #expect(try await go("app") == other)
        #expect(try await go("unknown") == other)
        // Not even once the rule is gone: what was proven is forgotten.
        try await scene.demand("authenticator")
        #expect(try await go("app") == .kept(out: "This sign-in was ended meanwhile. Sign in again."))
    }

    @Test func `at a gateway the word is good for one attempt, and too many attempts are none`() async throws {
        let scene = try await SignInRuleScene()
        try await scene.set(scene.review(by: ["user": .string(try await scene.adaID)]))
        let bob = scene.bob.visitor
        guard case .waits = try await scene.gateway(bob, attempt: "one") else { return #expect(Bool(false)) }
        #expect(try await scene.decide(scene.ada, .approved) == .approved)
        guard case .waits = try await scene.gateway(bob, attempt: "two") else { return #expect(Bool(false)) }
        guard case .waits = try await scene.gateway(bob, attempt: "one", from: "198.51.100.1") else {
            return #expect(Bool(false), "another address came in")
        }
        #expect(try await scene.gateway(bob, attempt: "one") == .admitted)
        guard case .waits = try await scene.gateway(bob, attempt: "one") else { return #expect(Bool(false)) }
        for attempt in ["three", "four"] { _ = try await scene.gateway(bob, attempt: attempt) }
        guard case .kept = try await scene.gateway(bob, attempt: "five") else { return #expect(Bool(false)) }
        #expect(try await scene.reasons() == ["sign-in-review-crowded"])
        #expect(try await scene.waiting(scene.ada).count == Reviews.mostOfOnePerson)
        let events = try await scene.house.test.superuser().query(
            "select count(*) from events where type = 'ticket.opened'", { try $0.next(Int.self) })
        #expect(events == [6])
    }
}
