import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

extension BuiltInRole {
    /// As lists have them.
    static let byName = [
        "administrator", "audit-administrator", "auditor", "security-administrator", "system-administrator", "user",
    ]
}

/// A company that divides its administrators.
@Suite(.timeLimit(.minutes(3))) struct DutySeparationTests {
    struct Stage {
        let house: House
        let ada: Visitor
        let scope: TenantScope
        let sys: (id: UserID, visitor: Visitor)
        let sec: (id: UserID, visitor: Visitor)
        let aud: (id: UserID, visitor: Visitor)
        let roles: [String: String]

        init() async throws {
            house = try await House()
            (scope, ada) = try await house.makeTenant()
            sys = try await ada.take("sys", roles: ["user", "system-administrator"])
            sec = try await ada.take("sec", roles: ["user", "security-administrator"])
            aud = try await ada.take("aud", roles: ["user", "audit-administrator"])
            roles = Dictionary(
                uniqueKeysWithValues: try await ada.call("roles.list").items.map {
                    ($0["builtIn"]?.text ?? "", $0["id"]?.text ?? "")
                })
        }

        var root: String { OrganizationID.root(of: scope.tenant).text }

        func bind(_ role: String, to user: UserID, by visitor: Visitor) async throws -> Answer {
            try await visitor.call("organizations.bind", [root, role, user.text])
        }

        func turnOn() async throws {
            let bea = try await ada.take("bea", roles: ["administrator"])
            let asked = try await ada.call("duties.propose", body: ["on": .bool(true)])
            #expect(asked.status == 200, "\(asked.json)")
            let done = try await bea.visitor.call("duties.decide", body: ["on": .bool(true)])
            #expect(done.status == 200 && done.json["isOn"] == .bool(true), "\(done.json)")
        }
    }

    @Test func `it takes somebody for each duty, nobody for two, and two people`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        #expect(try await ada.call("duties.propose", body: ["on": .bool(true)]).problem == "duties-not-ready")
        let shown = try await ada.call("duties.show")
        #expect(shown.json["missing"] == ["system", "security", "audit"] && shown.json["isOn"] == .bool(false))
        let stage = try await Stage()
        let two = try await stage.ada.take("two", roles: ["system-administrator", "audit-administrator"])
        #expect(try await stage.ada.call("duties.propose", body: ["on": .bool(true)]).problem == "duties-not-ready")
        let user = try await stage.ada.call("users.show", [two.id.text])
        let changed = try await stage.ada.call(
            "users.change", [two.id.text], body: ["roles": ["system-administrator", "auditor"]], version: user.version)
        #expect(changed.status == 200, "\(changed.json)")
        let asked = try await stage.ada.call("duties.propose", body: ["on": .bool(true)])
        #expect(asked.status == 200, "\(asked.json)")
        guard case .array(let people)? = asked.json["people"] else { throw Unexpected() }
        func words(_ login: String, _ field: String) -> [String] {
            let person = people.first { $0["user"]?["login"]?.text == login }
            guard case .array(let roles)? = person?[field] else { return [] }
            return roles.compactMap { $0["builtIn"]?.text }
        }
        #expect(words("ada", "loses") == ["administrator"] && words("ada", "keeps").isEmpty)
        #expect(words("two", "loses") == ["auditor"] && words("two", "keeps") == ["system-administrator"])
        #expect(words("sec", "loses").isEmpty && words("sec", "keeps") == ["security-administrator"])
        #expect(try await stage.ada.call("duties.propose", body: ["on": .bool(true)]).problem == "duties-decided")
        // Nobody decides alone, however long they wait.
        let alone = try await stage.ada.call("duties.decide", body: ["on": .bool(true)])
        #expect(alone.problem == "second-person-needed")
        #expect(try await stage.ada.call("duties.decide", body: ["on": .bool(false)]).status == 404)
        #expect(try await stage.aud.visitor.call("duties.decide", body: ["on": .bool(true)]).status == 403)
        #expect(try await stage.ada.call("duties.withdraw").status == 204)
        #expect(try await stage.ada.call("duties.decide", body: ["on": .bool(true)]).status == 404)
        #expect(try await stage.ada.call("duties.propose", body: ["on": .bool(true)]).status == 200)
        stage.house.wait(86_400)
        try await stage.ada.signIn()
        try await stage.sec.visitor.signIn()
        let late = try await stage.ada.call("duties.decide", body: ["on": .bool(true)])
        #expect(late.problem == "second-person-needed")
        #expect(try await stage.sec.visitor.call("duties.decide", body: ["on": .bool(true)]).status == 200)
        // She is nobody's administrator any more.
        #expect(try await stage.ada.call("users.list").status == 403)
        #expect(try await stage.ada.call("me.show").status == 200)
    }

    @Test func `nobody does another's work`() async throws {
        let stage = try await Stage()
        try await stage.turnOn()
        func status(
            _ visitor: Visitor, _ name: String, _ path: [String] = [], _ body: JSON? = nil
        ) async throws -> Int {
            try await visitor.call(name, path, body: body).status
        }
        let (sys, sec, aud) = (stage.sys.visitor, stage.sec.visitor, stage.aud.visitor)
        for (name, open) in [
            ("identity-providers.list", [true, false, false]), ("users.list", [true, true, false]),
            ("sign-in-rules.show", [false, true, false]), ("online.list", [false, true, false]),
            ("roles.list", [true, true, true]), ("duties.show", [true, true, true]),
        ] {
            let found = [
                try await status(sys, name), try await status(sec, name), try await status(aud, name),
            ].map { $0 != 403 }
            #expect(found == open, "\(name)")
        }
        #expect(try await status(sys, "groups.create", [], ["name": "G"]) == 403)
        #expect(try await status(sec, "groups.create", [], ["name": "G"]) == 201)
        #expect(try await status(aud, "groups.create", [], ["name": "H"]) == 403)
        #expect(try await status(sec, "users.create", [], ["login": "eve", "name": "Eve"]) == 403)
        #expect(try await status(sys, "users.create", [], ["login": "eve", "name": "Eve", "roles": ["user"]]) == 201)
        // Who keeps people makes nobody an administrator, and takes over nobody who is one of another duty.
        for role in ["system-administrator", "security-administrator", "administrator", "auditor"] {
            let body: JSON = ["login": "mal", "name": "Mal", "roles": [.string(role)]]
            #expect(try await status(sys, "users.create", [], body) == 403, "\(role)")
        }
        #expect(try await status(sys, "users.reset-second-factor", [stage.sec.id.text]) == 403)
        #expect([403, 409].contains(try await status(sys, "users.disable", [stage.aud.id.text])))
        // Only the last one of a duty is left: nobody takes them away.
        let unbound = try await sec.call(
            "organizations.unbind", [stage.root, stage.roles["audit-administrator"]!, stage.aud.id.text])
        #expect(unbound.problem == "last-administrator")
    }

    @Test func `the security administrator gives duties to others, one each, and none to themselves`() async throws {
        let stage = try await Stage()
        try await stage.turnOn()
        let sec = stage.sec.visitor
        let made = try await stage.sys.visitor.call(
            "users.create", body: ["login": "new", "name": "New", "roles": ["user"]])
        let new = try #require(UserID(made["id"]))
        func bind(_ role: String, to user: UserID) async throws -> Answer {
            try await stage.bind(stage.roles[role]!, to: user, by: sec)
        }
        // What was open for them before ends with it.
        let newcomer = Visitor(house: stage.house, scope: stage.scope, login: "new")
        try await newcomer.comeIn(by: made["invitationUrl"])
        let token = try await newcomer.call("me.create-token", body: ["name": "T"])
        #expect(token.status == 201)
        #expect(try await newcomer.call("me.show").status == 200)
        #expect(try await bind("system-administrator", to: new).status == 204)
        #expect(try await newcomer.call("me.show").status == 401)
        let tokens = try await stage.house.test.superuser().query(
            "select count(*) from api_tokens where user_id = \(new)"
        ) { try $0.next(Int.self) }
        #expect(tokens == [0])
        for role in ["security-administrator", "audit-administrator", "administrator", "auditor"] {
            #expect(try await bind(role, to: new).problem == "duties-cross", "\(role)")
        }
        #expect(try await bind("audit-administrator", to: stage.sec.id).problem == "not-yourself")
        #expect(try await bind("system-administrator", to: stage.sec.id).problem == "not-yourself")
        // A role of one's own making is of the duty as well.
        let role = try await sec.call(
            "roles.create", body: ["name": "Rules", "permissions": ["sign-in-rules.manage", "users.read"]])
        #expect(role.status == 201, "\(role.json)")
        #expect(try await stage.bind(role["id"], to: new, by: sec).problem == "duties-cross")
        let wide = try await sec.call("roles.create", body: ["name": "Wide", "permissions": ["users.manage"]])
        #expect(wide.status == 403)
        let reading = try await sec.call("roles.create", body: ["name": "Read", "permissions": ["users.read"]])
        #expect(try await stage.bind(reading["id"], to: new, by: sec).status == 204)
        let grown = try await sec.call(
            "roles.change", [reading["id"]], body: ["permissions": ["users.read", "roles.manage"]], version: 1)
        #expect(grown.problem == "duties-cross")
        let mild = try await sec.call("roles.create", body: ["name": "Mild", "permissions": ["profile.read"]])
        let provider = try await stage.sys.visitor.addCAS("https://cas.example.com", port: 9)
        let named = try await stage.sys.visitor.call(
            "identity-providers.change", [provider],
            body: ["rules": [["directoryGroup": "ops", "role": .string(mild["id"])]]], version: 1)
        #expect(named.status == 200, "\(named.json)")
        let worse = try await sec.call(
            "roles.change", [mild["id"]], body: ["permissions": ["users.read"]], version: 1)
        #expect(worse.problem == "duties-cross")
        // With two who have it, one can be taken.
        let taken = try await sec.call(
            "organizations.unbind", [stage.root, stage.roles["system-administrator"]!, stage.sys.id.text])
        #expect(taken.status == 204, "\(taken.json)")
    }

    /// However a role came to be somebody's.
    @Test func `who has two duties all the same has none`() async throws {
        let stage = try await Stage()
        try await stage.turnOn()
        #expect(try await stage.sys.visitor.call("users.list").status == 200)
        for role in ["security-administrator", "audit-administrator", "administrator", "auditor"] {
            let id = try #require(RoleID(stage.roles[role]!))
            _ = try await stage.house.test.superuser().execute(
                """
                insert into role_bindings (tenant_id, role_id, user_id, org_id)
                values (\(stage.scope.tenant), \(id), \(stage.sys.id), \(stage.scope.tenant.uuid))
                """)
            #expect(try await stage.sys.visitor.call("users.list").status == 403, "\(role)")
            let left = try await stage.sys.visitor.call("me.show").json["permissions"]
            #expect(left == ["profile.read", "profile.use"])
            _ = try await stage.house.test.superuser().execute(
                "delete from role_bindings where user_id = \(stage.sys.id) and role_id = \(id)")
        }
        #expect(try await stage.sys.visitor.call("users.list").status == 200)
    }

    @Test func `rules of a provider make nobody an administrator`() async throws {
        let stage = try await Stage()
        let provider = try await stage.ada.addCAS("https://cas.example.com", port: 9)
        func rule(_ role: String, _ visitor: Visitor, _ version: Int) async throws -> Answer {
            try await visitor.call(
                "identity-providers.change", [provider],
                body: ["rules": [["directoryGroup": "ops", "role": .string(role)]]], version: version)
        }
        #expect(try await rule("system-administrator", stage.ada, 1).status == 200)
        #expect(try await stage.ada.call("duties.propose", body: ["on": .bool(true)]).problem == "duties-not-ready")
        #expect(try await rule("user", stage.ada, 2).status == 200)
        func link(_ on: Bool, _ version: Int) async throws {
            let changed = try await stage.ada.call(
                "identity-providers.change", [provider], body: ["linksUsers": .bool(on)], version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        try await link(true, 3)
        #expect(try await stage.ada.call("duties.propose", body: ["on": .bool(true)]).problem == "duties-not-ready")
        try await link(false, 4)
        try await stage.turnOn()
        let sys = stage.sys.visitor
        #expect(try await rule("system-administrator", sys, 5).problem == "duties-cross")
        #expect([403, 409].contains(try await rule("audit-administrator", sys, 5).status))
        #expect(try await rule("user", sys, 5).status == 200)
    }

    @Test func `two people of two duties put an end to it, and are the administrators then`() async throws {
        let stage = try await Stage()
        try await stage.turnOn()
        let other = try await stage.sys.visitor.call(
            "users.create", body: ["login": "s2", "name": "S", "roles": ["user"]])
        let second = Visitor(house: stage.house, scope: stage.scope, login: "s2")
        try await second.comeIn(by: other["invitationUrl"])
        let id = try #require(UserID(other["id"]))
        #expect(
            try await stage.bind(stage.roles["security-administrator"]!, to: id, by: stage.sec.visitor).status == 204)
        try await second.signIn()
        #expect(try await stage.sec.visitor.call("duties.propose", body: ["on": .bool(false)]).status == 200)
        for visitor in [stage.sec.visitor, second] {
            let answer = try await visitor.call("duties.decide", body: ["on": .bool(false)])
            #expect(answer.problem == "second-person-needed")
        }
        let done = try await stage.sys.visitor.call("duties.decide", body: ["on": .bool(false)])
        #expect(done.status == 200 && done.json["isOn"] == .bool(false), "\(done.json)")
        #expect(try await stage.sys.visitor.call("sign-in-rules.show").status == 200)
        #expect(try await stage.sec.visitor.call("users.list").status == 200)
        #expect(try await stage.ada.call("users.list").status == 403)
        let events = try await stage.house.test.database.query(
            """
            select type from events where tenant_id = \(stage.scope.tenant) and type like 'duty-separation.%'
            """, in: stage.scope
        ) { try $0.next(String.self) }
        #expect(events.sorted() == ["changed", "changed", "proposed", "proposed"].map { "duty-separation.\($0)" })
    }
}
