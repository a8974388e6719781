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

/// A house with Ada, who makes rules, and Bob.
struct SignInRuleScene {
    static let line =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl bob@laptop"

    let house: House
    let scope: TenantScope
    let ada: Visitor
    let bob: (id: UserID, visitor: Visitor)

    init() async throws {
        house = try await House()
        (scope, ada) = try await house.makeTenant()
        bob = try await ada.take("bob")
    }

    @discardableResult
    func set(_ rules: JSON...) async throws -> Answer {
        let version = try await ada.call("sign-in-rules.show").version
        return try await ada.call("sign-in-rules.set", body: ["rules": .array(rules)], version: version)
    }

    func deny(_ who: JSON? = nil, from sources: JSON = [], hours: JSON = []) -> JSON {
        [
            "name": "keep out", "who": .array([who ?? ["user": .string(bob.id.text)]]), "sources": sources,
            "hours": hours, "action": "deny",
        ]
    }

    func review(by asked: JSON, of who: JSON? = nil) -> JSON {
        [
            "name": "four eyes", "who": .array([who ?? ["user": .string(bob.id.text)]]), "action": "review",
            "asked": .array([asked]),
        ]
    }

    var adaID: String {
        get async throws { try #require(try await house.identity.directory.user(login: "ada", in: scope)).id.text }
    }

    /// From now on, this is what counts of Bob.
    func demand(_ factor: String) async throws {
        let version = try await ada.call("factor-rules.show").version
        _ = try await ada.call("me.step-up", body: ["code": .string(ada.freshCode())])
        let rule: JSON = [
            "name": "keys", "who": [["user": .string(bob.id.text)]], "action": "require",
            "factors": [.string(factor)],
        ]
        let set = try await ada.call("factor-rules.set", body: ["level": "all", "rules": [rule]], version: version)
        #expect(set.status == 200, "\(set.json)")
    }

    /// Password and code; the answer to the code.
    func come(_ visitor: Visitor) async throws -> Answer {
        let first = try await visitor.password()
        #expect(first.step == "second-factor")
        return try await visitor.open(
            "auth.second-factor", ["token": .string(first["token"]), "code": .string(visitor.freshCode())])
    }

    func commandLine(_ visitor: Visitor, _ attempt: String? = nil) async throws -> Answer {
        let body: JSON = [
            "login": .string(visitor.login), "password": .string(House.password),
            "code": .string(visitor.freshCode()),
        ]
        return try await visitor.open(
            "auth.cli", attempt.map { body.merging(["attempt": .string($0)]) } ?? body)
    }

    func gateway(
        _ visitor: Visitor, attempt: String = "one", key: [UInt8]? = nil, from address: String = "192.0.2.1"
    )
        async throws -> GatewaySignIn.Entry
    {
        let person = try #require(try await house.identity.directory.user(login: visitor.login, in: scope))
        return try await house.identity.gateway.admitted(
            person, by: key.map(GatewayWay.publicKey) ?? .password, attempt: attempt, from: address,
            at: house.now, in: scope)
    }

    /// Why gateways kept people out, as the trail has it.
    func reasons() async throws -> [String] {
        try await house.test.database.query(
            """
            select details ->> 'reason' from audit_events
            where tenant_id = \(scope.tenant) and action = 'sign-in.gateway' and outcome = 'refused'
            """, in: scope
        ) { try $0.next() }
    }

    func bearer(_ token: String) async throws -> Answer {
        try await house.call("me.show", in: scope, headers: [.authorization: "Bearer \(token)"])
    }

    func id(of visitor: Visitor) async throws -> UserID {
        try #require(try await house.identity.directory.user(login: visitor.login, in: scope)).id
    }

    func waiting(_ visitor: Visitor) async throws -> [Ticket] {
        try await house.waiting(for: try await id(of: visitor), in: scope)
    }

    /// What comes of the word of somebody who is asked.
    @discardableResult
    func decide(_ visitor: Visitor, _ outcome: TicketOutcome) async throws -> TicketState.Word {
        let review = try #require(try await waiting(visitor).first)
        return try await house.decide(review, outcome, by: try await id(of: visitor), in: scope).state
    }
}
