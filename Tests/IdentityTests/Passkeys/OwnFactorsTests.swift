import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What people do with their own second factors, and administrators with other people's.
@Suite(.timeLimit(.minutes(5)), .enabled(if: PasskeyAuthenticator.isThere, "needs fido2 (GATEHOUSE_TEST_PYTHON)"))
struct OwnFactorsTests {
    @Test func `passkeys are added, listed and removed, but never the last factor`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        let bob = keys.visitor
        let second = try await keys.add("Key on the ring")
        #expect(second.answer.status == 201)
        let listed = try await bob.call("me.passkeys").items
        #expect(Set(listed.compactMap { $0["name"]?.text }) == ["Laptop", "Key on the ring"])
        #expect(try await keys.signIn(count: 2, key: second.key).step == "done")
        // What is somebody else's is not there.
        #expect(try await ada.call("me.remove-passkey", [second.answer["id"]]).status == 404)
        #expect(try await ada.call("me.passkeys").items.isEmpty)
        #expect(try await bob.call("me.remove-passkey", [second.answer["id"]]).status == 204)
        #expect(try await bob.call("me.remove-passkey", [second.answer["id"]]).status == 404)
        #expect(try await keys.signIn(count: 3, key: second.key).problem == "passkey-refused")
        let last = try #require(try await bob.call("me.passkeys").items.first?["id"]?.text)
        #expect(try await bob.call("me.remove-passkey", [last]).problem == "last-second-factor")
        #expect(try await keys.signIn(count: 4).step == "done")
    }

    @Test func `a credential belongs to one person, and there are ten at most`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        let id: JSON = ["id": "EBESExQVFhcYGRobHB0eHw"]
        let other = try await Keyring(ada)
        #expect(try await other.add("Mine", id).answer.status == 201)
        #expect(try await keys.add("Mine too", id).answer.problem == "key-taken")
        for number in 2...Passkey.most { #expect(try await keys.add("Key \(number)").answer.status == 201) }
        #expect(try await keys.add("One more").answer.problem == "limit-reached")
    }

    @Test func `an authenticator stands beside the passkey, and may take its place`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        let bob = keys.visitor
        #expect(try await bob.call("me.remove-authenticator").status == 404)
        #expect(try await bob.call("me.confirm-authenticator", body: ["code": "000000"]).problem == "code-refused")
        let offered = try await bob.call("me.offer-authenticator")
        let secret = try #require(Base32RFC4648.decode(offered["secret"]))
        #expect(try await bob.call("me.confirm-authenticator", body: ["code": "000000"]).problem == "code-refused")
        #expect(try await bob.call("me.show").json["factors"] == ["passkey"])
        let code = TOTP.code(secret: secret, at: house.now)
        #expect(try await bob.call("me.confirm-authenticator", body: ["code": .string(code)]).status == 204)
        #expect(try await bob.call("me.show").json["factors"] == ["authenticator", "passkey"])
        #expect(try await bob.call("me.offer-authenticator").problem == "authenticator-present")
        #expect(try await bob.password().json["factors"] == ["authenticator", "passkey"])

        let passkey = try #require(try await bob.call("me.passkeys").items.first?["id"]?.text)
        #expect(try await bob.call("me.remove-passkey", [passkey]).status == 204)
        #expect(try await bob.call("me.remove-authenticator").problem == "last-second-factor")
        house.wait(30)
        let first = try await bob.password()
        let done = try await bob.open(
            "auth.second-factor",
            ["token": .string(first["token"]), "code": .string(TOTP.code(secret: secret, at: house.now))])
        #expect(done.step == "done")
    }

    @Test func `a passkey confirms who sits there`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (_, keys) = try await ada.takeWithPasskey("bob")
        let bob = keys.visitor
        func makeToken() async throws -> Answer { try await bob.call("me.create-token", body: ["name": "script"]) }
        house.wait(15 * 60)
        #expect(try await makeToken().problem == "step-up-required")
        #expect(try await bob.call("me.offer-passkey").problem == "step-up-required")
        #expect(try await bob.call("me.offer-authenticator").problem == "step-up-required")
        let options = try await bob.call("me.offer-step-up").json
        let foreign = try await Keyring(ada)
        let theirs = try await foreign.authenticator.create(
            try await signedIn(ada).call("me.offer-passkey").json, at: Keyring.origin)
        let wrong = try await foreign.authenticator.get(options, at: Keyring.origin, key: theirs.key)
        #expect(try await bob.call("me.step-up-passkey", body: ["credential": wrong]).problem == "passkey-refused")
        let credential = try await keys.use(try await bob.call("me.offer-step-up").json, count: 2)
        #expect(try await bob.call("me.step-up-passkey", body: ["credential": credential]).status == 204)
        #expect(try await makeToken().status == 201)
        #expect(try await bob.call("me.step-up-passkey", body: ["credential": credential]).problem == "passkey-refused")
    }

    @Test func `a program is not where a passkey can be asked`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let token = try await ada.call("me.create-token", body: ["name": "script"])["token"]
        let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
        #expect(try await house.call("me.offer-step-up", in: scope, headers: bearer).problem == "browser-needed")
        #expect(try await house.call("me.offer-passkey", in: scope, headers: bearer).problem == "step-up-required")
    }

    @Test func `a company may take certain makes only`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let keys = try await Keyring(ada)
        func root(_ maker: String) async throws -> JSON {
            ["certificate": .string(try await keys.authenticator.root(of: maker))]
        }
        let (taken, other) = ("01020304-0506-0708-090a-0b0c0d0e0f10", "11111111-0506-0708-090a-0b0c0d0e0f10")
        _ = try await house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), 'passkey.models', \(JSON.string(taken)), \(scope.tenant.uuid))
            """)
        let offered = try await ada.call("me.offer-passkey")
        #expect(offered["attestation"] == "direct")
        let right: JSON = ["format": "packed", "aaguid": .string(taken), "maker": "Good"]
        // As long as no authority was taken, nobody's word counts.
        #expect(try await keys.add("Key", right).answer.problem == "passkey-model-refused")
        let first = try await ada.call("passkey-roots.add", body: try await root("Good"))
        #expect(first.status == 201 && first["subject"].contains("CN=Good root"))
        let wrongs: [JSON] = [
            // Nobody vouches, or whoever claims it does.
            ["format": "none"], ["format": "self"], ["format": "packed", "maker": .null],
            // Another maker, another make, a make that the certificate is not for, or says nothing of.
            ["maker": "Bad"], ["aaguid": .string(other)], ["vouchesFor": .string(other)], ["vouchesFor": .null],
            ["aaguid": .string(taken), "vouchesFor": "00000000-0000-0000-0000-000000000000"],
            // Over, itself or above; an authority itself; of another use; not what was signed.
            ["over": true], ["between": "over"], ["isAuthority": true], ["unit": "Web Servers"], ["forged": true],
            // Between them somebody who may issue nothing, or who is not shown.
            ["between": "plain"], ["between": "absent"],
        ]
        for wrong in wrongs {
            let asked = right.merging(wrong)
            guard case .object(let members) = asked else { continue }
            let isNamed = members.filter { $0.name != "maker" || $0.value != .null }
            #expect(try await keys.add("Key", .object(isNamed)).answer.problem == "passkey-model-refused", "\(wrong)")
        }
        for good in [[:], ["between": "good"]] as [JSON] {
            let made = try await keys.add("Key", right.merging(good))
            #expect(made.answer.status == 201 && made.answer["model"] == taken)
        }
        // Not to be taken back is what was registered; from now on the other maker's count.
        #expect(try await ada.call("passkey-roots.remove", [first["id"]]).status == 204)
        #expect(try await keys.add("Key", right).answer.problem == "passkey-model-refused")
        #expect(try await ada.call("passkey-roots.add", body: try await root("Bad")).status == 201)
        #expect(try await keys.add("Key", right).answer.problem == "passkey-model-refused")
        #expect(try await keys.add("Key", right.merging(["maker": "Bad"])).answer.status == 201)
        #expect(try await ada.call("me.passkeys").items.count == 3)
    }

    @Test func `authorities are one certificate each, once, and the company's own`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (_, eve) = try await house.makeTenant("bolt")
        let keys = try await Keyring(ada)
        let pem = try await keys.authenticator.root(of: "Good")
        func add(_ text: String, _ person: Visitor) async throws -> Answer {
            try await person.call("passkey-roots.add", body: ["certificate": .string(text)])
        }
        let made = try await add(pem, ada)
        #expect(made.status == 201 && made["fingerprint"].count == 64)
        for wrong in [pem, "x", pem + pem] { #expect(try await add(wrong, ada).status == 422) }
        #expect(try await eve.call("passkey-roots.list").items.isEmpty)
        #expect(try await eve.call("passkey-roots.remove", [made["id"]]).status == 404)
        #expect(try await add(pem, eve).status == 201)
        #expect(try await ada.call("passkey-roots.list").items.map { $0["id"]?.text } == [made["id"]])
        for number in 2...PasskeyRoot.most {
            let next = try await keys.authenticator.root(of: "Maker \(number)")
            #expect(try await add(next, ada).status == 201)
        }
        #expect(try await add(try await keys.authenticator.root(of: "Last"), ada).problem == "limit-reached")
        house.wait(16 * 60)
        #expect(try await add(pem, ada).problem == "step-up-required")
        #expect(try await ada.call("passkey-roots.remove", [made["id"]]).problem == "step-up-required")
    }

    @Test func `an administrator takes lost passkeys away, and nothing of them is left`() async throws {
        let (_, ada) = try await House().makeTenant()
        let (bob, keys) = try await ada.takeWithPasskey("bob")
        let asked = try await keys.answer(count: 2)
        let (token, options) = try await keys.password()
        let credential = try await keys.use(options, count: 3)
        #expect(try await ada.call("users.reset-second-factor", [bob.text]).json["secondFactor"] == false)
        #expect(try await keys.visitor.open("auth.passkey", ["credential": asked]).problem == "passkey-refused")
        #expect(try await keys.factor(token, credential).problem == "sign-in-expired")
        #expect(try await keys.visitor.call("me.show").status == 401)
        #expect(try await keys.visitor.password().step == "enrol")
    }

    @Test func `questions that nobody answered are forgotten`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        _ = try await house.call("auth.offer-passkey", in: scope)
        _ = try await ada.call("me.offer-passkey")
        _ = try await ada.call("me.offer-passkey")
        func waiting() async throws -> Int? {
            try await house.test.database.first(
                "select count(*) from passkey_challenges where tenant_id = \(scope.tenant)", in: scope
            ) { try $0.next() }
        }
        // In one session the last question stands in place of those before.
        #expect(try await waiting() == 2)
        house.wait(PasskeyChallengeStore.lifetime + 1)
        try await house.identity.purge(at: house.now)
        #expect(try await waiting() == 0)
    }

    /// Somebody whose second factor is fresh again.
    private func signedIn(_ visitor: Visitor) async throws -> Visitor {
        try await visitor.signIn()
        return visitor
    }
}
