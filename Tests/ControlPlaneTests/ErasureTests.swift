import Cryptography
import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// The end of a company, seen by somebody who has everything: the database as its superuser, the objects, the master key.
@Suite struct ErasureTests {
    /// Every sealed or wrapped value of a tenant, by where it stands.
    private static func sealed(_ tenant: TenantID, _ superuser: OwnerConnection) async throws -> [(String, [UInt8])] {
        let text = tenant.uuid.uuidString
        return try await superuser.query(
            """
            select c.table_name || '.' || c.column_name, unnest(xpath('//c/text()', query_to_xml(format(
              'select encode(%I, ''hex'') as c from %I where tenant_id = %L', c.column_name, c.table_name, \(text)::text),
              true, false, '')))::text
            from information_schema.columns c
            join pg_class k on k.relname = c.table_name and k.relkind in ('r', 'p') and not k.relispartition
            where c.table_schema = 'public' and c.data_type = 'bytea' and exists (
              select from information_schema.columns t
              where t.table_schema = 'public' and t.table_name = c.table_name and t.column_name = 'tenant_id')
            """
        ) { (try $0.next(String.self), Self.bytes(try $0.next(String.self))) }
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
    }

    @Test func `nothing of an erased company can be read or opened, and the proof of it holds`() async throws {
        let installation = try await Installation()
        let acme = try await Household(installation.makeTenant("acme"))
        let bolt = try await installation.makeTenant("bolt")
        let tenants = try await installation.provider(.get, "/tenants").items
        let id = { (slug: String) in tenants.first { $0["slug"]?.text == slug }?["id"]?.text ?? "" }
        let tenant = try #require(TenantID(id("acme")))
        let superuser = try await installation.test.superuser()
        let objects = installation.folder.file("objects")
        for slug in ["acme", "bolt"] {
            let folder = "\(objects)/tenants/\(id(slug))/recordings/2026/11/rcd_x"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("sealed".utf8).write(to: URL(filePath: folder + "/1.ghr"))
        }
        let wrapped = try await superuser.query(
            "select wrapped from tenant_keys where tenant_id = \(tenant)"
        ) { try $0.next([UInt8].self) }
        let before = try await Self.sealed(tenant, superuser)
        #expect(before.contains { $0.0 == "secrets.sealed" } && before.contains { $0.0 == "totp_secrets.sealed" })

        let wrong = try await installation.provider(.post, "/tenants/\(id("acme"))/delete", ["confirm": "Acme Ltd"])
        #expect(wrong.status == 422)
        let asked = try await installation.provider(.post, "/tenants/\(id("acme"))/delete", ["confirm": "acme"])
        #expect(asked.status == 200 && asked["state"] == "closing", "\(asked.text)")
        // The moment that is left for everybody to hear of it is over.
        _ = try await superuser.execute(
            "update tenants set grace_ends_at = now() - interval '1 minute' where tenant_id = \(tenant)")
        try await eventually("the company is erased", within: .seconds(60)) {
            try await installation.provider(.get, "/tenants/\(id("acme"))")["state"] == "deleted"
        }

        // With the superuser's eyes: no row, no sealed value, none of the keys' bytes, no name anywhere.
        let text = tenant.uuid.uuidString
        let kept = try await superuser.query(
            """
            with tables as materialized (
              select k.relname from pg_class k
              join pg_attribute a on a.attrelid = k.oid and a.attname = 'tenant_id' and not a.attisdropped
              where k.relnamespace = 'public'::regnamespace and k.relkind in ('r', 'p') and not k.relispartition)
            select relname::text from tables
            where (xpath('//n/text()', query_to_xml(format(
              'select count(*) as n from %I where tenant_id = %L', relname, \(text)::text), false, true, '')))[1]::text
              <> '0'
            """
        ) { try $0.next(String.self) }
        #expect(
            Set(kept).isSubset(of: [
                "tenants", "tenant_erasures", "usage_events", "usage_rollups", "events", "invoices",
                "tenant_plan_history", "tenant_closings",
            ]), "\(kept)"
        )
        let dump = try await installation.dump()
        for word in ["web-1", "Disk is full", "hooks.invalid", "SHA256:x", "Standing"] {
            #expect(!dump.contains(word), "\(word) is still there")
        }
        for secret in acme.person.secrets { #expect(!dump.contains(secret)) }
        for bytes in wrapped { #expect(!dump.contains(Hex.encode(bytes))) }
        #expect(
            !FileManager.default.fileExists(atPath: "\(objects)/tenants/\(id("acme"))/recordings/2026/11/rcd_x/1.ghr"))
        #expect(
            FileManager.default.fileExists(atPath: "\(objects)/tenants/\(id("bolt"))/recordings/2026/11/rcd_x/1.ghr"))

        // With a copy of every sealed value from before, the master key, and every key that the database still has.
        let master = try MasterKey(loadingOrCreating: installation.folder.file("master.key"))
        let rows = try await superuser.query(
            "select tenant_key_id, tenant_id, version, master_key_id, wrapped from tenant_keys"
        ) { row in
            WrappedTenantKey(
                id: try row.next(), tenant: try row.next(), version: try row.next(), master: try row.next(),
                bytes: try row.next())
        }
        let keys = try await TenantKey.unwrap(rows, with: master)
        #expect(keys.count == 1)
        var tried = 0
        for (place, bytes) in before {
            guard let key = try? Envelope.keyID(of: bytes) else { continue }
            #expect(!keys.contains { $0.id == key }, "\(place)")
            tried += 1
        }
        #expect(tried >= 3)

        // The proof, and the company's doors.
        let status = try await installation.provider(.get, "/tenants/\(id("acme"))/erasure")
        let document = try #require(status.json["proof"])
        let key = try await installation.provider(.get, "/erasure-key")
        let signature = try #require(document["signature"]?["value"]?.text.flatMap { Base64URL.decode($0) })
        let verifying = try #require(VerifyingKey(key["publicKey"]))
        let statement = try #require(document["proof"])
        #expect(verifying.isValid(signature, for: try CanonicalJSON.bytes(statement)))
        let erased = try #require(statement["erased"])
        #expect(erased["objects"] == 1 && erased["rows"]?["secrets"] == 1 && erased["rows"]?["recordings"] == 1)
        #expect(try await acme.person.call(.get, "/assets").status == 400)
        #expect(try await bolt.call(.get, "/assets").status == 200)
    }
}
