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

/// Whom rules let in, and from where.
@Suite struct SignInRuleTests {
    @Test func `a rule about an address is asked at every entrance`() async throws {
        let scene = try await SignInRuleScene()
        let (house, bob) = (scene.house, scene.bob.visitor)
        #expect(
            try await bob.call("me.add-ssh-key", body: ["name": "k", "publicKey": .string(SignInRuleScene.line)]).status
                == 201)
        let key = try SSHPublicKey(line: SignInRuleScene.line).blob
        let token = try await bob.call("me.create-token", body: ["name": "script"])["token"]
        #expect(try await scene.bearer(token).status == 200)
        #expect(try await scene.set(scene.deny(from: ["192.0.2.0/24", "2001:db8::1-2001:db8::ff"])).status == 200)

        let web = try await scene.come(bob)
        #expect(web.status == 403 && web.problem == "sign-in-denied" && web.cookie == nil)
        let cli = try await scene.commandLine(bob)
        #expect(cli.problem == "sign-in-denied" && cli["token"].isEmpty)
        for address in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::42"] {
            for key in [nil, key] {
                guard case .kept = try await scene.gateway(bob, key: key, from: address) else {
                    return #expect(Bool(false), "\(address) came in")
                }
            }
        }
        let program = try await scene.bearer(token)
        #expect(program.status == 403 && program.problem == "forbidden")
        _ = try await scene.bearer(token)
        // One answer, whatever the rule and the door.
        #expect(web["title"] == cli["title"] && web["detail"] == cli["detail"])
        let trail = try await house.test.database.query(
            """
            select action, details ->> 'reason', details ->> 'rule' from audit_events
            where tenant_id = \(scene.scope.tenant) and action in ('sign-in.gateway', 'sign-in.token') and outcome = 'refused'
            """, in: scene.scope
        ) { "\(try $0.next(String.self)) \(try $0.next(String.self)) \(try $0.next(String.self))" }
        #expect(trail.filter { $0 == "sign-in.gateway sign-in-rule keep out" }.count == 6)
        // However often a program tries, the trail is told once in a while.
        #expect(trail.filter { $0 == "sign-in.token sign-in-rule keep out" }.count == 1)

        // Nobody else is meant, and nowhere else.
        #expect(try await scene.gateway(scene.ada) == .admitted)
        house.move(to: "198.51.100.9")
        #expect(try await scene.come(bob).step == "done")
        #expect(try await !scene.commandLine(bob)["token"].isEmpty)
        #expect(try await scene.gateway(bob, key: key, from: "198.51.100.9") == .admitted)
        #expect(try await scene.bearer(token).status == 200)
    }

    @Test func `groups, roles and hours are looked at, and the first rule that fits decides`() async throws {
        let scene = try await SignInRuleScene()
        let group = try await scene.ada.call("groups.create", body: ["name": "Night"])["id"]
        let roles = try await scene.ada.call("roles.list").items
        let role = try #require(roles.first { $0["builtIn"]?.text == "user" }?["id"]?.text)
        let always: JSON = [["days": [1, 2, 3, 4, 5, 6, 7], "from": 0, "to": 1440]]
        try await scene.set(
            [
                "name": "night shift", "who": [["group": .string(group)]], "action": "allow",
            ], scene.deny(["role": .string(role)], hours: always))
        #expect(try await scene.come(scene.bob.visitor).problem == "sign-in-denied")
        _ = try await scene.ada.call("groups.add-member", [group, scene.bob.id.text])
        #expect(try await scene.come(scene.bob.visitor).step == "done")
        let tried = try await scene.ada.call(
            "sign-in-rules.try", body: ["user": .string(scene.bob.id.text), "address": "10.0.0.1"])
        #expect(tried["action"] == "allow" && tried["ruleName"] == "night shift")
        let other = try await scene.ada.call(
            "sign-in-rules.try", body: ["user": .string(try await scene.adaID), "address": "10.0.0.1"])
        #expect(other["action"] == "allow" && other.json["rule"] == .null)
        // The names are those of today.
        let shown = try await scene.ada.call("sign-in-rules.show").json["rules"]
        guard case .array(let rules)? = shown, case .array(let who)? = rules.first?["who"] else {
            return #expect(Bool(false), "no rules")
        }
        #expect(who.first?["name"]?.text == "Night")
    }

    @Test func `what nobody could mean is refused, and nobody shuts themselves out`() async throws {
        let scene = try await SignInRuleScene()
        let me: JSON = ["user": .string(try await scene.adaID)]
        let lockOut = try await scene.set(scene.deny(me, from: ["192.0.2.1"]))
        #expect(lockOut.status == 409 && lockOut.problem == "would-lock-you-out")
        #expect(try await scene.set(scene.deny(me, from: ["198.51.100.0/24"])).status == 200)
        let refused: [JSON] = [
            ["name": "x", "action": "deny"],
            ["name": "x", "action": "deny", "everyone": true, "who": [me]],
            ["name": "x", "action": "review", "everyone": true],
            ["name": "x", "action": "allow", "everyone": true, "asked": [me]],
            ["name": "x", "action": "deny", "everyone": true, "sources": ["10.0.0.1/8"]],
            ["name": "x", "action": "deny", "everyone": true, "hours": [["days": [1], "from": 60, "to": 60]]],
            ["name": "x", "action": "deny", "everyone": true, "hours": [["days": [8], "from": 0, "to": 60]]],
            ["name": "x", "action": "deny", "who": [["user": .string(UserID.new().text)]]],
            [
                "name": "x", "action": "deny",
                "who": [["group": .string(GroupID.new().text), "role": .string(RoleID.new().text)]],
            ],
            ["id": .string(SignInRuleID.new().text), "name": "x", "action": "allow", "everyone": true],
        ]
        for rule in refused { #expect(try await scene.set(rule).status == 422, "\(rule)") }
        let stale = try await scene.ada.call("sign-in-rules.set", body: ["rules": []], version: 1)
        #expect(stale.status == 412)
        #expect(try await scene.bob.visitor.call("sign-in-rules.show").status == 403)
        guard case .array(let rules)? = try await scene.ada.call("sign-in-rules.show").json["rules"] else {
            return #expect(Bool(false))
        }
        #expect(rules.count == 1)
    }

    @Test func `a denial takes back what the last step of the sign-in did`() async throws {
        let scene = try await SignInRuleScene()
        _ = try await scene.ada.call(
            "users.create", body: ["login": "carl", "name": "Carl", "password": .string(House.password)])
        let carl = Visitor(house: scene.house, scope: scene.scope, login: "carl")
        let id = try #require(try await scene.house.identity.directory.user(login: "carl", in: scene.scope)).id
        try await scene.set(scene.deny(["user": .string(id.text)]))
        let first = try await carl.password()
        #expect(first.step == "change-password")
        let changed = try await carl.open(
            "auth.change-password", ["token": .string(first["token"]), "password": "nine herons under the bridge"])
        #expect(changed.step == "enrol")
        let begun = try await carl.open("auth.enrolment", ["token": .string(changed["token"])])
        let secret = try #require(Base32RFC4648.decode(begun["secret"]))
        scene.house.wait(30)
        let code = TOTP.code(secret: secret, at: scene.house.now)
        let confirmed = try await carl.open(
            "auth.confirm-enrolment", ["token": .string(changed["token"]), "code": .string(code)])
        #expect(confirmed.problem == "sign-in-denied" && confirmed.json["recoveryCodes"] == nil)
        #expect(try await scene.ada.call("users.show", [id.text]).json["secondFactor"] == false)
    }

    @Test func `somebody who is told of a sign-in is told once, and the person is in`() async throws {
        let scene = try await SignInRuleScene()
        try await scene.set(
            ["name": "tell", "everyone": true, "action": "notify", "asked": [["user": .string(try await scene.adaID)]]])
        #expect(try await scene.come(scene.bob.visitor).step == "done")
        let events = try await scene.house.test.superuser().query(
            "select data ->> 'login' from events where type = 'sign-in.noticed'", { try $0.next(String.self) })
        #expect(events == ["bob"])
    }
}
