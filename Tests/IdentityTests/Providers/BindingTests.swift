import Crypto
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// People who bind an account at a provider to theirs.
@Suite(.enabled(if: StandInMessengers.isThere)) struct BindingTests {
    /// A company where people bind their own messenger, and somebody who does.
    private struct Scene {
        let messenger: MessengerScene
        let bob: Visitor
        let id: UserID

        var house: House { messenger.house }
        var admin: Visitor { messenger.admin }
        var provider: String { messenger.provider }

        init(_ vendor: String = "slack") async throws {
            messenger = try await MessengerScene(vendor, ["bindsUsers": .bool(true)])
            (id, bob) = try await messenger.admin.take("bob")
        }

        /// Somebody comes in by the messenger, as far as it goes without a code.
        func come() async throws -> Answer {
            try await messenger.behave()
            return try await messenger.signIn()
        }

        /// And all the way: another browser of the same person.
        func comeIn() async throws -> Visitor {
            let begun = try await come()
            #expect(begun.step == "second-factor", "\(begun.json)")
            let done = try await bob.open(
                "auth.second-factor", ["token": .string(begun["token"]), "code": .string(bob.freshCode())])
            #expect(done.step == "done", "\(done.json)")
            let other = Visitor(house: house, scope: admin.scope, login: "bob")
            other.keep(cookie: done.cookie)
            return other
        }

        func links() async throws -> [JSON] { try await messenger.links() }

        func isIn(_ visitor: Visitor) async throws -> Bool { try await visitor.call("me.show").status == 200 }

        func change(_ body: JSON, of other: String? = nil) async throws {
            let id = other ?? provider
            let version = try await admin.call("identity-providers.show", [id]).version
            let changed = try await admin.call("identity-providers.change", [id], body: body, version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }

        /// Another provider vouches for Bob, who came in by it just now.
        func vouch() async throws -> String {
            let made = try await admin.call(
                "identity-providers.create", body: messenger.body("wecom").merging(["name": "Company's own"]))
            let other = try #require(IdentityProviderID(made["id"]), "\(made.json)")
            _ = try await house.test.superuser().execute(
                """
                insert into identity_links (tenant_id, identity_provider_id, user_id, subject, last_sign_in_at)
                values (\(admin.scope.tenant), \(other), \(id), 'bob', \(house.now))
                """)
            return other.text
        }

        /// Why somebody was kept out last, as the trail has it.
        func reason() -> String? { house.trail.refused("sign-in.browser").last?.details["reason"]?.text }
    }

    @Test(arguments: MessengerScene.all)
    func `an account is bound in two steps, lets its person in, and is unbound with all that it opened`(
        _ vendor: String
    ) async throws {
        let scene = try await Scene(vendor)
        let user = try await scene.admin.call("users.show", [scene.id.text])
        let mailed = try await scene.admin.call(
            "users.change", [scene.id.text], body: ["email": "bob@acme.example"], version: user.version)
        #expect(mailed.status == 200, "\(mailed.json)")
        #expect(try await scene.come().problem == "sign-in-refused")
        let offered = try await scene.bob.call("me.identities")
        guard case .array(let bindable)? = offered.json["bindable"] else { throw Unexpected() }
        #expect(bindable.map { $0["id"]?.text } == [scene.provider])
        // It is seen first which account would be bound to whom, and nothing has happened yet.
        var browser = Browser(scene.bob)
        let proposed = try await scene.bob.propose(scene.provider, &browser)
        #expect(proposed.status == 200, "\(proposed.json)")
        #expect(proposed["login"] == "bob" && proposed["provider"] == "Messenger")
        #expect(proposed["account"].contains(scene.messenger.login), "\(proposed.json)")
        #expect(try await scene.links().isEmpty)
        #expect(try await scene.come().problem == "sign-in-refused")
        let bound = try await scene.bob.call("me.confirm-binding", body: ["token": .string(proposed["token"])])
        #expect(bound.status < 300, "\(bound.json)")
        let links = try await scene.links()
        #expect(links.map { $0["subject"]?.text } == [scene.messenger.subject])
        #expect(links.first?["boundByUser"] == .bool(true))
        // A proposal counts once.
        let twice = try await scene.bob.call("me.confirm-binding", body: ["token": .string(proposed["token"])])
        #expect(twice.problem == "binding-expired")
        let letter = try #require(scene.house.mailbox.all.last)
        #expect(letter.kind == "identity-bound" && letter.to == "bob@acme.example")
        #expect(letter.text.contains("Messenger") && letter.text.contains(proposed["account"]))
        // What it opens ends with it, and nothing else does.
        let other = try await scene.comeIn()
        #expect(try await scene.isIn(other))
        #expect(try await other.call("me.create-token", body: ["name": "left behind"]).status == 201)
        let key: JSON = ["name": "left behind", "algorithm": "hmac-sha256"]
        #expect(try await other.call("me.create-access-key", body: key).status == 201)
        #expect(try await other.call("me.add-ssh-key", body: Self.sshKey("left behind")).status == 201)
        #expect(try await scene.bob.call("me.create-token", body: ["name": "own"]).status == 201)
        #expect(try await scene.bob.call("me.add-ssh-key", body: Self.sshKey("own")).status == 201)
        let waiting = try await scene.come()
        let gone = try await scene.bob.call("me.unbind", [scene.provider])
        #expect(gone.status < 300, "\(gone.json)")
        #expect(try await !scene.isIn(other))
        #expect(try await scene.bob.call("me.tokens").items.map { $0["name"]?.text } == ["own"])
        #expect(try await scene.bob.call("me.access-keys").items.isEmpty)
        #expect(try await scene.bob.call("me.ssh-keys").items.map { $0["name"]?.text } == ["own"])
        #expect(try await scene.isIn(scene.bob))
        let late = try await scene.bob.open(
            "auth.second-factor", ["token": .string(waiting["token"]), "code": .string(scene.bob.freshCode())])
        #expect(late.problem == "sign-in-expired")
        #expect(try await scene.come().problem == "sign-in-refused")
        #expect(try await scene.bob.call("me.unbind", [scene.provider]).status == 404)
    }

    @Test func `to say yes takes a second factor that is fresh, and a browser`() async throws {
        let scene = try await Scene()
        let made = try await scene.bob.call("me.create-token", body: ["name": "script"])
        let program = try await scene.house.call(
            "me.begin-binding", body: ["provider": .string(scene.provider)], in: scene.admin.scope,
            headers: [.authorization: "Bearer \(made["token"])"])
        #expect(program.problem == "browser-needed", "\(program.json)")
        scene.house.wait(16 * 60)
        try await scene.messenger.behave()
        var browser = Browser(scene.bob)
        let proposed = try await scene.bob.propose(scene.provider, &browser)
        let body: JSON = ["token": .string(proposed["token"])]
        #expect(try await scene.bob.call("me.confirm-binding", body: body).problem == "step-up-required")
        #expect(try await scene.links().isEmpty)
        let shown = try await scene.bob.call("me.step-up", body: ["code": .string(scene.bob.freshCode())])
        #expect(shown.status < 300, "\(shown.json)")
        #expect(try await scene.bob.call("me.confirm-binding", body: body).status < 300)
        scene.house.wait(16 * 60)
        #expect(try await scene.bob.call("me.unbind", [scene.provider]).problem == "step-up-required")
    }

    @Test func `nobody has another browser, another session or another person finish what they began`() async throws {
        let scene = try await Scene()
        let (_, eve) = try await scene.admin.take("eve")
        var (mine, hers) = (Browser(scene.bob), Browser(eve))
        func leave(_ who: Visitor, _ browser: inout Browser) async throws -> JSON {
            try await scene.messenger.behave()
            let begun = try await who.trial(
                "me.begin-binding", [], &browser, ["provider": .string(scene.provider)])
            return try await browser.visit(begun["url"]).body(scene.provider)
        }
        // Eve's own way back, planted in Bob's browser; with her cookie besides; and Bob's taken by Eve.
        let planted = try await leave(eve, &hers)
        #expect(try await scene.bob.trial("me.propose-binding", [], &mine, planted).problem == "binding-expired")
        let stolen = try await leave(scene.bob, &mine)
        var both = hers
        both.cookie = mine.cookie
        #expect(try await eve.trial("me.propose-binding", [], &both, stolen).problem == "binding-expired")
        // It is no sign-in and no trial either, and a sign-in is no binding.
        #expect(try await mine.finish(stolen).problem == "sign-in-expired")
        let begun = try await mine.begin(scene.provider)
        let signingIn = try await mine.visit(begun["url"]).body(scene.provider)
        #expect(try await scene.bob.trial("me.propose-binding", [], &mine, signingIn).problem == "binding-expired")
        // The same person in another session began nothing.
        let again = Visitor(house: scene.house, scope: scene.admin.scope, login: "bob")
        let old = scene.bob.pocket.cookie
        try await scene.bob.signIn()
        again.keep(cookie: scene.bob.pocket.cookie)
        scene.bob.keep(cookie: old)
        #expect(try await again.trial("me.propose-binding", [], &mine, stolen).problem == "binding-expired")
        let proposed = try await scene.bob.trial("me.propose-binding", [], &mine, stolen)
        #expect(proposed.status == 200, "\(proposed.json)")
        let body: JSON = ["token": .string(proposed["token"])]
        #expect(try await again.call("me.confirm-binding", body: body).problem == "binding-expired")
        #expect(try await eve.call("me.confirm-binding", body: body).problem == "binding-expired")
        #expect(try await scene.bob.trial("me.propose-binding", [], &mine, stolen).problem == "binding-expired")
        scene.house.wait(601)
        #expect(try await scene.bob.call("me.confirm-binding", body: body).problem == "binding-expired")
        #expect(try await scene.links().isEmpty)
    }

    @Test func `an account is one person's, and a person has one at a provider`() async throws {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        #expect(try await scene.bob.bind(scene.provider).problem == "already-bound")
        let (_, eve) = try await scene.admin.take("eve")
        try await scene.messenger.behave()
        #expect(try await eve.bind(scene.provider).problem == "account-bound")
        // Two who show it at once: the first to say yes has it.
        #expect(try await scene.bob.call("me.unbind", [scene.provider]).status < 300)
        try await scene.messenger.behave()
        var (mine, hers) = (Browser(scene.bob), Browser(eve))
        let first = try await scene.bob.propose(scene.provider, &mine)
        let second = try await eve.propose(scene.provider, &hers)
        let won = try await eve.call("me.confirm-binding", body: ["token": .string(second["token"])])
        #expect(won.status < 300, "\(won.json)")
        let lost = try await scene.bob.call("me.confirm-binding", body: ["token": .string(first["token"])])
        #expect(lost.problem == "account-bound")
    }

    @Test func `a link that the person made says nothing about them: no name, no address, no way around a password`()
        async throws
    {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        _ = try await scene.comeIn()
        let user = try await scene.admin.call("users.show", [scene.id.text])
        #expect(user["name"] == "Bob" && user.json["email"] ?? .null == .null, "\(user.json)")
        // They still have a password here, one that is good once, and one that has to be changed.
        #expect(try await scene.bob.call("me.make-temporary-password").status == 201)
        _ = try await scene.house.test.superuser().execute(
            "update users set must_change_password = true where user_id = \(scene.id)")
        let begun = try await scene.come()
        let next = try await scene.bob.open(
            "auth.second-factor", ["token": .string(begun["token"]), "code": .string(scene.bob.freshCode())])
        // Whoever made the link in bob's place would choose it: only the old one leads to a new one.
        #expect(next.problem == "sign-in-expired" && next.cookie == nil, "\(next.json)")
    }

    @Test(arguments: ["reset", "disabled"])
    func `a link that somebody made in another one's place does not outlive what is done about it`(
        _ how: String
    ) async throws {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        #expect(try await scene.come().step == "second-factor")
        switch how {
        case "reset":
            #expect(try await scene.admin.call("users.reset-second-factor", [scene.id.text]).status == 200)
        default:
            #expect(try await scene.admin.call("users.disable", [scene.id.text]).status == 200)
            #expect(try await scene.admin.call("users.enable", [scene.id.text]).status == 200)
        }
        #expect(try await scene.links().isEmpty)
        #expect(try await scene.come().problem == "sign-in-refused")
    }

    @Test func `a link of somebody's own sets up no second factor`() async throws {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        _ = try await scene.house.test.superuser().execute(
            "delete from totp_secrets where user_id = \(scene.id)")
        let begun = try await scene.come()
        #expect(begun.problem == "sign-in-expired" && begun.json["token"] == nil, "\(begun.json)")
        #expect(try await scene.bob.password().step == "enrol")
    }

    @Test func `rules about either first step hold for a link of somebody's own`() async throws {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let version = try await scene.admin.call("factor-rules.show").version
        let rule: JSON = ["name": "office", "everyone": true, "after": ["password"], "action": "skip"]
        _ = try await scene.admin.call("me.step-up", body: ["code": .string(scene.admin.freshCode())])
        let set = try await scene.admin.call(
            "factor-rules.set", body: ["level": "all", "rules": [rule]], version: version)
        #expect(set.status == 200, "\(set.json)")
        #expect(try await scene.bob.password().step == "done")
        #expect(try await scene.come().step == "second-factor")
    }

    @Test func `what rules ask for after a provider's word is not for a link that the person made`() async throws {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let version = try await scene.admin.call("factor-rules.show").version
        let rule: JSON = ["name": "sso", "everyone": true, "after": ["provider"], "action": "skip"]
        _ = try await scene.admin.call("me.step-up", body: ["code": .string(scene.admin.freshCode())])
        let set = try await scene.admin.call(
            "factor-rules.set", body: ["level": "all", "rules": [rule]], version: version)
        #expect(set.status == 200, "\(set.json)")
        #expect(try await scene.come().step == "second-factor")
        // The same account, as one that the provider's first sign-in linked, is let off.
        _ = try await scene.house.test.superuser().execute(
            "update identity_links set bound_by_user = false, account = null where user_id = \(scene.id)")
        #expect(try await scene.come().step == "done")
    }

    @Test func `whom a provider vouches for binds nothing, and a link from before gives nothing`() async throws {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let other = try await scene.comeIn()
        #expect(try await scene.isIn(other))
        let directory = try await scene.admin.call(
            "identity-providers.create",
            body: scene.messenger.body("wecom").merging(["name": "Company's own"]))
        let id = try #require(IdentityProviderID(directory["id"]))
        func vouch(for user: UserID) async throws {
            _ = try await scene.house.test.superuser().execute(
                """
                insert into identity_links (tenant_id, identity_provider_id, user_id, subject)
                values (\(scene.admin.scope.tenant), \(id), \(user), \(user.text))
                """)
        }
        try await vouch(for: scene.id)
        #expect(try await scene.come().problem == "sign-in-refused")
        let (eve, visitor) = try await scene.admin.take("eve")
        try await vouch(for: eve)
        #expect(try await visitor.call("me.identities").json["bindable"] == [])
        #expect(try await visitor.bind(scene.provider).problem == "known-by-provider")
        // What a provider said is not the person's to undo.
        #expect(try await visitor.call("me.unbind", [directory["id"]]).status == 404)
        // A provider that is off vouches for nobody.
        let off = try await scene.admin.call(
            "identity-providers.change", [directory["id"]], body: ["enabled": .bool(false)], version: 1)
        #expect(off.status == 200)
        #expect(try await scene.come().step == "second-factor")
    }

    @Test func `where the provider that vouched for somebody is off, a link of their own is held as their keys are`()
        async throws
    {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let sso = try await scene.vouch()
        func held() async throws -> String? {
            let refused = try await scene.come()
            #expect(refused.problem == "sign-in-refused" && refused.cookie == nil, "\(refused.json)")
            return refused.json["detail"]?.text
        }
        let other = "Sign in by your company's sign-in service, or with your password."
        #expect(try await held() == other)
        #expect(scene.reason() == "comes-by-provider")
        try await scene.change(["enabled": false], of: sso)
        #expect(try await scene.come().step == "second-factor")
        scene.house.wait(7 * 86_400 - 1)
        #expect(try await scene.come().step == "second-factor")
        scene.house.wait(1)
        #expect(try await held() == other)
        #expect(scene.reason() == "provider")
        // By the password that Bob has here, the link counts again; coming by it alone prolongs nothing.
        try await scene.bob.signIn()
        scene.house.wait(6 * 86_400)
        _ = try await scene.comeIn()
        scene.house.wait(86_400)
        #expect(try await held() == other)
        scene.house.wait(1)
        // Without one, nobody says any more whether Bob has left.
        _ = try await scene.house.test.superuser().execute(
            "update users set password_hash = null where user_id = \(scene.id)")
        #expect(try await held()?.contains("switched off") == true)
        #expect(scene.reason() == "provider-off")
        _ = try await scene.house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scene.admin.scope.tenant), 'ssh-key.provider-days', '30', \(scene.admin.scope.tenant.uuid))
            """)
        #expect(try await scene.come().step == "second-factor")
        scene.house.wait(30 * 86_400)
        #expect(try await held()?.contains("switched off") == true)
        try await scene.admin.signIn()
        #expect(try await scene.admin.call("identity-providers.unlink", [sso, scene.id.text]).status == 204)
        #expect(try await scene.come().step == "second-factor")
    }

    @Test func `what a bound link opened ends when the provider that vouches for its person is switched on again`()
        async throws
    {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let sso = try await scene.vouch()
        try await scene.change(["enabled": false], of: sso)
        let other = try await scene.comeIn()
        #expect(try await other.call("me.create-token", body: ["name": "other"]).status == 201)
        // Another change of it is none of its word.
        try await scene.change(["name": "Sign-on"], of: sso)
        #expect(try await scene.isIn(other))
        try await scene.change(["enabled": true], of: sso)
        #expect(try await !scene.isIn(other))
        #expect(try await scene.isIn(scene.bob))
        #expect(try await scene.bob.call("me.tokens").items.isEmpty)
    }

    @Test func `what a bound link opened ends when a program says who the person is, and when it may say so again`()
        async throws
    {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let directory = try await Program.make("Directory", for: scene.admin, ["linksUsers": true])
        let first = try await scene.comeIn()
        #expect(try await directory.make("bob") == scene.id.text)
        #expect(try await !scene.isIn(first))
        #expect(try await scene.isIn(scene.bob))
        func set(enabled: Bool) async throws {
            let version = try await scene.admin.call("provisioning.show", [directory.provider]).version
            let changed = try await scene.admin.call(
                "provisioning.change", [directory.provider], body: ["enabled": .bool(enabled)], version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        try await set(enabled: false)
        let second = try await scene.comeIn()
        #expect(try await scene.isIn(second))
        try await set(enabled: true)
        #expect(try await !scene.isIn(second))
        #expect(try await scene.isIn(scene.bob))
    }

    @Test(arguments: ["off", "unbinding", "moved", "removed"])
    func `where the provider is switched off, moved or removed, the link gives nothing`(_ how: String) async throws {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let other = try await scene.comeIn()
        let waiting = try await scene.come()
        // Somebody else has not said yes yet.
        let (_, eve) = try await scene.admin.take("eve")
        try await scene.messenger.behave(["person": ["https://slack.com/user_id": "U2EVE"]])
        var hers = Browser(eve)
        let proposed = try await eve.propose(scene.provider, &hers)
        #expect(proposed.status == 200, "\(proposed.json)")
        switch how {
        case "off": try await scene.change(["enabled": .bool(false)])
        case "unbinding": try await scene.change(["bindsUsers": .bool(false)])
        case "moved":
            var body = scene.messenger.body("slack", ["organization": "company-2"])
            body = ["settings": body["settings"]!, "secret": body["secret"]!]
            try await scene.change(body)
        default:
            #expect(try await scene.admin.call("identity-providers.remove", [scene.provider]).status < 300)
        }
        #expect(try await !scene.isIn(other))
        #expect(try await scene.isIn(scene.bob))
        let late = try await scene.bob.open(
            "auth.second-factor", ["token": .string(waiting["token"]), "code": .string(scene.bob.freshCode())])
        #expect(late.problem == "sign-in-expired")
        let agreed = try await eve.call("me.confirm-binding", body: ["token": .string(proposed["token"])])
        #expect(agreed.problem == "binding-expired", "\(agreed.json)")
        // The other company's page lets nobody scan here.
        if how != "moved" { #expect(try await scene.come().cookie == nil) }
        if how == "moved" {
            let back = scene.messenger.body("slack")
            try await scene.change(["settings": back["settings"]!, "secret": back["secret"]!])
            #expect(try await scene.come().problem == "sign-in-refused")
        }
    }

    @Test func `an administrator unlinks what somebody bound, and binding is for some kinds of provider only`()
        async throws
    {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let other = try await scene.comeIn()
        let gone = try await scene.admin.call("identity-providers.unlink", [scene.provider, scene.id.text])
        #expect(gone.status < 300, "\(gone.json)")
        #expect(try await !scene.isIn(other))
        let oidc = try await scene.admin.call(
            "identity-providers.create",
            body: [
                "name": "OIDC", "secret": "s", "bindsUsers": .bool(true),
                "settings": ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"],
            ])
        #expect(oidc.status == 422 && oidc.text.contains("/bindsUsers"), "\(oidc.json)")
        try await scene.change(["bindsUsers": .bool(false)])
        #expect(try await scene.bob.bind(scene.provider).status == 404)
    }

    @Test func `what a bound link opened ends when a provider begins to speak for the person`() async throws {
        let scene = try await Scene()
        #expect(try await scene.bob.bind(scene.provider).status < 300)
        let other = try await scene.comeIn()
        #expect(try await other.call("me.add-ssh-key", body: Self.sshKey("other")).status == 201)
        let directory = try await Program.make("Directory", for: scene.admin, ["linksUsers": true])
        let provider = try await scene.house.identity.identityProvider(
            try #require(IdentityProviderID(directory.provider)), in: scene.admin.scope)
        let admit = AdmitSubject(
            database: scene.house.test.database, catalogue: scene.house.identity.settings.catalogue,
            provider: provider, keyDays: 7, address: nil, now: scene.house.now, scope: scene.admin.scope)
        #expect(try await scene.isIn(other))
        let profile = ProviderProfile(subject: "s", login: "bob", name: nil, email: nil, groups: [])
        guard case .admitted = try await admit(profile, typed: nil) else { return #expect(Bool(false)) }
        #expect(try await !scene.isIn(other))
        #expect(try await scene.isIn(scene.bob))
        #expect(try await scene.bob.call("me.ssh-keys").items.isEmpty)
    }

    private static func sshKey(_ name: String) -> JSON {
        let key = Curve25519.Signing.PrivateKey().publicKey.rawRepresentation
        let blob = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + Array(key)
        return ["name": .string(name), "publicKey": .string("ssh-ed25519 \(Data(blob).base64EncodedString())")]
    }

    @Test func `a name of another system shows nothing that is invisible or turns it round`() {
        #expect(AdmitSubject.line("Bob\u{202E}nda\u{200B}\u{2066}\u{FEFF}\u{2028}\r\n") == "Bobnda")
        #expect(AdmitSubject.line("\u{200B}\u{202E}") == nil)
        #expect(AdmitSubject.line("阿达 Ångström") == "阿达 Ångström")
    }
}
