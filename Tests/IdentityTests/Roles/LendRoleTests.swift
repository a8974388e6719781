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
        _ stage: Stage, _ role: String, at place: OrganizationID? = nil, to user: UserID, by givers: [UserID],
        for seconds: TimeInterval = 3_600
    ) async throws {
        let loan = RoleLoan(
            role: try #require(RoleID(stage.roles[role] ?? role)),
            organization: place ?? .root(of: stage.scope.tenant), user: user,
            until: stage.house.now.addingTimeInterval(seconds))
        let giver = try await stage.house.test.database.transaction(in: stage.scope) { tx in
            try await stage.house.identity.lend(
                loan, by: givers, at: stage.house.now, audit: .discarding, in: stage.scope, tx)
        }
        #expect(givers.contains(giver) && giver != user)
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

    @Test func `a list of somebody's roles makes no loan last and ends none`() async throws {
        let stage = try await Stage()
        let new = try await stage.ada.take("new", roles: ["user"])
        // What runs is by the database's clock here, and what ends by the house's.
        let seconds = Date().timeIntervalSince(stage.house.now).rounded() + 3_600
        try await lend(stage, "auditor", to: new.id, by: [try await administrator(stage)], for: seconds)
        func shown() async throws -> (roles: [String], lent: [JSON], version: Int) {
            let answer = try await stage.ada.call("users.show", [new.id.text])
            guard case .array(let roles)? = answer.json["roles"], case .array(let lent)? = answer.json["lentRoles"]
            else {
                Issue.record("\(answer.json)")
                return ([], [], 0)
            }
            return (roles.compactMap { $0["builtIn"]?.text }, lent, answer.version)
        }
        // Read and sent back, named besides, and left out.
        for names: JSON in [["user"], ["user", "auditor"], ["user"]] {
            let before = try await shown()
            #expect(before.roles == ["user"])
            #expect(before.lent.map { $0["role"]?["builtIn"] } == ["auditor"])
            let until = stage.house.now.addingTimeInterval(seconds).timeIntervalSince1970
            let told = try #require(before.lent.first?["until"]?.text.flatMap(Timestamp.parse)).timeIntervalSince1970
            #expect(abs(told - until) < 1)
            let changed = try await stage.ada.call(
                "users.change", [new.id.text], body: ["roles": names], version: before.version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        #expect(try await ends(stage, of: new.id, at: .root(of: stage.scope.tenant)) == [false, true])
        stage.house.wait(seconds)
        #expect(try await stage.house.identity.endDueRoles(at: stage.house.now) == 1)
        #expect(try await roles(stage, of: new.id) == ["user"])
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

    /// Of each role of a person at an organization whether it ends by itself.
    private func ends(_ stage: Stage, of user: UserID, at place: OrganizationID) async throws -> [Bool] {
        try await stage.house.test.database.query(
            """
            select ends_at is not null from role_bindings
            where tenant_id = \(stage.scope.tenant) and user_id = \(user) and org_id = \(place) order by 1
            """, in: stage.scope
        ) { try $0.next() }
    }

    @Test func `what somebody has for a while they neither keep nor give on`() async throws {
        let stage = try await Stage()
        let (new, friend) = (try await stage.ada.take("new"), try await stage.ada.take("friend"))
        let ada = try await administrator(stage)
        let role = try #require(stage.roles["administrator"])
        try await lend(stage, "administrator", to: new.id, by: [ada])
        for user in [new.id, friend.id] {
            #expect(try await stage.bind(role, to: user, by: new.visitor).status == 403)
            await #expect(throws: IdentityError.beyondOwnPermissions) {
                try await lend(stage, "administrator", to: user, by: [new.id])
            }
        }
        let version = try await new.visitor.call("users.show", [friend.id.text]).version
        let changed = try await new.visitor.call(
            "users.change", [friend.id.text], body: ["roles": ["user", "administrator"]], version: version)
        #expect(changed.status == 403, "\(changed.json)")
        #expect(try await roles(stage, of: friend.id) == ["user"])
        // Who could give it to others does not make their own stay either.
        let bea = try await stage.ada.take("bea", roles: ["administrator"])
        try await lend(stage, "auditor", to: bea.id, by: [ada])
        let kept = try await stage.bind(try #require(stage.roles["auditor"]), to: bea.id, by: bea.visitor)
        #expect(kept.problem == "not-yourself")
        #expect(try await stage.bind(role, to: friend.id, by: bea.visitor).status == 204)
        // It does the work that it is for.
        #expect(try await new.visitor.call("users.list").status == 200)
    }

    @Test func `a role is lent by those only who could give it at the door`() async throws {
        let stage = try await Stage()
        let new = try await stage.ada.take("new")
        let reader = try await stage.ada.take("reader", roles: ["auditor"])
        let role = try #require(stage.roles["auditor"])
        #expect(try await stage.bind(role, to: new.id, by: reader.visitor).status == 403)
        await #expect(throws: IdentityError.beyondOwnPermissions) {
            try await lend(stage, "auditor", to: new.id, by: [reader.id])
        }
        #expect(try await roles(stage, of: new.id) == ["user"])
    }

    @Test func `a role for a while stays one when its holder or its organization moves`() async throws {
        let stage = try await Stage()
        let ada = try await administrator(stage)
        let part = try await stage.ada.role("Part", ["users.read"], scope: "organization")["id"]
        var places: [OrganizationID] = []
        for name in ["Europe", "Asia"] {
            let made = try await stage.ada.call("organizations.create", body: ["name": .string(name)])
            places.append(try #require(OrganizationID(made["id"])))
        }
        let (mover, holder) = (try await stage.ada.take("mover"), try await stage.ada.take("holder"))
        try await lend(stage, part, to: mover.id, by: [ada])
        let moved = try await stage.ada.call(
            "organizations.fill", [places[0].text], body: ["users": [.string(mover.id.text)]])
        #expect(moved.status == 200, "\(moved.json)")
        #expect(try await ends(stage, of: mover.id, at: places[0]) == [false, true])
        try await lend(stage, "user", at: places[0], to: holder.id, by: [ada])
        let merged = try await stage.ada.call(
            "organizations.merge", [places[0].text], body: ["into": .string(places[1].text)])
        #expect(merged.status == 200, "\(merged.json)")
        #expect(try await ends(stage, of: holder.id, at: places[1]) == [true])
    }

    @Test func `a role whose time is over opens nothing, and one that cannot be taken keeps no other`() async throws {
        let stage = try await Stage()
        let (new, stuck) = (try await stage.ada.take("new"), try await stage.ada.take("stuck"))
        let ada = try await administrator(stage)
        try await lend(stage, "administrator", to: stuck.id, by: [ada], for: 1)
        try await lend(stage, "administrator", to: new.id, by: [ada])
        #expect(try await new.visitor.call("users.list").status == 200)
        _ = try await stage.house.test.database.execute(
            "update role_bindings set ends_at = \(stage.house.now) where user_id = \(new.id) and ends_at is not null",
            in: stage.scope)
        #expect(try await new.visitor.call("users.list").status == 403)
        let seen = try await stage.house.test.database.first(
            "select count(*) from user_roles where tenant_id = \(stage.scope.tenant) and user_id = \(new.id)",
            in: stage.scope
        ) { try $0.next(Int.self) }
        #expect(seen == 1)
        _ = try await stage.house.test.database.execute(
            """
            update role_bindings set ends_at = \(stage.house.now.addingTimeInterval(-3_600))
            where user_id = \(stuck.id) and ends_at is not null
            """, in: stage.scope)
        _ = try await stage.house.test.database.execute(
            "update users set version = 2147483647 where user_id = \(stuck.id)", in: stage.scope)
        await #expect(throws: (any Error).self) { try await stage.house.identity.endDueRoles(at: stage.house.now) }
        #expect(try await roles(stage, of: new.id) == ["user"])
        #expect(try await roles(stage, of: stuck.id) == ["administrator", "user"])
    }
}
