import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import TestSupport
import Testing

@testable import Identity

@Suite struct ProfileTests {
    private static let publicKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@laptop"

    @Test func `one changes one's own name and language, from the version that was seen`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let me = try await ada.call("me.show").json["user"]
        guard case .int(let version)? = me?["version"] else { return #expect(Bool(false), "no version") }
        let body: JSON = ["name": "Ada Lovelace", "language": "zh-Hans"]
        let changed = try await ada.call("me.change", body: body, version: Int(version))
        #expect(changed["name"] == "Ada Lovelace" && changed["language"] == "zh-Hans")
        #expect(try await ada.call("me.change", body: body, version: Int(version)).problem == "version-changed")
        let bad = try await ada.call("me.change", body: ["language": "../etc"], version: changed.version)
        #expect(bad.problem == "invalid-fields")
    }

    @Test func `a changed password ends the other browsers and not this one`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let other = Visitor(house: house, scope: ada.scope, login: "ada")
        other.keep(cookie: ada.pocket.cookie)
        try await ada.signIn()
        let body: JSON = ["current": .string(House.password), "password": "nine otters in the reeds"]
        #expect(try await ada.call("me.password", body: body).status == 204)
        #expect(try await other.call("me.show").status == 401)
        #expect(try await ada.call("me.show").status == 200)
        #expect(try await ada.password("nine otters in the reeds").step == "second-factor")
    }

    @Test func `a fresh code is asked for before a token or a key is made`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        house.wait(15 * 60)
        #expect(try await ada.call("me.create-token", body: ["name": "ci"]).problem == "step-up-required")
        let code = ada.code
        #expect(try await ada.call("me.step-up", body: ["code": .string(code)]).status == 204)
        #expect(try await ada.call("me.create-token", body: ["name": "ci"]).status == 201)
        #expect(try await ada.call("me.step-up", body: ["code": .string(code)]).problem == "code-refused")
        let recovery = ada.pocket.recoveryCodes[0].prefix(10)
        #expect(try await ada.call("me.step-up", body: ["code": .string(String(recovery))]).problem == "code-refused")
    }

    @Test func `a token from the list of tokens has seen no second factor until it shows one`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let token = try await ada.call("me.create-token", body: ["name": "ci"])["token"]
        let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
        func create() async throws -> Answer {
            try await house.call("me.create-token", body: ["name": "more"], in: scope, headers: bearer)
        }
        #expect(try await create().problem == "step-up-required")
        let body: JSON = ["code": .string(ada.freshCode())]
        #expect(try await house.call("me.step-up", body: body, in: scope, headers: bearer).status == 204)
        #expect(try await create().status == 201)
    }

    @Test func `tokens are few, end within a year and can be taken back`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let late = Timestamp.text(house.now + APIToken.longestLife + 60)
        let tooLong = try await ada.call("me.create-token", body: ["name": "ci", "expiresAt": .string(late)])
        #expect(tooLong.problem == "invalid-fields")
        var last = ""
        for number in 0..<APIToken.most {
            last = try await ada.call("me.create-token", body: ["name": .string("ci \(number)")])["id"]
        }
        #expect(try await ada.call("me.create-token", body: ["name": "one more"]).problem == "limit-reached")
        #expect(try await ada.call("me.tokens").items.count == APIToken.most)
        #expect(try await ada.call("me.remove-token", [last]).status == 204)
        #expect(try await ada.call("me.remove-token", [last]).status == 404)
    }

    @Test func `one's own things are nobody else's to end`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (_, bob) = try await ada.take("bob", roles: ["administrator"])
        let token = try await ada.call("me.create-token", body: ["name": "ci"])["id"]
        let key: JSON = ["name": "laptop", "publicKey": .string(Self.publicKey)]
        let keyID = try await ada.call("me.add-ssh-key", body: key)["id"]
        let session = try #require(try await ada.call("me.sessions").items.first?["id"]?.text)
        #expect(try await bob.call("me.remove-token", [token]).status == 404)
        #expect(try await bob.call("me.remove-ssh-key", [keyID]).status == 404)
        #expect(try await bob.call("me.end-session", [session]).status == 404)
        #expect(try await bob.call("me.tokens").items.isEmpty)
        #expect(try await ada.call("me.end-session", [session]).status == 204)
        #expect(try await ada.call("me.show").status == 401)
    }

    @Test func `a key has one owner, and a private key is none`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (_, bob) = try await ada.take("bob")
        let key: JSON = ["name": "laptop", "publicKey": .string(Self.publicKey)]
        let added = try await ada.call("me.add-ssh-key", body: key)
        #expect(added.status == 201 && added["fingerprint"].hasPrefix("SHA256:"))
        #expect(try await bob.call("me.add-ssh-key", body: key).problem == "key-taken")
        let secret: JSON = ["name": "x", "publicKey": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb\n"]
        #expect(try await bob.call("me.add-ssh-key", body: secret).problem == "invalid-fields")
        #expect(try await ada.call("me.remove-ssh-key", [added["id"]]).status == 204)
        #expect(try await bob.call("me.add-ssh-key", body: key).status == 201)
        #expect(try await bob.call("me.ssh-keys").items.first?["expiresAt"] == .null)
    }
}
