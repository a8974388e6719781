import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct GroupTests {
    @Test func `groups are created, renamed, filled, emptied and removed`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (bob, _) = try await ada.take("bob")
        let group = try await ada.call("groups.create", body: ["name": "Operators"])
        #expect(group.status == 201)
        #expect(try await ada.call("groups.create", body: ["name": "Operators"]).problem == "name-taken")
        #expect(try await ada.call("groups.add-member", [group["id"], bob.text]).status == 204)
        #expect(try await ada.call("groups.add-member", [group["id"], bob.text]).status == 204)
        let filled = try await ada.call("groups.show", [group["id"]])
        #expect(filled.json["members"] == 1 && filled.version == 2)
        let members = try await ada.call("groups.members", [group["id"]]).items
        #expect(members.compactMap { $0["login"]?.text } == ["bob"])
        let rename: JSON = ["name": "Night shift"]
        #expect(
            try await ada.call("groups.rename", [group["id"]], body: rename, version: 1).problem == "version-changed")
        #expect(try await ada.call("groups.rename", [group["id"]], body: rename, version: 2)["name"] == "Night shift")
        #expect(try await ada.call("groups.remove-member", [group["id"], bob.text]).status == 204)
        #expect(try await ada.call("groups.remove-member", [group["id"], bob.text]).status == 404)
        #expect(try await ada.call("groups.remove", [group["id"]]).status == 204)
        #expect(try await ada.call("groups.show", [group["id"]]).status == 404)
    }

    @Test func `roles are listed with what they allow`() async throws {
        let (_, ada) = try await House().makeTenant()
        let roles = try await ada.call("roles.list").items
        #expect(roles.compactMap { $0["builtIn"]?.text } == BuiltInRole.byName)
        #expect(roles.last?["permissions"] == ["profile.read", "profile.use"])
    }

    @Test func `an audience is every active person whom it means, once`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, _) = try await ada.take("bob")
        let (cleo, _) = try await ada.take("cleo", roles: ["auditor"])
        let (dan, _) = try await ada.take("dan", roles: ["auditor"])
        let group = try #require(GroupID(try await ada.call("groups.create", body: ["name": "Leads"])["id"]))
        for user in [bob, cleo] { _ = try await ada.call("groups.add-member", [group.text, user.text]) }
        let directory = house.identity.directory
        let auditors = try #require(try await directory.role(.auditor, in: scope))
        let everybody = Audience(users: [bob, .new()], groups: [group, .new()], roles: [auditors])
        #expect(Set(try await directory.resolve(everybody, in: scope)) == [bob, cleo, dan])
        _ = try await ada.call("users.disable", [dan.text])
        #expect(try await directory.resolve(everybody, in: scope).sorted { $0.text < $1.text }.count == 2)
        #expect(try await directory.resolve(Audience(), in: scope).isEmpty)
        #expect(try await directory.user(dan, in: scope)?.isActive == false)
        #expect(try await directory.user(login: "CLEO", in: scope)?.id == cleo)
        #expect(try await directory.groups([group], in: scope) == [group: "Leads"])
        #expect(try await directory.roles([auditors], in: scope) == [auditors: "Auditor"])
    }
}

@Suite struct TenantIsolationTests {
    @Test func `an administrator of one tenant finds nobody of another`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (other, eve) = try await house.makeTenant("bolt")
        let (bob, _) = try await ada.take("bob")
        let group = try await ada.call("groups.create", body: ["name": "Operators"])["id"]
        let role = try #require(try await house.identity.directory.role(.administrator, in: scope))
        let paths = [
            ("users.show", [bob.text]), ("users.disable", [bob.text]), ("users.enable", [bob.text]),
            ("users.unlock", [bob.text]), ("users.reset-second-factor", [bob.text]), ("users.invite", [bob.text]),
            ("groups.show", [group]), ("groups.remove", [group]), ("groups.members", [group]),
            ("groups.add-member", [group, bob.text]), ("groups.remove-member", [group, bob.text]),
        ]
        for (name, path) in paths { #expect(try await eve.call(name, path).status == 404, "\(name)") }
        #expect(try await eve.call("users.change", [bob.text], body: ["name": "X"], version: 1).status == 404)
        #expect(try await eve.call("groups.rename", [group], body: ["name": "X"], version: 1).status == 404)
        let foreignRole: JSON = ["login": "x", "name": "X", "roles": [.string(role.text)]]
        #expect(try await eve.call("users.create", body: foreignRole).problem == "invalid-fields")
        let own = try await eve.call("groups.create", body: ["name": "Operators"])["id"]
        #expect(try await eve.call("groups.add-member", [own, bob.text]).status == 404)
        #expect(try await eve.call("users.list").items.count == 1)
        let directory = house.identity.directory
        #expect(try await directory.people([bob], in: other).isEmpty)
        #expect(try await directory.resolve(Audience(users: [bob], roles: [role]), in: other).isEmpty)
        #expect(try await ada.call("users.show", [bob.text]).status == 200)
    }
}
