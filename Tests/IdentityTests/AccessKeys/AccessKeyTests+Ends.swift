import Cryptography
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What ends programs, or keeps them out, whatever they sign.
extension AccessKeyTests {
    @Test func `whoever is shut out loses keys and tokens with it, and has none back with the account`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        let token = try await scene.bob.call("me.create-token", body: ["name": "ci"])["token"]
        let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
        #expect(try await scene.house.call("me.show", in: scene.scope, headers: bearer).status == 200)
        let ssh = try await scene.addSSHKey()
        #expect(try await scene.opensSSH())
        #expect(try await scene.ada.call("users.disable", [scene.bobID.text]).status == 200)
        #expect(try await scene.call(program).status == 401)
        #expect(try await scene.ada.call("users.enable", [scene.bobID.text]).status == 200)
        #expect(try await scene.call(program).status == 401)
        #expect(try await scene.house.call("me.show", in: scene.scope, headers: bearer).status == 401)
        try await scene.bob.signIn()
        #expect(try await scene.keys().map { $0["enabled"] } == [.bool(false)])
        #expect(try await !scene.opensSSH())
        // Its person switches it on again, once they have shown who they are.
        #expect(try await scene.bob.call("me.ssh-keys").items.map { $0["enabled"] } == [.bool(false)])
        #expect(try await scene.bob.call("me.enable-ssh-key", [ssh]).json["enabled"] == .bool(true))
        #expect(try await scene.opensSSH())
        #expect(try await scene.bob.call("me.disable-ssh-key", [ssh]).json["enabled"] == .bool(false))
        #expect(try await !scene.opensSSH())
        #expect(try await scene.ada.call("me.enable-ssh-key", [ssh]).status == 404)
    }

    @Test func `a second factor that was taken away counts for no program`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        let token = try await scene.bob.call("me.create-token", body: ["name": "ci"])["token"]
        let bearer: HTTPFields = [.authorization: "Bearer \(token)"]
        #expect(try await scene.house.call("me.show", in: scene.scope, headers: bearer).status == 200)
        _ = try await scene.addSSHKey()
        #expect(try await scene.opensSSH())
        let reset = try await scene.ada.call("users.reset-second-factor", [scene.bobID.text])
        #expect(reset.status == 200, "\(reset.json)")
        // Whoever had it may have made them.
        #expect(try await scene.call(program).status == 401)
        #expect(try await !scene.opensSSH())
        #expect(try await scene.house.call("me.show", in: scene.scope, headers: bearer).status == 401)
        let left = try await scene.house.test.superuser().query("select disabled_at is not null from access_keys") {
            try $0.next(Bool.self)
        }
        #expect(left == [true])
    }

    @Test func `the tenant's rules are asked each time`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        let version = try await scene.ada.call("sign-in-rules.show").version
        let rules: JSON = [
            "rules": [
                [
                    "name": "no programs from there", "who": [["user": .string(scene.bobID.text)]],
                    "sources": ["203.0.113.0/24"], "action": "deny",
                ]
            ]
        ]
        #expect(try await scene.ada.call("sign-in-rules.set", body: rules, version: version).status == 200)
        #expect(try await scene.call(program).status == 200)
        scene.house.move(to: "203.0.113.9")
        #expect(try await scene.call(program).status == 403)
        #expect(try await scene.trail("sign-in.access-key") == ["sign-in-rule"])
    }
}

extension AccessKeyTests.Scene {
    private static let line =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl bob@laptop"

    fileprivate func addSSHKey() async throws -> String {
        try await bob.call("me.add-ssh-key", body: ["name": "laptop", "publicKey": .string(Self.line)])["id"]
    }

    /// Whether a gateway takes the key, and what was proven with it before.
    fileprivate func opensSSH() async throws -> Bool {
        let blob = try SSHPublicKey(line: Self.line).blob
        let gateway = house.identity.gateway
        let found = try await gateway.person(login: "bob", publicKey: blob, at: house.now, in: scope)
        let fingerprint = try SSHPublicKey(line: Self.line).fingerprint
        let touched = try await house.test.database.transaction(in: scope) { tx in
            (
                try await SSHKeyStore.touch(fingerprint, of: bobID, at: house.now, in: scope, tx) != nil,
                try await SSHKeyStore.fingerprints(of: bobID, at: house.now, in: scope, tx) == [fingerprint]
            )
        }
        #expect((found != nil) == touched.0 && touched.0 == touched.1)
        return found != nil
    }
}
