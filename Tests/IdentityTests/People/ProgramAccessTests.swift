import FoundationEssentials
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// What administrators see and end of the programs of others.
@Suite struct ProgramAccessTests {
    @Test func `an administrator sees by what somebody's programs come in, and ends it; the person hears of it`()
        async throws
    {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let bob = try await ada.take("bob")
        let token = try await bob.visitor.call("me.create-token", body: ["name": "script"])
        let key = try await bob.visitor.call(
            "me.create-access-key", body: ["name": "robot", "algorithm": "hmac-sha256"])
        let line =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl bob@laptop"
        let ssh = try await bob.visitor.call("me.add-ssh-key", body: ["name": "laptop", "publicKey": .string(line)])
        #expect([token, key, ssh].allSatisfy { $0.status == 201 }, "\(token.json) \(key.json) \(ssh.json)")
        _ = try await house.test.superuser().execute("update users set email = 'bob@example.com' where login = 'bob'")
        let keys = try await ada.call("users.access-keys", [bob.id.text])
        let tokens = try await ada.call("users.tokens", [bob.id.text])
        let sshKeys = try await ada.call("users.ssh-keys", [bob.id.text])
        #expect(sshKeys.items.map { $0["name"]?.text } == ["laptop"] && sshKeys.items.first?["enabled"] == .bool(true))
        #expect(keys.items.map { $0["name"]?.text } == ["robot"] && tokens.items.map { $0["name"]?.text } == ["script"])
        #expect(!keys.text.contains(key["secret"]) && !tokens.text.contains(token["token"]))
        let before = house.mailbox.all.count
        #expect(try await ada.call("users.end-access-key", [bob.id.text, key["id"]]).status == 204)
        #expect(try await ada.call("users.end-token", [bob.id.text, token["id"]]).status == 204)
        #expect(try await ada.call("users.end-token", [bob.id.text, token["id"]]).status == 404)
        #expect(try await ada.call("users.end-ssh-key", [bob.id.text, ssh["id"]]).status == 204)
        #expect(try await ada.call("users.end-ssh-key", [bob.id.text, ssh["id"]]).status == 404)
        let letters = house.mailbox.all.dropFirst(before)
        #expect(letters.count == 3 && letters.allSatisfy { $0.to == "bob@example.com" })
        #expect(zip(letters, ["robot", "script", "laptop"]).allSatisfy { $0.text.contains($1) })
        #expect(letters.last?.subject.contains("SSH key") == true)
        #expect(try await bob.visitor.call("me.ssh-keys").items.isEmpty)
        #expect(try await bob.visitor.call("me.tokens").items.isEmpty)
        #expect(try await bob.visitor.call("me.access-keys").items.isEmpty)
    }

    @Test func `nobody looks at, or ends, what somebody has who may do more`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let role = try await ada.call(
            "roles.create", body: ["name": "Helpdesk", "permissions": ["users.read", "users.manage"]])
        let eve = try await ada.take("eve", roles: ["user", role["id"]])
        let token = try await ada.call("me.create-token", body: ["name": "script"])
        let me = try await ada.call("me.show").json["user"]?["id"]?.text ?? ""
        #expect(try await eve.visitor.call("users.tokens", [me]).status == 403)
        #expect(try await eve.visitor.call("users.access-keys", [me]).status == 403)
        #expect(try await eve.visitor.call("users.ssh-keys", [me]).status == 403)
        #expect(try await eve.visitor.call("users.end-token", [me, token["id"]]).status == 403)
        let bob = try await ada.take("bob")
        #expect(try await eve.visitor.call("users.tokens", [bob.id.text]).status == 200)
        // What is somebody else's is not ended by naming another person.
        #expect(try await eve.visitor.call("users.end-token", [bob.id.text, token["id"]]).status == 404)
        #expect(try await ada.call("me.tokens").items.count == 1)
    }
}
