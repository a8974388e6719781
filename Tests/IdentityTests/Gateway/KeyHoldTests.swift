import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// SSH keys of people whom an identity provider knows: they count for some days after a sign-in, and no longer.
@Suite struct KeyHoldTests {
    /// Bob, who has an app, a key and a password, and what stands in the way of his key.
    private struct Scene {
        static let line =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl bob@laptop"

        let house: House
        let scope: TenantScope
        let admin: Visitor
        let bob: UserID
        let visitor: Visitor
        let superuser: OwnerConnection
        private let blob: [UInt8]
        private let person: Person

        init() async throws {
            house = try await House()
            (scope, admin) = try await house.makeTenant()
            (bob, visitor) = try await admin.take("bob")
            superuser = try await house.test.superuser()
            blob = try SSHPublicKey(line: Self.line).blob
            let body: JSON = ["name": "laptop", "publicKey": .string(Self.line)]
            let added = try await visitor.call("me.add-ssh-key", body: body)
            #expect(added.status == 201 && added.json["hold"] == .null, "\(added.json)")
            person = try #require(
                try await house.identity.gateway.person(login: "bob", publicKey: blob, at: house.now, in: scope))
        }

        func answer() async throws -> GatewaySignIn.KeyAnswer {
            try await house.identity.gateway.answer(
                to: blob, of: person, from: "198.51.100.7", at: house.now, in: scope)
        }

        /// A provider that is in use.
        func add(_ name: String) async throws -> IdentityProviderID {
            let made = try await admin.call(
                "identity-providers.create",
                body: [
                    "name": .string(name), "secret": "s",
                    "settings": ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"],
                ])
            return try #require(IdentityProviderID(made["id"]), "\(made.json)")
        }

        /// It knows Bob, and let him in just now or never.
        func link(_ provider: IdentityProviderID, hasSignedIn: Bool = true) async throws {
            _ = try await superuser.execute(
                """
                insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at, last_sign_in_at)
                values (\(scope.tenant), \(provider), \(bob), 'bob', \(house.now), \(hasSignedIn ? house.now : nil))
                """)
        }

        func comeIn(by provider: IdentityProviderID) async throws {
            _ = try await superuser.execute(
                "update identity_links set last_sign_in_at = \(house.now) where identity_provider_id = \(provider)")
        }

        func forgetPassword() async throws {
            _ = try await superuser.execute("update users set password_hash = null where user_id = \(bob)")
        }

        func set(enabled: Bool, _ provider: IdentityProviderID) async throws {
            try await admin.signIn()
            let version = try await admin.call("identity-providers.show", [provider.text]).version
            let changed = try await admin.call(
                "identity-providers.change", [provider.text], body: ["enabled": .bool(enabled)], version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }

        /// What an administrator sees beside the key.
        func shown() async throws -> JSON? {
            try await admin.signIn()
            return try await admin.call("users.ssh-keys", [bob.text]).items.first?["hold"]
        }

        func reasons() async throws -> [String] {
            try await house.test.database.query(
                """
                select details ->> 'reason' from audit_events
                where tenant_id = \(scope.tenant) and action = 'sign-in.gateway' and outcome = 'refused'
                order by audit_event_id
                """, in: scope
            ) { try $0.next(String.self) }
        }
    }

    private static let week: TimeInterval = 7 * 86_400

    @Test func `the key of whom no provider knows has no age`() async throws {
        let scene = try await Scene()
        scene.house.wait(365 * 86_400)
        #expect(try await scene.answer() == .codeNeeded)
        #expect(try await scene.shown() == .null)
        // A link that he made himself is nobody's word.
        let provider = try await scene.add("SSO")
        try await scene.link(provider, hasSignedIn: false)
        #expect(try await scene.answer() == .held(.signIn))
        _ = try await scene.superuser.execute("update identity_links set bound_by_user = true, account = 'bob'")
        #expect(try await scene.answer() == .codeNeeded)
    }

    @Test func `a key of somebody who comes by a provider opens ssh while the provider lets them in`() async throws {
        let scene = try await Scene()
        let provider = try await scene.add("SSO")
        try await scene.link(provider)
        try await scene.forgetPassword()
        #expect(try await scene.answer() == .codeNeeded)
        scene.house.wait(Self.week - 1)
        #expect(try await scene.answer() == .codeNeeded)
        scene.house.wait(1)
        #expect(try await scene.answer() == .held(.signIn))
        #expect(try await scene.reasons() == ["provider"])
        #expect(try await scene.shown() == "sign-in")
        // As soon as the provider has let him in again, and for as long as the company says.
        try await scene.comeIn(by: provider)
        #expect(try await scene.answer() == .codeNeeded)
        scene.house.wait(Self.week + 60)
        #expect(try await scene.answer() == .held(.signIn))
        _ = try await scene.superuser.execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scene.scope.tenant), 'ssh-key.provider-days', '30', \(scene.scope.tenant.uuid))
            """)
        #expect(try await scene.answer() == .codeNeeded)
        _ = try await scene.superuser.execute("update identity_links set last_sign_in_at = null")
        #expect(try await scene.answer() == .held(.signIn))
    }

    @Test func `a provider that is switched off ends the keys of its people, and gives them back`() async throws {
        let scene = try await Scene()
        let provider = try await scene.add("SSO")
        try await scene.link(provider)
        try await scene.forgetPassword()
        let foreseen = try await scene.admin.call("identity-providers.foresee-removal", [provider.text])
        #expect(foreseen.json["keyHolders"] == 1, "\(foreseen.json)")
        try await scene.set(enabled: false, provider)
        // He came in by it lately.
        #expect(try await scene.answer() == .codeNeeded)
        scene.house.wait(Self.week)
        #expect(try await scene.answer() == .held(.providerOff))
        #expect(try await scene.reasons() == ["provider-off"])
        #expect(try await scene.shown() == "provider-off")
        try await scene.set(enabled: true, provider)
        #expect(try await scene.answer() == .held(.signIn))
        try await scene.comeIn(by: provider)
        #expect(try await scene.answer() == .codeNeeded)
    }

    @Test func `another provider in use, or a password of one's own, lets somebody in instead`() async throws {
        let scene = try await Scene()
        let (off, on) = (try await scene.add("Old"), try await scene.add("New"))
        try await scene.link(off)
        try await scene.link(on, hasSignedIn: false)
        try await scene.set(enabled: false, off)
        scene.house.wait(Self.week)
        #expect(try await scene.answer() == .held(.signIn))
        // With the password that he has here, and all that it takes besides: guessing at it is nothing.
        #expect(try await scene.visitor.password("wrong wrong wrong").problem == "sign-in-refused")
        #expect(try await scene.visitor.password().step == "second-factor")
        #expect(try await scene.answer() == .held(.signIn))
        try await scene.visitor.signIn()
        #expect(try await scene.answer() == .codeNeeded)
        #expect(try await scene.visitor.call("me.ssh-keys").items.first?["hold"] == .null)
        scene.house.wait(Self.week)
        #expect(try await scene.answer() == .held(.signIn))
        // A password that he has no longer proves nothing, however lately it did.
        try await scene.visitor.signIn()
        try await scene.forgetPassword()
        #expect(try await scene.answer() == .held(.signIn))
        try await scene.comeIn(by: on)
        #expect(try await scene.answer() == .codeNeeded)
        // Only the one that is in use can still take his key from him.
        for (provider, holders) in [(off, 0), (on, 1)] as [(IdentityProviderID, JSON)] {
            try await scene.admin.signIn()
            let foreseen = try await scene.admin.call("identity-providers.foresee-removal", [provider.text])
            #expect(foreseen.json["keyHolders"] == holders, "\(foreseen.json)")
        }
    }

    @Test func `who has no key but a passkey is counted before a provider is switched off, too`() async throws {
        let scene = try await Scene()
        let provider = try await scene.add("SSO")
        try await scene.link(provider)
        try await scene.forgetPassword()
        _ = try await scene.superuser.execute("update ssh_keys set disabled_at = now()")
        let none = try await scene.admin.call("identity-providers.foresee-removal", [provider.text])
        #expect(none.json["keyHolders"] == 0, "\(none.json)")
        _ = try await scene.superuser.execute(
            """
            insert into passkeys (
              tenant_id, passkey_id, user_id, name, rp_id, credential_id, algorithm, public_key, sign_count, model,
              is_backup_eligible)
            select tenant_id, gen_random_uuid(), user_id, 'YubiKey', 'gate.example.com', '\\x01', -7, '\\x02', 0,
              gen_random_uuid(), false
            from identity_links
            """)
        let one = try await scene.admin.call("identity-providers.foresee-removal", [provider.text])
        #expect(one.json["keyHolders"] == 1, "\(one.json)")
    }

    @Test func `so is who has but an account that they bound elsewhere, where it lets them in`() async throws {
        let scene = try await Scene()
        let (sso, own) = (try await scene.add("SSO"), try await scene.add("Own"))
        try await scene.link(sso)
        try await scene.forgetPassword()
        _ = try await scene.superuser.execute("update ssh_keys set disabled_at = now()")
        func count(_ provider: IdentityProviderID) async throws -> JSON? {
            try await scene.admin.call("identity-providers.foresee-removal", [provider.text]).json["keyHolders"]
        }
        _ = try await scene.superuser.execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject, bound_by_user, account)
            values (\(scene.scope.tenant), \(own), \(scene.bob), 'bob', true, 'bob')
            """)
        #expect(try await count(sso) == 0)
        _ = try await scene.superuser.execute(
            "update identity_providers set binds_users = true where identity_provider_id = \(own)")
        #expect(try await count(sso) == 1)
        #expect(try await count(own) == 0)
        _ = try await scene.superuser.execute(
            "update identity_providers set enabled = false where identity_provider_id = \(own)")
        #expect(try await count(sso) == 0)
    }

    @Test func `who has no password makes none that is good once while their keys are held`() async throws {
        let scene = try await Scene()
        let provider = try await scene.add("SSO")
        try await scene.link(provider)
        try await scene.forgetPassword()
        try await scene.set(enabled: false, provider)
        #expect(try await scene.visitor.call("me.make-temporary-password").status == 201)
        _ = try await scene.superuser.execute(
            "update identity_links set last_sign_in_at = \(scene.house.now - Self.week)")
        #expect(try await scene.visitor.call("me.make-temporary-password").problem == "no-password-here")
        // An administrator's word is the company's.
        let given = try await scene.admin.call("users.make-temporary-password", [scene.bob.text])
        #expect(given.status == 201, "\(given.json)")
    }

    @Test(arguments: [false, true])
    func `whom no provider knows any more is the company's own`(isRemoved: Bool) async throws {
        let scene = try await Scene()
        let provider = try await scene.add("SSO")
        try await scene.link(provider, hasSignedIn: false)
        try await scene.forgetPassword()
        try await scene.set(enabled: false, provider)
        #expect(try await scene.answer() == .held(.providerOff))
        let version = try await scene.admin.call("identity-providers.show", [provider.text]).version
        let ended =
            isRemoved
            ? try await scene.admin.call("identity-providers.remove", [provider.text], version: version)
            : try await scene.admin.call("identity-providers.unlink", [provider.text, scene.bob.text])
        #expect(ended.status == 204, "\(ended.json)")
        #expect(try await scene.answer() == .codeNeeded)
    }

    @Test func `whom a program says is known, too, until it takes them back`() async throws {
        let scene = try await Scene()
        let provider = try await scene.add("SSO")
        try await scene.forgetPassword()
        _ = try await scene.superuser.execute(
            """
            insert into provisionings (tenant_id, identity_provider_id) values (\(scene.scope.tenant), \(provider))
            """)
        _ = try await scene.superuser.execute(
            """
            insert into provisioned_users (tenant_id, identity_provider_id, user_id, user_name, profile)
            values (\(scene.scope.tenant), \(provider), \(scene.bob), 'bob', '{}')
            """)
        #expect(try await scene.answer() == .held(.signIn))
        try await scene.set(enabled: false, provider)
        #expect(try await scene.answer() == .held(.providerOff))
        _ = try await scene.superuser.execute("update provisioned_users set removed_at = \(scene.house.now)")
        #expect(try await scene.answer() == .codeNeeded)
    }
}
