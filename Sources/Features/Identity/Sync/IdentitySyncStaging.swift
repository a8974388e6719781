import FoundationEssentials
import Kernel
import LDAP
import Postgres

/// The entries of a directory in the database while a run lasts, so that its memory does not grow with the directory and
/// every question about them is one statement.
struct IdentitySyncStaging {
    let run: IdentitySyncRunID
    let database: Database
    let now: Date
    let scope: TenantScope

    struct Person {
        let subject: String
        let dn: String
        let login: String?
        let name: String?
        let email: String?
    }

    struct Edge: Hashable {
        let parent: String
        let child: String
    }

    func add(_ people: [Person]) async throws {
        guard !people.isEmpty else { return }
        try await database.execute(
            """
            insert into identity_sync_entries (tenant_id, identity_sync_run_id, subject, dn, login, name, email, user_id)
            select \(scope.tenant)::uuid, \(run)::uuid, e.subject, e.dn, e.login, e.name, e.email, e.id
            from unnest(\(people.map(\.subject))::text[], \(people.map(\.dn))::text[], \(people.map(\.login))::text[],
              \(people.map(\.name))::text[], \(people.map(\.email))::text[],
              \(people.map { _ in UserID.new(at: now) })::uuid[]) as e (subject, dn, login, name, email, id)
            on conflict do nothing
            """, in: scope)
    }

    func add(_ edges: [Edge]) async throws {
        for start in stride(from: 0, to: edges.count, by: 2000) {
            let part = edges[start..<min(start + 2000, edges.count)]
            try await database.execute(
                """
                insert into identity_sync_edges (tenant_id, identity_sync_run_id, parent, child)
                select \(scope.tenant)::uuid, \(run)::uuid, e.parent, e.child
                from unnest(\(part.map(\.parent))::text[], \(part.map(\.child))::text[]) as e (parent, child)
                on conflict do nothing
                """, in: scope)
        }
    }

    func clear() async throws {
        for statement in clearing { try await database.execute(statement, in: scope) }
    }

    func clear(in tx: Transaction) async throws {
        for statement in clearing { try await tx.execute(statement) }
    }

    private var clearing: [SQL] {
        [
            "delete from identity_sync_entries where tenant_id = \(scope.tenant) and identity_sync_run_id = \(run)",
            "delete from identity_sync_edges where tenant_id = \(scope.tenant) and identity_sync_run_id = \(run)",
        ]
    }
}
