import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct GatewaySignInTests {
    private static let line =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@laptop"
    private let address = "198.51.100.7"

    @Test func `a key finds its owner under their own login only`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (other, _) = try await house.makeTenant("bolt")
        let (bob, visitor) = try await ada.take("bob")
        let body: JSON = ["name": "laptop", "publicKey": .string(Self.line)]
        #expect(try await visitor.call("me.add-ssh-key", body: body).status == 201)
        let (gateway, blob) = (house.identity.gateway, try SSHPublicKey(line: Self.line).blob)
        let found = try await gateway.person(login: "BOB", publicKey: blob, at: house.now, in: scope)
        #expect(found?.id == bob)
        for login in ["ada", "nobody", "b ob"] {
            #expect(try await gateway.person(login: login, publicKey: blob, at: house.now, in: scope) == nil)
        }
        #expect(try await gateway.person(login: "bob", publicKey: blob, at: house.now, in: other) == nil)
        #expect(try await gateway.person(login: "bob", publicKey: [1, 2, 3], at: house.now, in: scope) == nil)
        try await gateway.admitted(
            try #require(found), by: .publicKey(blob), from: address, at: house.now, in: scope)
        #expect(try await visitor.call("me.ssh-keys").items.first?["lastUsedAt"] != .null)
        _ = try await ada.call("users.disable", [bob.text])
        #expect(try await gateway.person(login: "bob", publicKey: blob, at: house.now, in: scope) == nil)
    }

    @Test func `a key is followed by what the company asks for at ssh, and alone only where it says so`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let body: JSON = ["name": "laptop", "publicKey": .string(Self.line)]
        #expect(try await ada.call("me.add-ssh-key", body: body).status == 201)
        let (gateway, blob) = (house.identity.gateway, try SSHPublicKey(line: Self.line).blob)
        let person = try #require(
            try await gateway.person(login: "ada", publicKey: blob, at: house.now, in: scope))
        func answer() async throws -> GatewaySignIn.KeyAnswer {
            try await gateway.answer(to: blob, of: person, from: address, at: house.now, in: scope)
        }
        func set(_ level: String, _ rules: JSON...) async throws {
            let version = try await ada.call("factor-rules.show").version
            _ = try await ada.call("me.step-up", body: ["code": .string(ada.freshCode())])
            let set = try await ada.call(
                "factor-rules.set", body: ["level": .string(level), "rules": .array(rules)], version: version)
            #expect(set.status == 200, "\(set.json)")
        }
        // Where the company has said nothing, everybody is asked everywhere.
        #expect(try await answer() == .codeNeeded)
        #expect(try await ada.call("me.ssh-keys").items.first?["lastUsedAt"] != .null)
        try await gateway.remember(
            .publicKey(blob), of: person.id, attempt: "one", from: address, at: house.now, in: scope)
        #expect(
            try await gateway.code("000000", of: person.id, afterKey: true, from: address, at: house.now, in: scope)
                == nil)
        let factor = try await gateway.code(
            ada.freshCode(), of: person.id, afterKey: true, from: address, at: house.now, in: scope)
        #expect(factor == .authenticator)
        let entry = try await gateway.resumed(
            person, by: .publicKeyAndCode, showing: factor, attempt: "one", from: address, at: house.now, in: scope)
        #expect(entry == .admitted)
        let by = try await house.test.database.first(
            """
            select details ->> 'by' from audit_events
            where tenant_id = \(scope.tenant) and action = 'sign-in.gateway' and outcome = 'success'
            """, in: scope
        ) { try $0.next(String.self) }
        #expect(by == "public-key-and-code")
        // Without the code the key is nothing.
        try await gateway.remember(
            .publicKey(blob), of: person.id, attempt: "two", from: address, at: house.now, in: scope)
        guard
            case .kept = try await gateway.resumed(
                person, by: .publicKey(blob), attempt: "two", from: address, at: house.now, in: scope)
        else { return #expect(Bool(false), "a key alone came in") }

        let alone: JSON = ["name": "keys", "everyone": true, "entrances": ["ssh"], "after": ["key"], "action": "skip"]
        let passwords: JSON = ["name": "office", "everyone": true, "after": ["password"], "action": "skip"]
        let apps: JSON = [
            "name": "apps", "everyone": true, "after": ["key"], "action": "require", "factors": ["passkey"],
        ]
        try await set("all", passwords)
        #expect(try await answer() == .codeNeeded)
        try await set("all", alone)
        #expect(try await answer() == .enough)
        // What counts after a key counts after a key, and is no matter after a password.
        try await set("all", apps)
        #expect(try await answer() == .browserNeeded)
        #expect(
            try await gateway.code(
                ada.freshCode(), of: person.id, afterKey: true, from: address, at: house.now, in: scope) == nil)
        house.wait(60)
        #expect(
            try await gateway.code(ada.freshCode(), of: person.id, from: address, at: house.now, in: scope)
                == .authenticator)
        try await set("off")
        #expect(try await answer() == .enough)
        try await set("all")
        // Who has nothing to show is sent to the portal, not in.
        _ = try await house.test.superuser().execute("delete from totp_secrets where tenant_id = \(scope.tenant)")
        #expect(try await answer() == .finishInPortal)
    }

    @Test func `password and code let somebody in, one after the other`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let gateway = house.identity.gateway
        let answer = try await gateway.password(
            login: "ada", Secret(House.password), from: address, at: house.now, in: scope)
        guard case .codeNeeded(let person, _) = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(try await gateway.code("000000", of: person.id, from: address, at: house.now, in: scope) == nil)
        #expect(
            try await gateway.code(
                ada.pocket.recoveryCodes[0], of: person.id, from: address, at: house.now, in: scope) == nil)
        let code = ada.freshCode()
        #expect(
            try await gateway.code(code, of: person.id, from: address, at: house.now, in: scope) == .authenticator)
        #expect(try await gateway.code(code, of: person.id, from: address, at: house.now, in: scope) == nil)
        try await gateway.admitted(person, by: .password, from: address, at: house.now, in: scope)
        let trail = try await house.test.database.query(
            """
            select outcome, actor_kind, details ->> 'by' from audit_events
            where tenant_id = \(scope.tenant) and action = 'sign-in.gateway' order by audit_event_id
            """, in: scope
        ) { "\(try $0.next(String.self)) \(try $0.next(String.self)) \(try $0.next(String?.self) ?? "-")" }
        #expect(trail.filter { $0 == "refused nobody -" }.count == 3)
        #expect(trail.filter { $0 == "success user password" }.count == 1)
    }

    @Test func `wrong, unknown and unfinished accounts stay outside, and failures lock here too`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        _ = try await ada.call(
            "users.create", body: ["login": "bob", "name": "Bob", "password": .string(House.password)])
        let gateway = house.identity.gateway
        func attempt(_ login: String, _ password: String) async throws -> GatewaySignIn.PasswordAnswer {
            try await gateway.password(login: login, Secret(password), from: address, at: house.now, in: scope)
        }
        #expect(try await attempt("nobody", House.password) == .refused)
        guard case .finishInPortal = try await attempt("bob", House.password) else {
            return #expect(Bool(false), "bob got in")
        }
        for _ in 0..<AttemptCounter.most { #expect(try await attempt("ada", "wrong wrong wrong") == .refused) }
        #expect(try await attempt("ada", House.password) == .refused)
        // Where she came in from before, guesses from elsewhere do not hold her; anywhere else they do.
        #expect(try await ada.password().step == "second-factor")
        house.move(to: "198.51.100.1")
        #expect(try await ada.password().problem == "sign-in-refused")
    }

    @Test func `what is over is forgotten`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        _ = try await ada.password()
        func rows() async throws -> [Int] {
            try await house.test.database.query(
                """
                select (select count(*) from sign_ins where tenant_id = \(scope.tenant)),
                  (select count(*) from web_sessions where tenant_id = \(scope.tenant))
                """, in: scope
            ) { [try $0.next(Int.self), try $0.next(Int.self)] }.first ?? []
        }
        try await house.identity.purge(at: house.now)
        #expect(try await rows() == [1, 1])
        try await house.identity.purge(at: house.now + 12 * 3600 + 1)
        #expect(try await rows() == [0, 0])
    }
}
