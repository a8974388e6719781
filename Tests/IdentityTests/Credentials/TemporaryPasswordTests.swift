import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

@Suite struct TemporaryPasswordTests {
    private let address = "198.51.100.7"

    private func own(_ visitor: Visitor) async throws -> String {
        let made = try await visitor.call("me.make-temporary-password")
        #expect(made.status == 201, "\(made.json)")
        return made["password"]
    }

    /// From a password to the step that follows the second factor.
    private func enter(_ visitor: Visitor, _ password: String) async throws -> Answer {
        let first = try await visitor.password(password)
        guard first.step == "second-factor" else { return first }
        return try await visitor.open(
            "auth.second-factor", ["token": .string(first["token"]), "code": .string(visitor.freshCode())])
    }

    private func trail(_ action: String, _ house: House) async throws -> Int {
        try await house.test.superuser().query(
            "select count(*) from audit_events where action = \(action)", { try $0.next(Int.self) }
        ).first ?? 0
    }

    @Test func `it lets its person in once, with the second factor`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let password = try await own(ada)
        #expect(password.count == 19 && password.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" })
        #expect(try await enter(ada, password).step == "done")
        let second = try await ada.password(password)
        let wrong = try await ada.password("wrong wrong wrong")
        #expect(second.problem == "sign-in-refused" && second.essence == wrong.essence)
        #expect(try await trail("temporary-password.used", house) == 1)
        // The one of their own is as it was.
        #expect(try await enter(ada, House.password).step == "done")
        // As people type it from a slip of paper.
        let typed = try await own(ada).uppercased().replacing("-", with: " ")
        #expect(try await enter(ada, typed).step == "done")
    }

    @Test func `it is used up by the password's step, whatever becomes of the code`() async throws {
        let (_, ada) = try await House().makeTenant()
        let password = try await own(ada)
        let first = try await ada.password(password)
        let refused = try await ada.open("auth.second-factor", ["token": .string(first["token"]), "code": "000000"])
        #expect(refused.problem == "code-refused")
        #expect(try await ada.password(password).problem == "sign-in-refused")
    }

    @Test func `two at once are one`() async throws {
        let (_, ada) = try await House().makeTenant()
        let password = try await own(ada)
        let steps = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<5 { group.addTask { try await ada.password(password).step } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(steps.filter { $0 == "second-factor" }.count == 1)
    }

    @Test func `it is good for an hour, and only the last one is`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let first = try await own(ada)
        let second = try await own(ada)
        #expect(try await ada.password(first).problem == "sign-in-refused")
        house.wait(TemporaryPassword.ownLife)
        #expect(try await ada.password(second).problem == "sign-in-refused")
        try await house.identity.purge(at: house.now + 1)
        let left = try await house.test.superuser().query("select count(*) from temporary_passwords") {
            try $0.next(Int.self)
        }
        #expect(left == [0])
    }

    @Test func `ssh and the command line take it, once each`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let gateway = house.identity.gateway
        func ssh(_ password: String) async throws -> GatewaySignIn.PasswordAnswer {
            try await gateway.password(login: "ada", Secret(password), from: address, at: house.now, in: scope)
        }
        let password = try await own(ada)
        guard case .codeNeeded = try await ssh(password) else { return #expect(Bool(false), "not taken") }
        #expect(try await ssh(password) == .refused)
        let other = try await own(ada)
        func cli(_ code: String) async throws -> Answer {
            try await ada.open("auth.cli", ["login": "ada", "password": .string(other), "code": .string(code)])
        }
        #expect(try await cli(ada.freshCode())["token"].hasPrefix("ght_"))
        #expect(try await cli(ada.freshCode()).problem == "sign-in-refused")
    }

    @Test func `it stands for the own password nowhere else, and never becomes it`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        // Hashed with a cost of years ago, which the next sign-in by it makes new.
        let old = try await PasswordHasher(cost: Argon2Cost(kibibytes: 128, passes: 1)).hash(House.password)
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute("update users set password_hash = \(old)")
        let password = try await own(ada)
        let changed = try await ada.call(
            "me.password", body: ["current": .string(password), "password": "nine herons on the roof"])
        #expect(changed.problem == "password-refused")
        #expect(try await enter(ada, password).step == "done")
        #expect(try await superuser.query("select password_hash from users") { try $0.next(String.self) } == [old])
        #expect(try await enter(ada, House.password).step == "done")
        #expect(try await superuser.query("select password_hash from users") { try $0.next(String.self) } != [old])
    }

    @Test func `it ends with the password, with signing out everywhere and with the account`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        let first = try await own(visitor)
        let changed = try await visitor.call(
            "me.password", body: ["current": .string(House.password), "password": "nine herons on the roof"])
        #expect(changed.status == 204)
        #expect(try await visitor.password(first).problem == "sign-in-refused")
        let second = try await own(visitor)
        #expect(try await ada.call("online.sign-out", [bob.text]).status == 204)
        #expect(try await visitor.password(second).problem == "sign-in-refused")
        let back = try await enter(visitor, "nine herons on the roof")
        #expect(back.step == "done")
        visitor.keep(cookie: back.cookie)
        let third = try await own(visitor)
        #expect(try await ada.call("users.disable", [bob.text]).status == 200)
        #expect(try await ada.call("users.enable", [bob.text]).status == 200)
        #expect(try await visitor.password(third).problem == "sign-in-refused")
    }

    @Test func `an administrator's leads to a password of one's own, and nowhere else`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        let made = try await ada.call("users.make-temporary-password", [bob.text])
        #expect(made.status == 201)
        let gateway = house.identity.gateway
        let ssh = try await gateway.password(
            login: "bob", Secret(made["password"]), from: address, at: house.now, in: scope)
        guard case .codeNeeded(let person, _) = ssh else { return #expect(Bool(false), "\(ssh)") }
        let entry = try await gateway.admitted(person, by: .password, from: address, at: house.now, in: scope)
        #expect(entry == .passwordChangeDue)
        let again = try await ada.call("users.make-temporary-password", [bob.text])
        let step = try await enter(visitor, again["password"])
        #expect(step.step == "change-password" && step.cookie == nil)
        let done = try await visitor.open(
            "auth.change-password", ["token": .string(step["token"]), "password": "nine herons on the roof"])
        #expect(done.step == "done")
        #expect(try await enter(visitor, "nine herons on the roof").step == "done")
        #expect(try await enter(visitor, House.password).problem == "sign-in-refused")
        // Whoever never had one chooses it now.
        let invited = try await ada.call("users.create", body: ["login": "carl", "name": "Carl"])
        let slip = try await ada.call("users.make-temporary-password", [invited["id"]])
        let carl = Visitor(house: house, scope: scope, login: "carl")
        let first = try await carl.password(slip["password"])
        #expect(first.step == "change-password")
        let chosen = try await carl.open(
            "auth.change-password", ["token": .string(first["token"]), "password": .string(House.password)])
        #expect(chosen.step == "enrol")
        try await carl.enrol(chosen["token"])
        #expect(try await carl.call("me.show").status == 200)
    }

    @Test func `nobody makes one for themself as an administrator, for somebody who may do more, or without a role`()
        async throws
    {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let me = try await ada.call("me.show").json["user"]?["id"]?.text ?? ""
        #expect(try await ada.call("users.make-temporary-password", [me]).problem == "not-yourself")
        let (bob, visitor) = try await ada.take("bob")
        #expect(try await visitor.call("users.make-temporary-password", [me]).status == 403)
        let (_, other) = try await house.makeTenant("bolt")
        #expect(try await other.call("users.make-temporary-password", [bob.text]).status == 404)
        #expect(try await other.call("users.require-password-change", [bob.text]).status == 404)
    }

    @Test func `whom an identity provider vouches for has none`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        let provider = IdentityProviderID.new()
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            """
            insert into identity_providers (tenant_id, identity_provider_id, name, kind, position, enabled,
              creates_users, links_users, settings)
            values (\(scope.tenant), \(provider), 'Directory', 'ldap', 1, true, false, false, '{}')
            """)
        _ = try await superuser.execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject)
            values (\(scope.tenant), \(provider), \(bob), 'bob')
            """)
        #expect(try await visitor.call("me.make-temporary-password").problem == "no-password-here")
        #expect(try await ada.call("users.make-temporary-password", [bob.text]).problem == "no-password-here")
    }
}
