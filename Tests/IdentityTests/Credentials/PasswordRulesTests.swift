import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// What a company asks of passwords as they come and go: history, age, a change that somebody else asks for.
@Suite struct PasswordRulesTests {
    private static let key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@laptop"
    private let address = "198.51.100.7"

    /// What makes a password one that has to be changed.
    enum Cause: CaseIterable { case age, administrator }

    private func change(_ visitor: Visitor, from current: String, to password: String) async throws -> Answer {
        visitor.house.wait(1)
        return try await visitor.call(
            "me.password", body: ["current": .string(current), "password": .string(password)])
    }

    @Test func `as many passwords as the company remembers cannot come again`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let superuser = try await house.test.superuser()
        let words = [House.password, "nine herons on the roof", "four badgers in the barn", "two otters by the sea"]
        // One is remembered where nothing else was said: the one in use.
        #expect(try await change(ada, from: words[0], to: words[0]).status == 422)
        #expect(try await change(ada, from: words[0], to: words[1]).status == 204)
        _ = try await superuser.execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), 'password.history', '3', \(scope.tenant.uuid))
            """)
        #expect(try await change(ada, from: words[1], to: words[2]).status == 204)
        for old in [words[0], words[1], words[2]] {
            let refused = try await change(ada, from: words[2], to: old)
            #expect(refused.status == 422 && "\(refused.json)".contains("none of the last 3"), "\(refused.json)")
        }
        #expect(try await change(ada, from: words[2], to: words[3]).status == 204)
        #expect(try await change(ada, from: words[3], to: words[0]).status == 204)
        // No more are kept than can ever be asked for.
        var last = words[0]
        for number in 1...12 {
            let next = "\(number) \(words[1]) \(number)"
            #expect(try await change(ada, from: last, to: next).status == 204)
            last = next
        }
        let kept = try await superuser.query("select count(*) from password_history") { try $0.next(Int.self) }
        #expect(kept == [Setting.mostRemembered - 1])
        #expect(try await change(ada, from: last, to: "11 \(words[1]) 11").status == 422)
    }

    @Test func `an organization can ask for more, and not for less`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        let part = try await ada.call("organizations.create", body: ["name": "Europe"])
        let organization = try #require(OrganizationID(part["id"]))
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            "update users set org_id = \(organization) where tenant_id = \(scope.tenant) and user_id = \(bob)")
        func say(_ key: String, _ value: JSON, at organization: OrganizationID?) async throws {
            if let organization {
                _ = try await superuser.execute(
                    """
                    insert into organization_setting_values (tenant_id, org_id, key, value, updated_by)
                    values (\(scope.tenant), \(organization), \(key), \(value), \(scope.tenant.uuid))
                    """)
            } else {
                _ = try await superuser.execute(
                    """
                    insert into tenant_setting_values (tenant_id, key, value, updated_by)
                    values (\(scope.tenant), \(key), \(value), \(scope.tenant.uuid))
                    """)
            }
        }
        try await say("password.history", 2, at: organization)
        let next = "nine herons on the roof"
        #expect(try await change(visitor, from: House.password, to: next).status == 204)
        #expect(try await change(visitor, from: next, to: House.password).status == 422)
        #expect(try await change(ada, from: House.password, to: next).status == 204)
        #expect(try await change(ada, from: next, to: House.password).status == 204)
        // The company says two years, the organization one, and the password is one and a half years old.
        try await say("password.max-age", 730, at: nil)
        _ = try await superuser.execute("update users set password_changed_at = now() - interval '547 days'")
        #expect(try await !mustChange("ada", house))
        #expect(try await !mustChange("bob", house))
        try await say("password.max-age", 365, at: organization)
        #expect(try await !mustChange("ada", house))
        #expect(try await mustChange("bob", house))
        _ = try await superuser.execute(
            "update organization_setting_values set value = '3000' where key = 'password.max-age'")
        #expect(try await !mustChange("bob", house))
        _ = try await superuser.execute("update users set password_changed_at = now() - interval '731 days'")
        #expect(try await mustChange("bob", house))
        #expect(try await mustChange("ada", house))
    }

    private func mustChange(_ login: String, _ house: House) async throws -> Bool {
        let scope = try #require(
            try await house.test.superuser().query("select tenant_id from tenants") {
                TenantScope(tenant: try $0.next())
            }.first)
        let account = try await house.test.database.transaction(in: scope) {
            try await AccountStore.lock(Login(login)!, in: scope, $0)
        }
        return try #require(account).standing.mustChangePassword
    }

    private func cause(_ cause: Cause, _ bob: UserID, _ ada: Visitor) async throws {
        switch cause {
        case .age:
            let superuser = try await ada.house.test.superuser()
            _ = try await superuser.execute(
                """
                insert into tenant_setting_values (tenant_id, key, value, updated_by)
                values (\(ada.scope.tenant), 'password.max-age', '3649', \(ada.scope.tenant.uuid))
                """)
            _ = try await superuser.execute(
                "update users set password_changed_at = now() - interval '3650 days' where user_id = \(bob)")
        case .administrator:
            let answer = try await ada.call("users.require-password-change", [bob.text])
            #expect(answer.status == 200 && answer.json["mustChangePassword"] == .bool(true), "\(answer.json)")
        }
    }

    @Test(arguments: Cause.allCases)
    func `a password that has to be changed opens nothing else, whichever way`(why: Cause) async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        let line: JSON = ["name": "laptop", "publicKey": .string(Self.key)]
        #expect(try await visitor.call("me.add-ssh-key", body: line).status == 201)
        try await cause(why, bob, ada)
        let (gateway, blob) = (house.identity.gateway, try SSHPublicKey(line: Self.key).blob)
        let person = try #require(try await gateway.person(login: "bob", publicKey: blob, at: house.now, in: scope))

        // The browser: the second factor first, and then the page.
        let first = try await visitor.password()
        #expect(first.step == "second-factor")
        let second = try await visitor.open(
            "auth.second-factor", ["token": .string(first["token"]), "code": .string(visitor.freshCode())])
        #expect(second.step == "change-password" && second.cookie == nil)
        let token = second["token"]
        for headers: HTTPFields in [[.authorization: "Bearer \(token)"], [.cookie: "gatehouse=\(token)"]] {
            #expect(try await house.call("me.show", in: scope, headers: headers).status == 401)
            let made = try await house.call("me.create-token", body: ["name": "x"], in: scope, headers: headers)
            #expect(made.status == 401)
        }
        let code = JSON.string(visitor.freshCode())
        for (operation, more) in [
            ("auth.second-factor", "code"), ("auth.confirm-enrolment", "code"), ("auth.challenge", "answer"),
            ("auth.invitation", "password"),
        ] {
            let value = more == "password" ? "nine herons on the roof" : code
            let answer = try await visitor.open(operation, ["token": .string(token), more: value])
            #expect(answer.status == 401 && answer.cookie == nil, "\(operation)")
        }
        for operation in ["auth.enrolment", "auth.review"] {
            #expect(try await visitor.open(operation, ["token": .string(token)]).status == 401)
        }
        // The command line, which learns nothing without the code.
        func direct(_ password: String, _ code: String) -> JSON {
            ["login": "bob", "password": .string(password), "code": .string(code)]
        }
        let wrong = try await visitor.open("auth.cli", direct("wrong wrong wrong", "000000"))
        #expect(try await visitor.open("auth.cli", direct(House.password, "000000")).essence == wrong.essence)
        let cli = try await visitor.open("auth.cli", direct(House.password, visitor.freshCode()))
        #expect(cli.problem == "finish-in-portal" && cli["token"].isEmpty)
        // ssh, by password, by key, by key and code, by a browser that is still open.
        let password = try await gateway.password(
            login: "bob", Secret(House.password), from: address, at: house.now, in: scope)
        #expect(password == .codeNeeded(person, byProvider: false))
        for way in [GatewayWay.password, .publicKey(blob), .publicKeyAndCode, .browser] {
            let entry = try await gateway.admitted(person, by: way, from: address, at: house.now, in: scope)
            #expect(entry == .passwordChangeDue)
        }
        #expect(try await visitor.call("me.ssh-keys").items.first?["lastUsedAt"] == .null)
        // A provider that knows them lets them off only where it has proven them now.
        let provider = try await ada.call(
            "identity-providers.create",
            body: [
                "name": "SSO", "secret": "s",
                "settings": ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"],
            ])
        let id = try #require(IdentityProviderID(provider["id"]))
        _ = try await house.test.superuser().execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject)
            values (\(scope.tenant), \(id), \(bob), 'bob')
            """)
        for way in [GatewayWay.password, .publicKey(blob), .publicKeyAndCode, .browser] {
            let entry = try await gateway.admitted(person, by: way, from: address, at: house.now, in: scope)
            #expect(entry == .passwordChangeDue)
        }
        for way in [GatewayWay.passwordAtProvider, .browserByProvider] {
            let entry = try await gateway.admitted(person, by: way, from: address, at: house.now, in: scope)
            #expect(entry == .admitted)
        }
        #expect(try await ada.call("identity-providers.remove", [provider["id"]]).status == 204)

        // The change itself, and everything is open again.
        let same = try await visitor.open(
            "auth.change-password", ["token": .string(token), "password": .string(House.password)])
        #expect(same.status == 422)
        let changed = try await visitor.open(
            "auth.change-password", ["token": .string(token), "password": "nine herons on the roof"])
        #expect(changed.step == "done" && changed.cookie != nil)
        visitor.keep(cookie: changed.cookie)
        #expect(try await visitor.call("me.show").status == 200)
        #expect(try await ada.call("users.show", [bob.text]).json["mustChangePassword"] == .bool(false))
        let entry = try await gateway.admitted(
            person, by: .publicKey(blob), from: address, at: house.now, in: scope)
        #expect(entry == .admitted)
        let again = try await visitor.open("auth.cli", direct("nine herons on the roof", visitor.freshCode()))
        #expect(again["token"].hasPrefix("ght_"))
    }

    @Test func `whoever has the old password cannot change it once it was changed`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        #expect(try await ada.call("users.require-password-change", [bob.text]).status == 200)
        func begin() async throws -> Answer {
            let first = try await visitor.password()
            return try await visitor.open(
                "auth.second-factor", ["token": .string(first["token"]), "code": .string(visitor.freshCode())])
        }
        func change(_ answer: Answer, to password: String) async throws -> Answer {
            try await visitor.open(
                "auth.change-password", ["token": .string(answer["token"]), "password": .string(password)])
        }
        let (owner, other) = (try await begin(), try await begin())
        #expect(owner.step == "change-password" && other.step == "change-password")
        #expect(try await change(owner, to: "nine herons on the roof").step == "done")
        let late = try await change(other, to: "four badgers in the barn")
        #expect(late.problem == "sign-in-expired" && late.cookie == nil)
        #expect(try await visitor.password("nine herons on the roof").step == "second-factor")
        #expect(try await visitor.password("four badgers in the barn").problem == "sign-in-refused")
    }

    @Test func `only a password that is there can be asked to be changed`() async throws {
        let (_, ada) = try await House().makeTenant()
        let invited = try await ada.call("users.create", body: ["login": "bob", "name": "Bob"])
        let refused = try await ada.call("users.require-password-change", [invited["id"]])
        #expect(refused.problem == "no-password-here")
        #expect(invited.json["mustChangePassword"] == .bool(false))
    }

    @Test func `people are told once before their password runs out`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let letters = Letters()
        let identity = house.identity(sending: letters)
        let superuser = try await house.test.superuser()
        func tell() async throws -> [String] {
            try await identity.tellOfEnds(at: Date())
            return letters.takeAll().map { "\($0.kind) \($0.to) \($0.text.contains("/profile"))" }
        }
        _ = try await superuser.execute("update users set password_changed_at = now() - interval '26 days'")
        #expect(try await tell() == [])
        _ = try await superuser.execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), 'password.max-age', '30', \(scope.tenant.uuid))
            """)
        #expect(try await tell() == ["password-end ada@example.com true"])
        #expect(try await tell() == [])
        // A new password has an end of its own.
        #expect(try await change(ada, from: House.password, to: "nine herons on the roof").status == 204)
        _ = try await superuser.execute("update users set password_changed_at = now() - interval '22 days'")
        #expect(try await tell() == [])
        _ = try await superuser.execute("update users set password_changed_at = now() - interval '24 days'")
        #expect(try await tell() == ["password-end ada@example.com true"])
        // What is over already is said at the next sign-in.
        _ = try await superuser.execute(
            "update users set password_changed_at = now() - interval '31 days', password_told_at = null")
        #expect(try await tell() == [])
    }
}
