import Assets
import Audit
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Vault

@Suite struct SecretTests {
    private let password = "sapphire ≠ Σapphire 7!"

    @Test func `a secret goes in, lies sealed, and is shown to whom the trail names`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root", password)
        #expect(made.status == 201 && made.json["hasSecret"] == true && made.json["secretVersion"] == 1)
        safe.stage.wait(1)
        let shown = try await safe.reveal(made["id"])
        #expect(shown.status == 200 && shown["secret"] == password && shown["name"] == "root")
        let lines = try await safe.stage.trail.records("order by at", in: safe.scope)
        #expect(lines.last?.action == "account.secret-revealed" && lines.last?.actor.id == safe.admin.text)
        #expect(lines.last?.details["reason"] == "on call" && lines.last?.details["secretVersion"] == 1)
    }

    @Test func `nothing in the database tells a secret`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root", password)
        let changed = "a second, longer secret"
        #expect(try await safe.call("accounts.set-secret", [made["id"]], ["secret": .string(changed)]).status == 200)
        _ = try await safe.reveal(made["id"])
        let dump = try await safe.stage.dump()
        #expect(dump.contains("account.secret-revealed"))
        for secret in [password, changed] {
            #expect(!dump.contains(secret))
            #expect(!dump.contains(Hex.encode(Array(secret.utf8))))
            #expect(!dump.contains(Base64.encode(Array(secret.utf8))))
        }
    }

    @Test func `a secret that the trail cannot record is not shown`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root", password)
        let superuser = try await safe.stage.test.superuser()
        _ = try await superuser.execute("revoke insert on audit_events from gatehouse_app")
        let refused = try await safe.reveal(made["id"])
        #expect(refused.status >= 500)
        #expect(!String(decoding: refused.bytes, as: UTF8.self).contains("sapphire"))
        _ = try await superuser.execute("grant insert on audit_events to gatehouse_app")
        #expect(try await safe.reveal(made["id"])["secret"] == password)
    }

    @Test func `every version is kept, and each opens only in its own place`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root", "one")
        let id = try #require(AccountID(made["id"]))
        for secret in ["two", "three"] {
            _ = try await safe.call("accounts.set-secret", [made["id"]], ["secret": .string(secret)])
        }
        let stored = try await safe.stage.database.query(
            "select version, sealed from secrets order by version", in: safe.scope
        ) { (try $0.next(Int.self), try $0.next([UInt8].self)) }
        var opened: [String] = []
        for (version, sealed) in stored {
            let bytes = try await safe.stage.keys.open(
                sealed, table: "secrets", row: id.text, version: version, in: safe.scope)
            opened.append(String(decoding: bytes, as: UTF8.self))
        }
        #expect(opened == ["one", "two", "three"])
        #expect(try await safe.reveal(made["id"])["secret"] == "three")
        // Somebody with the database in hand puts an old one in place of the new one, or another account's.
        try await safe.stage.database.execute(
            "update secrets set sealed = (select sealed from secrets where version = 1) where version = 3",
            in: safe.scope)
        #expect(try await safe.reveal(made["id"]).status == 500)
        let other = try await safe.create("deploy", "four")
        try await safe.stage.database.execute(
            """
            update secrets set sealed = (select sealed from secrets where version = 2)
            where account_id = \(AccountID(other["id"]))
            """, in: safe.scope)
        #expect(try await safe.reveal(other["id"]).status == 500)
    }

    @Test func `changes at the same time make versions without gaps`() async throws {
        let safe = try await Safe()
        let made = try await safe.create("root")
        #expect(try await safe.reveal(made["id"]).problem == "no-secret")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let answer = try await safe.call(
                        "accounts.set-secret", [made["id"]], ["secret": .string("s\(number)")])
                    #expect(answer.status == 200)
                }
            }
            try await group.waitForAll()
        }
        let shown = try await safe.call("accounts.show", [made["id"]])
        #expect(shown.json["secretVersion"] == 6)
        #expect(try await safe.stage.count("select count(*) from secrets", in: safe.scope) == 6)
    }

    @Test func `private keys are taken in the forms that people have, and without a passphrase`() async throws {
        let safe = try await Safe()
        let folder = TemporaryFolder()
        func key(_ name: String, _ options: [String], passphrase: String = "") async throws -> String {
            let path = folder.file(name)
            try await ChildProcess.run(["ssh-keygen", "-q", "-N", passphrase, "-f", path] + options)
            return try await ChildProcess.run(["cat", path])
        }
        let good = [
            try await key("ed", ["-t", "ed25519"]), try await key("ec", ["-t", "ecdsa"]),
            try await key("pem", ["-t", "ecdsa", "-m", "PEM"]), try await key("pkcs8", ["-t", "ecdsa", "-m", "PKCS8"]),
        ]
        for (index, text) in good.enumerated() {
            #expect(try await safe.create("k\(index)", kind: "ssh-key", text).status == 201)
        }
        let locked = [
            try await key("ed-locked", ["-t", "ed25519"], passphrase: "secret"),
            try await key("pem-locked", ["-t", "ecdsa", "-m", "PEM"], passphrase: "secret"),
            try await key("pkcs8-locked", ["-t", "ecdsa", "-m", "PKCS8"], passphrase: "secret"),
        ]
        let wrong = [
            "hunter2", try await ChildProcess.run(["cat", folder.file("ed.pub")]), "-----BEGIN PRIVATE KEY-----",
        ]
        for text in locked + wrong {
            let answer = try await safe.create("bad", kind: "ssh-key", text)
            #expect(answer.problem == "invalid-fields")
            guard case .array(let errors)? = answer.json["errors"] else { throw VaultError.notFound }
            #expect(errors.first?["pointer"] == "/secret")
            let message = errors.first?["message"]?.text ?? ""
            #expect(message.contains(locked.contains(text) ? "passphrase" : "private key"))
        }
        #expect(try await safe.create("pw", good[0]).status == 201)
    }

    @Test func `after a rotation every secret is under the new key, and still the same`() async throws {
        let safe = try await Safe()
        var ids: [String] = []
        for number in 0..<5 { ids.append(try await safe.create("a\(number)", "secret \(number)")["id"]) }
        _ = try await safe.call("accounts.set-secret", [ids[0]], ["secret": "newer"])
        let id = try await safe.stage.tenancy.rotateKey(at: safe.stage.now, in: safe.scope)
        let chain = try await safe.stage.keys.load(in: safe.scope)
        let rewrapping = SecretsRewrapping(database: safe.stage.database)
        #expect(rewrapping.name == "secrets")
        var counts: [Int] = []
        repeat { counts.append(try await rewrapping.rewrap(2, with: chain, in: safe.scope)) } while counts.last! > 0
        #expect(counts == [2, 2, 2, 0])
        let under = try await safe.stage.database.query("select distinct tenant_key_id from secrets", in: safe.scope) {
            try $0.next(TenantKeyID.self)
        }
        #expect(under == [id])
        #expect(try await safe.reveal(ids[0])["secret"] == "newer")
        #expect(try await safe.reveal(ids[4])["secret"] == "secret 4")
    }

    @Test func `to show or to replace a secret takes a recent second factor`() {
        let operations = AccountRoutes.group.operations.filter { $0.stepUp == .recent }.map(\.name)
        #expect(operations.sorted() == ["accounts.reveal", "accounts.set-secret"])
        #expect(AccountRoutes.group.operations.first { $0.name == "accounts.reveal" }?.permission == .accountsReveal)
    }
}
