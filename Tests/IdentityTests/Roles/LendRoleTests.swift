import Foundation
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Roles that somebody has for a while.
@Suite(.timeLimit(.minutes(3))) struct LendRoleTests {
    private typealias Stage = DutySeparationTests.Stage

    private func lend(
        _ stage: Stage, _ role: String, to user: UserID, by givers: [UserID], for seconds: TimeInterval = 3_600
    ) async throws {
        let loan = RoleLoan(
            role: try #require(RoleID(stage.roles[role] ?? "")), organization: .root(of: stage.scope.tenant),
            user: user,
            until: stage.house.now.addingTimeInterval(seconds))
        try await stage.house.test.database.transaction(in: stage.scope) { tx in
            try await stage.house.identity.lend(
                loan, by: givers, at: stage.house.now, audit: .discarding, in: stage.scope, tx)
        }
    }

    private func roles(_ stage: Stage, of user: UserID) async throws -> [String] {
        try await stage.house.test.database.query(
            """
            select r.built_in from role_bindings b join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            where b.tenant_id = \(stage.scope.tenant) and b.user_id = \(user) order by 1
            """, in: stage.scope
        ) { try $0.next() }
    }

    private func administrator(_ stage: Stage) async throws -> UserID {
        try #require(UserID(try await stage.ada.call("me.show").json["user"]?["id"]?.text ?? ""))
    }

    @Test func `a role is there at once and gone when its time is over`() async throws {
        let stage = try await Stage()
        let new = try await stage.ada.take("new", roles: ["user"])
        let ada = try await administrator(stage)
        try await lend(stage, "auditor", to: new.id, by: [new.id, ada])
        #expect(try await roles(stage, of: new.id) == ["auditor", "user"])
        #expect(try await new.visitor.call("roles.list").status == 200)
        stage.house.wait(3_599)
        #expect(try await stage.house.identity.endDueRoles(at: stage.house.now) == 0)
        stage.house.wait(1)
        #expect(try await stage.house.identity.endDueRoles(at: stage.house.now) == 1)
        #expect(try await roles(stage, of: new.id) == ["user"])
        #expect(try await stage.house.identity.endDueRoles(at: stage.house.now) == 0)
    }

    @Test func `whoever agrees has to be able to give it, and nobody gives to themselves`() async throws {
        let stage = try await Stage()
        let new = try await stage.ada.take("new", roles: ["user"])
        let ada = try await administrator(stage)
        for givers in [[], [stage.aud.id], [new.id], [stage.aud.id, new.id]] {
            await #expect(throws: IdentityError.beyondOwnPermissions) {
                try await lend(stage, "administrator", to: new.id, by: givers)
            }
        }
        await #expect(throws: IdentityError.beyondOwnPermissions) {
            try await lend(stage, "administrator", to: ada, by: [ada])
        }
        #expect(try await roles(stage, of: new.id) == ["user"])
        try await lend(stage, "administrator", to: new.id, by: [stage.aud.id, ada])
        #expect(try await roles(stage, of: new.id) == ["administrator", "user"])
    }

    @Test func `a loan ends nothing that was given to stay, before it or after`() async throws {
        let stage = try await Stage()
        let new = try await stage.ada.take("new", roles: ["user", "auditor"])
        let other = try await stage.ada.take("other", roles: ["user"])
        let ada = try await administrator(stage)
        try await lend(stage, "auditor", to: new.id, by: [ada])
        try await lend(stage, "auditor", to: other.id, by: [ada])
        #expect(try await stage.bind(stage.roles["auditor"]!, to: other.id, by: stage.ada).status == 204)
        stage.house.wait(3_600)
        #expect(try await stage.house.identity.endDueRoles(at: stage.house.now) == 0)
        #expect(try await roles(stage, of: new.id) == ["auditor", "user"])
        #expect(try await roles(stage, of: other.id) == ["auditor", "user"])
    }

    @Test func `where duties are divided nobody gets a second one for a while either`() async throws {
        let stage = try await Stage()
        let new = try await stage.ada.take("new", roles: ["user"])
        try await stage.turnOn()
        await #expect(throws: IdentityError.dutiesCross) {
            try await lend(stage, "audit-administrator", to: stage.sys.id, by: [stage.sec.id])
        }
        await #expect(throws: IdentityError.beyondOwnPermissions) {
            try await lend(stage, "audit-administrator", to: new.id, by: [stage.sys.id])
        }
        #expect(try await roles(stage, of: new.id) == ["user"])
        try await lend(stage, "audit-administrator", to: new.id, by: [stage.sec.id])
        #expect(try await roles(stage, of: new.id) == ["audit-administrator", "user"])
    }
}
