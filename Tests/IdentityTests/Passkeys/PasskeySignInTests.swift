import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity
@testable import Tickets

/// Coming in by passkeys, against an independent implementation of the other side.
@Suite(.timeLimit(.minutes(5)), .enabled(if: PasskeyAuthenticator.isThere, "needs fido2 (GATEHOUSE_TEST_PYTHON)"))
struct PasskeySignInTests {
    @Test func `a passkey is enrolled on the way in, and recovery codes with it`() async throws {
        let (_, ada) = try await House().makeTenant()
        let created = try await ada.call("users.create", body: ["login": "bob", "name": "Bob"])
        var keys = try await Keyring(Visitor(house: ada.house, scope: ada.scope, login: "bob"))
        let done = try await keys.comeIn(by: created["invitationUrl"])
        #expect(done.step == "done")
        guard case .array(let codes)? = done.json["recoveryCodes"] else { return #expect(Bool(false)) }
        #expect(codes.count == RecoveryCode.count)
        let me = try await keys.visitor.call("me.show")
        #expect(me.json["mustEnrol"] == false && me.json["factors"] == ["passkey"])
        #expect(try await ada.call("users.show", [created["id"]]).json["secondFactor"] == true)
        let first = try await keys.visitor.password()
        let recovered = try await keys.visitor.open(
            "auth.second-factor", ["token": .string(first["token"]), "code": codes[0]])
        #expect(recovered.step == "done")
    }

    @Test(arguments: [-7, -8, -257])
    func `a passkey alone signs in, with each algorithm`(_ algorithm: Int) async throws {
        let (_, ada) = try await House().makeTenant()
        var keys = try await Keyring(ada)
        let added = try await keys.add("Key", ["algorithm": .int(Int64(algorithm))])
        #expect(added.answer.status == 201 && added.answer["name"] == "Key")
        keys.key = added.key
        let done = try await keys.signIn(count: 2)
        #expect(done.step == "done")
        ada.keep(cookie: done.cookie)
        #expect(try await ada.call("me.show").status == 200)
        // Both factors were there: what needs a fresh one goes on.
        #expect(try await ada.call("me.create-token", body: ["name": "script"]).status == 201)
        #expect(try await ada.call("me.passkeys").items.first?["lastUsedAt"] != .null)
    }

    @Test func `an algorithm that was not offered is refused`() async throws {
        let (_, ada) = try await House().makeTenant()
        let added = try await Keyring(ada).add("Key", ["algorithm": -35])
        #expect(added.answer.problem == "passkey-refused")
    }

    @Test func `after the password the passkey is the second factor`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        #expect(try await keys.visitor.password().json["factors"] == ["passkey"])
        let (token, options) = try await keys.password()
        // Somebody who has shown a password need not be verified again by the authenticator.
        let credential = try await keys.use(options, count: 2, ["flags": 1, "silent": true])
        let done = try await keys.factor(token, credential)
        #expect(done.step == "done" && done.cookie != nil)
        #expect(try await keys.factor(token, credential).problem == "sign-in-expired")
    }

    @Test func `a passkey leaves the failures of the password as they are, also if somebody has to agree`() async throws
    {
        let (scope, ada) = try await House().makeTenant()
        let (bob, keys) = try await ada.takeWithPasskey("bob")
        let adaID = try #require(try await ada.house.identity.directory.user(login: "ada", in: scope)).id
        func failures() async throws -> [Int] {
            try await ada.house.test.superuser().query("select failed_attempts from users where user_id = \(bob)") {
                try $0.next(Int.self)
            }
        }
        #expect(try await keys.visitor.password("wrong wrong wrong").status == 401)
        #expect(try await keys.signIn(count: 2).step == "done")
        #expect(try await failures() == [1])
        let rule: JSON = [
            "name": "four eyes", "who": [["user": .string(bob.text)]], "action": "review",
            "asked": [["user": .string(adaID.text)]],
        ]
        let version = try await ada.call("sign-in-rules.show").version
        #expect(try await ada.call("sign-in-rules.set", body: ["rules": [rule]], version: version).status == 200)
        let waiting = try await keys.signIn(count: 3)
        #expect(waiting.step == "review")
        let review = try #require(try await ada.house.waiting(for: adaID, in: scope).first)
        #expect(try await ada.house.decide(review, .approved, by: adaID, in: scope).state == .approved)
        let done = try await keys.visitor.open("auth.review", ["token": .string(waiting["token"])])
        #expect(done.step == "done" && done.cookie != nil)
        #expect(try await failures() == [1])
    }

    @Test func `everything about an answer is checked`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        let other = try await keys.add("Other").key
        let wrongs: [(String, JSON)] = [
            ("host", ["rpId": "evil.example"]), ("host below", ["rpId": "x.acme.localhost"]),
            ("type", ["type": "webauthn.create"]), ("presence", ["flags": 4]), ("verification", ["flags": 1]),
            ("backup", ["flags": 0x1D]), ("cross origin", ["crossOrigin": true]),
            ("challenge", ["challenge": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"]),
            ("user handle", ["userHandle": "AAECAwQFBgcICQoLDA0ODw"]), ("no user handle", ["silent": true]),
            ("key", ["signedBy": other]),
        ]
        for (what, wrong) in wrongs {
            #expect(try await keys.signIn(count: 9, wrong).problem == "passkey-refused", "\(what)")
        }
        for origin in ["http://acme.localhost", "https://acme.localhost:8080", "http://evil.localhost:8080"] {
            let options = try await keys.visitor.house.call("auth.offer-passkey", in: ada.scope)
            let credential = try await keys.authenticator.get(options.json, at: origin, key: keys.key, ["count": 9])
            let answer = try await keys.visitor.open("auth.passkey", ["credential": credential])
            #expect(answer.problem == "passkey-refused", "\(origin)")
        }
        #expect(try await keys.signIn(count: 9).step == "done")
    }

    @Test func `a challenge is good once, for five minutes, where it was asked`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        let credential = try await keys.answer(count: 2)
        #expect(try await keys.visitor.open("auth.passkey", ["credential": credential]).step == "done")
        #expect(try await keys.visitor.open("auth.passkey", ["credential": credential]).problem == "passkey-refused")
        let late = try await keys.answer(count: 3)
        house.wait(PasskeyChallengeStore.lifetime)
        #expect(try await keys.visitor.open("auth.passkey", ["credential": late]).problem == "passkey-refused")

        // Neither another sign-in nor the sign-in page nor a session takes what a sign-in asked.
        let (first, options) = try await keys.password()
        let answer = try await keys.use(options, count: 4)
        let (second, _) = try await keys.password()
        #expect(try await keys.factor(second, answer).problem == "passkey-refused")
        #expect(try await keys.visitor.open("auth.passkey", ["credential": answer]).problem == "passkey-refused")
        let stepUp = try await keys.visitor.call("me.step-up-passkey", body: ["credential": answer])
        #expect(stepUp.problem == "passkey-refused")
        #expect(try await keys.factor(first, answer).step == "done")

        // A wrong answer uses the challenge up.
        let (third, again) = try await keys.password()
        let wrong = try await keys.use(again, count: 5, ["flags": 0])
        #expect(try await keys.factor(third, wrong).problem == "passkey-refused")
        let right = try await keys.use(again, count: 6)
        #expect(try await keys.factor(third, right).problem == "passkey-refused")
    }

    @Test func `a sign-in ends after five wrong answers`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        let (token, options) = try await keys.password()
        let wrong = try await keys.use(options, count: 2, ["type": "webauthn.create"])
        for _ in 0..<SignIn.mostTries { #expect(try await keys.factor(token, wrong).problem == "passkey-refused") }
        #expect(try await keys.factor(token, wrong).problem == "sign-in-expired")
        let offer = try await keys.visitor.open("auth.offer-passkey-factor", ["token": .string(token)])
        #expect(offer.problem == "sign-in-expired")
    }

    @Test func `a counter that falls is noted, and nobody comes in by it`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        #expect(try await keys.signIn(count: 7).step == "done")
        #expect(try await keys.visitor.call("me.passkeys").items.first?["counterFellAt"] == .null)
        for count in [7, 3, 0] { #expect(try await keys.signIn(count: count).problem == "passkey-refused") }
        #expect(try await keys.visitor.call("me.passkeys").items.first?["counterFellAt"] != .null)
        #expect(try await keys.signIn(count: 8).step == "done")
    }

    @Test func `of two answers with one counter exactly one counts`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        let credentials = [try await keys.answer(count: 2), try await keys.answer(count: 2)]
        let visitor = keys.visitor
        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for credential in credentials {
                group.addTask { try await visitor.open("auth.passkey", ["credential": credential]) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0.step == "done" } == 1)
        #expect(answers.count { $0.problem == "passkey-refused" } == 1)
    }

    @Test func `a passkey of one company opens no other one`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (other, _) = try await house.makeTenant("bolt")
        let (_, keys) = try await ada.takeWithPasskey("bob")
        func call(_ name: String, _ body: JSON? = nil, host: String) async throws -> Answer {
            try await house.call(name, body: body, in: other, host: host)
        }
        #expect(try await call("auth.offer-passkey", host: "acme.localhost").problem == "no-passkey-here")
        let options = try await call("auth.offer-passkey", host: "bolt.localhost:8080")
        #expect(options["rpId"] == "bolt.localhost")
        for rp in ["acme.localhost", "bolt.localhost"] {
            let asked = try await call("auth.offer-passkey", host: "bolt.localhost")
            let credential = try await keys.authenticator.get(
                asked.json, at: "http://bolt.localhost:8080", key: keys.key, ["rpId": .string(rp)])
            let answer = try await call("auth.passkey", ["credential": credential], host: "bolt.localhost")
            #expect(answer.problem == "passkey-refused")
        }
    }

    @Test func `whoever is shut out, locked or vouched for elsewhere does not come in by a passkey`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, keys) = try await ada.takeWithPasskey("bob")
        // A lock keeps guesses of passwords away, and the passkey is no guess.
        let (token, options) = try await keys.password()
        for _ in 0..<AttemptCounter.most { _ = try await keys.visitor.password("wrong wrong wrong") }
        let credential = try await keys.use(options, count: 2)
        #expect(try await keys.factor(token, credential).problem == "passkey-refused")
        #expect(try await keys.signIn(count: 3).step == "done")
        #expect(try await keys.visitor.password().problem == "sign-in-refused")

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
        #expect(try await keys.signIn(count: 4).problem == "passkey-refused")
        _ = try await superuser.execute(
            "update identity_providers set enabled = false where tenant_id = \(scope.tenant)")
        // It is off: as with SSH keys, his password here keeps the passkey for some days.
        #expect(try await keys.signIn(count: 5).step == "done")
        house.wait(7 * 86_400)
        #expect(try await keys.signIn(count: 6).problem == "passkey-refused")
        let (again, question) = try await keys.password()
        #expect(try await keys.factor(again, try await keys.use(question, count: 7)).step == "done")
        #expect(try await keys.signIn(count: 8).step == "done")
        // One that was taken away proves nothing, and nothing else lets him in.
        _ = try await superuser.execute("update users set password_hash = null where user_id = \(bob)")
        let refused = try await keys.signIn(count: 9)
        #expect(refused.problem == "passkey-refused")
        #expect(refused.json["detail"]?.text?.contains("switched off") == true, "\(refused.json)")
        let reasons = house.trail.refused("sign-in.passkey").compactMap { $0.details["reason"]?.text }
        #expect(reasons == ["provider", "provider", "provider-off"])
        // The provider's word that is gone makes him the company's own.
        _ = try await superuser.execute("delete from identity_links where user_id = \(bob)")
        #expect(try await keys.signIn(count: 10).step == "done")

        let asked = try await keys.answer(count: 11)
        try await ada.signIn()
        #expect(try await ada.call("users.disable", [bob.text]).status == 200)
        #expect(try await keys.visitor.open("auth.passkey", ["credential": asked]).problem == "passkey-refused")
    }

    @Test func `a password that must be changed is changed first, also by whoever comes with a passkey`() async throws {
        let (_, ada) = try await House().makeTenant()
        let created = try await ada.call(
            "users.create", body: ["login": "bob", "name": "Bob", "password": .string(House.password)])
        #expect(created.status == 201)
        var keys = try await Keyring(Visitor(house: ada.house, scope: ada.scope, login: "bob"))
        let first = try await keys.visitor.password()
        #expect(first.step == "change-password")
        let changed = try await keys.visitor.open(
            "auth.change-password", ["token": .string(first["token"]), "password": "nine herons on the roof"])
        #expect(changed.step == "enrol")
        #expect(try await keys.enrol(changed["token"]).step == "done")
        #expect(try await keys.signIn(count: 2).step == "done")
        #expect(try await ada.call("users.require-password-change", [created["id"]]).status == 200)
        let asked = try await keys.signIn(count: 3)
        #expect(asked.step == "change-password" && asked.cookie == nil)
        let again = try await keys.visitor.open(
            "auth.change-password", ["token": .string(asked["token"]), "password": "four badgers in the barn"])
        #expect(again.step == "done" && again.cookie != nil)
    }

    @Test func `a terminal, which can only ask for a code, says where to go instead`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, keys) = try await ada.takeWithPasskey("bob")
        let answer = try await house.identity.gateway.password(
            login: "bob", Secret(House.password), from: "198.51.100.7", at: house.now, in: scope)
        guard case .browserNeeded(let person) = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(person.id == bob)
        let direct: JSON = ["login": "bob", "password": .string(House.password), "code": "000000"]
        #expect(try await keys.visitor.open("auth.cli", direct).problem == "finish-in-portal")
    }
}
