import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// How much a provider's program can have looked through and made, and what stays of what it may not do.
@Suite(.serialized) struct ProvisioningBoundsTests {
    private func stage(_ more: JSON = [:]) async throws -> (house: House, admin: Visitor, program: Program) {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        return (house, admin, try await Program.make(for: admin, more))
    }

    /// People whom nobody will ever see, without their accounts and what is checked of them.
    private func fill(_ house: House, _ count: Int, haveLeft: Bool) async throws {
        _ = try await house.test.superuser().query(
            """
            with quick as (select set_config('session_replication_role', 'replica', true)), made as (
              insert into users (tenant_id, user_id, org_id, login, name)
              select p.tenant_id, gen_random_uuid(), p.tenant_id, 'm' || n, 'm' || n
              from provisionings p, quick, generate_series(1, case when \(haveLeft) then 0 else \(count) end) n
              returning tenant_id, user_id, login
            ), left_ones as (
              insert into provisioned_users (tenant_id, identity_provider_id, user_id, user_name, profile, left_at,
                removed_at)
              select p.tenant_id, p.identity_provider_id, gen_random_uuid(), 'm' || n, '{}', now(), now()
              from provisionings p, quick, generate_series(1, case when \(haveLeft) then \(count) else 0 end) n
            )
            insert into provisioned_users (tenant_id, identity_provider_id, user_id, user_name, profile)
            select p.tenant_id, p.identity_provider_id, m.user_id, m.login,
              jsonb_build_object('userName', m.login, 'displayName', 'Member ' || m.login)
            from provisionings p join made m on m.tenant_id = p.tenant_id returning 1
            """
        ) { try $0.next(Int.self) }
    }

    @Test
    func `a filter that leaves too many is refused before they are read, and one that leaves fewer goes through all`()
        async throws
    {
        let (house, _, program) = try await stage()
        try await fill(house, FindProvisioned.mostSearched, haveLeft: false)
        func find(_ filter: String, _ more: (name: String, value: String)...) async throws -> Answer {
            try await program.call("users", query: [("filter", filter)] + more)
        }
        let all = try await find(#"displayName co "member""#, ("count", "3"), ("startIndex", "1999"))
        #expect(all.total == 2000 && all.resources.count == 2, "\(all.text)")
        #expect(try await find(#"displayName ew "m777""#).total == 1)
        _ = try await program.make("one.more")
        let refused = try await find(#"displayName co "member""#)
        #expect(refused.status == 400 && refused.scimType == "tooMany", "\(refused.text)")
        #expect(try await find(#"userName eq "m7" and displayName co "member""#).total == 1)
    }

    @Test func `people whom a provider has disabled are not without end`() async throws {
        let (house, _, program) = try await stage()
        try await fill(house, ProvisionedUser.mostLeavers - 1, haveLeft: true)
        let last = try await program.make("ann", ["active": false])
        let refused = try await program.call("create-user", [], Program.user("ben", ["active": false]))
        #expect(refused.status == 403, "\(refused.text)")
        #expect(try await program.set(last, active: true).status == 200)
        _ = try await program.make("ben", ["active": false])
    }

    @Test func `people and groups are searched at once, people first, and what a kind has not has no value there`()
        async throws
    {
        let (_, _, program) = try await stage()
        let ann = try await program.make("ann", ["displayName": "Alpha"])
        for name in ["Alpha", "Beta"] { _ = try await program.group(name, [ann]) }
        func search(_ more: JSON = [:]) async throws -> Answer {
            let base: JSON = ["schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]]
            return try await program.call("search", [], base.merging(more))
        }
        func kinds(_ answer: Answer) -> [String] { answer.resources.compactMap { $0["meta"]?["resourceType"]?.text } }
        let all = try await search()
        #expect(all.status == 200 && all.total == 3 && kinds(all) == ["User", "Group", "Group"], "\(all.text)")
        let second = try await search(["startIndex": 2, "count": 1])
        #expect(second.total == 3 && kinds(second) == ["Group"])
        #expect(kinds(try await search(["filter": #"displayName eq "alpha""#])) == ["User", "Group"])
        #expect(kinds(try await search(["filter": #"userName eq "ann""#])) == ["User"])
        #expect(kinds(try await search(["filter": #"userName pr or displayName eq "Beta""#])) == ["User", "Group"])
        #expect(kinds(try await search(["filter": #"meta.resourceType eq "Group""#])) == ["Group", "Group"])
        let unknown = try await search(["filter": #"shoeSize eq "46""#])
        #expect(unknown.status == 400 && unknown.scimType == "invalidFilter", "\(unknown.text)")
    }

    @Test func `who may do more by now is not let in again by the program that shut them out`() async throws {
        let (_, admin, program) = try await stage()
        let id = try await program.make("ann")
        _ = try await program.set(id, active: false)
        let promoted = try await admin.call(
            "users.change", [id], body: ["roles": ["user", "auditor"]],
            version: try await admin.call("users.show", [id]).version)
        #expect(promoted.status == 200, "\(promoted.text)")
        #expect(try await program.set(id, active: true).status == 403)
        #expect(try await program.state(id) == "disabled")
        #expect(try await program.turn(["handlesPrivileged": true]).status == 200)
        #expect(try await program.set(id, active: true).status == 200)
        #expect(try await program.state(id) == "active")
    }

    @Test func `a role that the provider gives at one organization makes nobody its own who has it at another one`()
        async throws
    {
        let (_, admin, program) = try await stage()
        let plant = try await admin.call("organizations.create", body: ["name": "Plant"])["id"]
        let office = try await admin.call("organizations.create", body: ["name": "Office"])["id"]
        let keeper = try await admin.role("Keeper", ["users.manage", "users.read"], scope: "organization")["id"]
        let title: JSON = ["kind": "attribute", "name": "title", "value": "Keeper"]
        let rule: JSON = ["conditions": [title], "role": .string(keeper), "organization": .string(plant)]
        let version = try await admin.call("identity-providers.show", [program.provider]).version
        let ruled = try await admin.call(
            "identity-providers.change", [program.provider], body: ["rules": [rule]], version: version)
        #expect(ruled.status == 200, "\(ruled.text)")
        let ann = try await program.make("ann", ["title": "Keeper"])
        let ben = try await program.make("ben")
        #expect(try await admin.call("organizations.bind", [office, keeper, ben]).status == 204)
        for (id, status) in [(ann, 200), (ben, 403)] {
            let renamed = try await program.patch(
                "change-user", id, ["op": "replace", "path": "displayName", "value": "Somebody"])
            #expect(renamed.status == status, "\(renamed.text)")
        }
    }

    @Test func `a PUT that does not name addresses leaves them, and one that names none takes them away`() async throws
    {
        let (_, _, program) = try await stage()
        let id = try await program.make("ann", ["emails": [["value": "ann@example.com", "type": "work"]]])
        let kept = try await program.call("replace-user", [id], Program.user("ann", ["displayName": "Ann"]))
        #expect(kept.status == 200, "\(kept.text)")
        #expect(kept.json["emails"] == [["type": "work", "value": "ann@example.com"]])
        #expect(try await program.user(id)["email"] == "ann@example.com")
        let none = try await program.call("replace-user", [id], Program.user("ann", ["Emails": []]))
        #expect(none.status == 200 && none.json["emails"] == nil, "\(none.text)")
        #expect(try await program.user(id)["email"] == .null)
    }

    @Test func `a change that collides leaves a line in the trail`() async throws {
        let (house, _, program) = try await stage()
        _ = try await program.make("ann")
        #expect(try await program.call("create-user", [], Program.user("ann")).status == 409)
        let lines = try await house.test.superuser().query(
            "select actor_name, outcome, details from audit_events where action = 'access.refused'"
        ) { (try $0.next(String.self), try $0.next(String.self), try $0.next(JSON.self)) }
        #expect(lines.count == 1 && lines.first?.0 == "provisioning" && lines.first?.1 == "refused")
        #expect(lines.first?.2["subject"] == "ann" && lines.first?.2["asked"] == "create-user")
        #expect(lines.first?.2["clientName"] == "program")
    }
}
