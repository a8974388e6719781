import Foundation
import Kernel
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// By what one knows another tenant's rows wherever they turn up.
struct ForeignRows {
    let tenant: String
    private let ids: Set<String>

    /// All UUIDs in the rows of `victim` that are in no row of `other`.
    init(of victim: Household, notOf other: Household) async throws {
        tenant = try await victim.tenant().uuid.uuidString.lowercased()
        ids = try await victim.uuids().subtracting(try await other.uuids())
        try #require(ids.count > 20 && ids.contains(tenant))
    }

    /// What of them is in the rows that a database sent.
    func found(in rows: [[UInt8]]) -> Set<String> {
        Set(rows.flatMap { Self.uuids(in: String(decoding: $0, as: UTF8.self)) }).intersection(ids)
    }

    /// What of them is in the answer of a server, which writes ids in a form of its own.
    func found(in answer: String) -> Set<String> {
        let shown = answer.matches(of: #/[a-z]{3}_([0-9a-hjkmnp-tv-z]{26})/#).compactMap {
            UserID("usr_\($0.output.1)")?.uuid.uuidString.lowercased()
        }
        return Set(shown).union(Self.uuids(in: answer)).intersection(ids)
    }

    fileprivate static func uuids(in text: String) -> [String] {
        text.matches(of: #/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#).map { String($0.output) }
    }
}

extension Household {
    func tenant() async throws -> TenantID {
        let superuser = try await person.installation.test.superuser()
        let slug = person.slug
        let found = try await superuser.query("select tenant_id from tenants where slug = \(slug)") {
            try $0.next(TenantID.self)
        }
        return try #require(found.first)
    }

    fileprivate func uuids() async throws -> Set<String> {
        Set(try await rows(but: []).values.flatMap(ForeignRows.uuids(in:)))
    }

    /// All rows of the tenant as text, by table.
    func rows(but excluded: Set<String>) async throws -> [String: String] {
        let superuser = try await person.installation.test.superuser()
        let tenant = try await tenant()
        let tables = try await superuser.query(
            """
            select c.relname::text from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            """
        ) { try $0.next(String.self) }
        var rows: [String: String] = [:]
        for table in tables where !excluded.contains(table) {
            let text = try await superuser.query(
                """
                select query_to_xml(
                    format('select to_jsonb(t)::text as row from %I t where tenant_id = %L order by 1', \(table)::text,
                        \(tenant)::uuid), true, true, '')::text
                """
            ) { try $0.next(String.self) }
            rows[table] = text.first
        }
        return rows
    }
}
