import Cryptography
import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Everything secret that passes through a server in a day, and what its log and its database say of it.
@Suite(.serialized) struct SecretsTests {
    @Test func `no secret is in a log line, an audit line, or in clear in the database`() async throws {
        let installation = try await Installation()
        let house = try await Household(installation.makeTenant("acme"))
        let ada = house.person
        let folder = TemporaryFolder()
        try await ChildProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.file("key")])
        let key = try await ChildProcess.run(["cat", folder.file("key")])
        key.split(separator: "\n").filter { !$0.hasPrefix("-----") && $0.count > 40 }.map(String.init).forEach(ada.note)
        let asset = JSON.string(house.ids["assets"]!)
        try await ada.call(
            .post, "/accounts", ["asset": asset, "name": "deploy", "kind": "ssh-key", "secret": .string(key)],
            expecting: 201)
        let account = house.ids["accounts"]!
        let next = "next-secret-\(Hex.encode(SecureRandom.bytes(16)))"
        ada.note(next)
        try await ada.call(.post, "/accounts/\(account)/secret", ["secret": .string(next)], expecting: 200)
        let shown = try await ada.call(.post, "/accounts/\(account)/reveal", ["reason": "on call"], expecting: 200)
        #expect(shown["secret"] == next)

        // What goes wrong is told with care too.
        let typo = "wrong-password-\(Hex.encode(SecureRandom.bytes(8)))"
        let stray = "stray-token-\(Hex.encode(SecureRandom.bytes(16)))"
        [typo, stray].forEach(ada.note)
        try await ada.call(.post, "/auth/sign-in", ["login": "ada", "password": .string(typo)], expecting: 401)
        try await ada.call(
            .post, "/accounts", ["asset": asset, "name": "a b", "kind": "password", "secret": .string(typo)],
            expecting: 422)
        try await ada.call(
            .post, "/accounts", ["asset": asset, "name": "k", "kind": "ssh-key", "secret": .string(typo)],
            expecting: 422)
        for path in ["/api/v1/me", "/api/v1/assets?token=\(stray)", "/api/v1/decision-links/\(stray)", "/\(stray)"] {
            _ = try await installation.call(.get, path, on: "acme", bearer: stray)
            _ = try await installation.call(.post, path, ["x": .string(stray)], on: "acme", bearer: stray)
        }
        _ = try await installation.call(.get, "/provider/v1/tenants", on: "provider", bearer: stray)
        _ = try await installation.call(.get, "/api/v1/me", on: "acme", cookie: stray)

        // The key of what looks at faces is a secret as well.
        try await house.lookAtFaces()
        let rotated = try await ada.call(.post, "/keys/rotate", expecting: 200)
        let superuser = try await installation.test.superuser()
        _ = try await superuser.execute("update jobs set run_at = now() where kind = 'tenancy.rewrap'")
        try await eventually("the secrets are under the new key", within: .seconds(20)) {
            let left = try await superuser.query(
                """
                select count(*) from (select tenant_key_id from secrets union all select tenant_key_id from webhooks
                    union all select tenant_key_id from totp_secrets union all
                    select tenant_key_id from identity_providers where sealed_secret is not null union all
                    select tenant_key_id from sms_gateways where sealed_secret is not null union all
                    select tenant_key_id from messenger_channels union all
                    select tenant_key_id from face_factors union all
                    select tenant_key_id from face_components where sealed_key is not null union all
                    select tenant_key_id from tenant_signing_keys union all
                    select tenant_key_id from webhook_deliveries where sealed_private is not null) s
                where tenant_key_id <> \(TenantKeyID(rotated["key"]))
                """
            ) { try $0.next(Int.self) }
            return left == [0]
        }
        let again = try await ada.call(.post, "/accounts/\(account)/reveal", ["reason": "on call"], expecting: 200)
        #expect(again["secret"] == next)
        let evidence = try await ada.call(.get, "/evidence/keys", expecting: 200)
        #expect(evidence.items.count == 2 && evidence.items[0]["id"]?.text?.hasPrefix("ed25519:") == true)

        let secrets = ada.secrets.union([installation.providerToken])
        #expect(secrets.count > 15)
        let log = LogBook.shared.text
        #expect(log.contains("\"trace\"") && log.split(separator: "\n").count > 50)
        let dump = try await installation.dump()
        for secret in secrets {
            #expect(!log.contains(secret), "a log line has \(secret)")
            #expect(!dump.contains(secret), "the database has \(secret)")
            #expect(!dump.contains(Hex.encode(Array(secret.utf8))), "the database has \(secret) in hexadecimal")
        }
        let trail = try await ada.call(.get, "/audit-events?limit=200", expecting: 200).text
        for secret in secrets { #expect(!trail.contains(secret), "the trail has \(secret)") }
    }
}

extension Installation {
    /// Everything that lies in the database, as text.
    func dump() async throws -> String {
        let server = test.ownerConfiguration
        return try await ChildProcess.run(
            TestCluster.program(
                "pg_dump",
                ["--host=\(server.host)", "--port=\(server.port)", "--username=postgres", test.name]))
    }
}
