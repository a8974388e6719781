import Foundation
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What a role that somebody has for a while is good for, and that it is good for nothing when its time is over.
@Suite(.timeLimit(.minutes(3))) struct LoanBoundsTests {
    private typealias Stage = DutySeparationTests.Stage

    private func lend(
        _ stage: Stage, _ role: String, at place: OrganizationID? = nil, to user: UserID
    ) async throws {
        let loan = RoleLoan(
            role: try #require(RoleID(stage.roles[role] ?? role)),
            organization: place ?? .root(of: stage.scope.tenant), user: user,
            until: stage.house.now.addingTimeInterval(3_600))
        let ada = try #require(UserID(try await stage.ada.call("me.show").json["user"]?["id"]?.text ?? ""))
        _ = try await stage.house.test.database.transaction(in: stage.scope) { tx in
            try await stage.house.identity.lend(
                loan, by: [ada], at: stage.house.now, audit: .discarding, in: stage.scope, tx)
        }
    }

    @Test func `a role for a while gives its work, and no say over who comes in and who may do what`() async throws {
        let stage = try await Stage()
        let (new, friend) = (try await stage.ada.take("new"), try await stage.ada.take("friend"))
        try await lend(stage, "administrator", to: new.id)
        for read in ["users.list", "roles.list", "groups.list", "identity-providers.list"] {
            #expect(try await new.visitor.call(read).status == 200, "\(read)")
        }
        let bodies: [(String, [String], JSON?)] = [
            ("users.create", [], ["login": "mine", "name": "Mine", "roles": ["user"]]),
            ("users.disable", [friend.id.text], nil),
            ("users.invite", [friend.id.text], nil),
            ("users.make-temporary-password", [friend.id.text], nil),
            (
                "roles.create", [],
                ["name": "Mine", "description": "", "scope": "tenant", "permissions": ["users.read"]]
            ),
            ("groups.create", [], ["name": "Mine"]),
            ("organizations.create", [], ["name": "Mine"]),
            ("identity-providers.create", [], [:]),
            ("duties.propose", [], ["on": .bool(true)]),
        ]
        for (name, path, body) in bodies {
            let answer = try await new.visitor.call(name, path, body: body)
            #expect(answer.status == 403 && answer.problem == "forbidden", "\(name): \(answer.json)")
        }
        // Whoever has the role to stay does all of it.
        #expect(try await stage.ada.call("groups.create", body: ["name": "Hers"]).status == 201)
    }

    @Test func `a loan takes nothing from what its holder may do for good, and adds nothing to it`() async throws {
        let stage = try await Stage()
        let desk = try await stage.ada.role(
            "Desk", ["organizations.manage", "organizations.read", "users.manage", "users.read"])["id"]
        let keeper = try await stage.ada.take("keeper", roles: ["user", desk])
        let friend = try await stage.ada.take("friend")
        try await lend(stage, "auditor", to: keeper.id)
        #expect(try await keeper.visitor.call("roles.list").status == 200)
        let auditor = try #require(stage.roles["auditor"])
        #expect(try await stage.bind(auditor, to: friend.id, by: keeper.visitor).status == 403)
        #expect(try await stage.bind(desk, to: friend.id, by: keeper.visitor).status == 204)
        #expect(
            try await keeper.visitor.call(
                "users.create", body: ["login": "more", "name": "More", "roles": ["user"]]
            ).status == 201)
        // Somebody who may audit is more than the keeper is for good.
        let reader = try await stage.ada.take("reader", roles: ["user", "auditor"])
        #expect(try await keeper.visitor.call("users.disable", [reader.id.text]).status == 403)
    }

    @Test func `a role whose time is over counts nowhere, also before it is taken`() async throws {
        let stage = try await Stage()
        let desk = try await stage.ada.role("Desk", ["users.manage", "users.read"])["id"]
        let keeper = try await stage.ada.take("keeper", roles: ["user", desk])
        let new = try await stage.ada.take("new")
        try await lend(stage, "administrator", to: new.id)
        func isAsked() async throws -> FactorQuestion? {
            try await stage.house.test.database.transaction(in: stage.scope) { tx in
                try await FactorRuleStore.question(
                    of: new.id, at: .web, from: "192.0.2.1", now: stage.house.now, in: stage.scope, tx)
            }
        }
        func roles() async throws -> Int {
            try await stage.house.test.database.transaction(in: stage.scope) { tx in
                try await SignInRuleStore.circumstances(
                    of: new.id, from: nil, at: stage.house.now, in: stage.scope, tx)?.roles.count ?? 0
            }
        }
        func administers() async throws -> Bool {
            guard case .array(let people)? = try await stage.ada.call("duties.show").json["people"] else {
                throw Unexpected()
            }
            return people.contains { $0["user"]?["login"] == "new" }
        }
        #expect(try await isAsked()?.circumstances.isAdministrator == true)
        #expect(try await roles() == 2)
        #expect(try await administers())
        #expect(try await keeper.visitor.call("users.disable", [new.id.text]).status == 403)
        stage.house.wait(3_600)
        try await stage.ada.signIn()
        try await keeper.visitor.signIn()
        #expect(try await isAsked()?.circumstances.isAdministrator == false)
        #expect(try await roles() == 1)
        #expect(try await !administers())
        #expect(try await keeper.visitor.call("users.disable", [new.id.text]).status == 200)
    }

    @Test func `administrators are not divided or united by whoever is one for a while`() async throws {
        let stage = try await Stage()
        let new = try await stage.ada.take("new")
        try await stage.turnOn()
        let asked = try await stage.sys.visitor.call("duties.propose", body: ["on": .bool(false)])
        #expect(asked.status == 200, "\(asked.json)")
        let loan = RoleLoan(
            role: try #require(RoleID(stage.roles["security-administrator"] ?? "")),
            organization: .root(of: stage.scope.tenant), user: new.id,
            until: stage.house.now.addingTimeInterval(3_600))
        _ = try await stage.house.test.database.transaction(in: stage.scope) { tx in
            try await stage.house.identity.lend(
                loan, by: [stage.sec.id], at: stage.house.now, audit: .discarding, in: stage.scope, tx)
        }
        try await new.visitor.signIn()
        #expect(try await new.visitor.call("duties.decide", body: ["on": .bool(false)]).status == 403)
        #expect(try await stage.sec.visitor.call("duties.decide", body: ["on": .bool(false)]).status == 200)
    }
}
