import FoundationEssentials
import Kernel
import LDAP
import Postgres

/// The entries of a directory in the database while a run lasts, so that its memory does not grow with the directory and
/// every question about them is one statement. They are those of one attempt at the run.
struct IdentitySyncStaging {
    let run: IdentitySyncRunID
    let attempt: Int
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

    /// How many of them were new. Two entries with one subject cannot be told apart: it is kept as present, and nothing
    /// is done for it.
    func add(_ people: [Person]) async throws -> Int {
        guard !people.isEmpty else { return 0 }
        let added = try await database.execute(
            """
            insert into identity_sync_entries (tenant_id, identity_sync_run_id, attempt, subject, dn, login, name, email,
              user_id)
            select \(scope.tenant)::uuid, \(run)::uuid, \(attempt)::int, e.subject, e.dn, e.login, e.name, e.email, e.id
            from unnest(\(people.map(\.subject))::text[], \(people.map(\.dn))::text[], \(people.map(\.login))::text[],
              \(people.map(\.name))::text[], \(people.map(\.email))::text[],
              \(people.map { _ in UserID.new(at: now) })::uuid[]) as e (subject, dn, login, name, email, id)
            where \(fragment: isThere)
            on conflict do nothing
            """, in: scope)
        guard added < people.count else { return added }
        try await database.execute(
            """
            update identity_sync_entries e set verdict = 'ambiguous'
            from unnest(\(people.map(\.subject))::text[], \(people.map(\.dn))::text[]) as t (subject, dn)
            where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(run) and e.attempt = \(attempt)
              and e.subject = t.subject and e.dn <> t.dn
            """, in: scope)
        return added
    }

    /// How many of them were new.
    func add(_ edges: [Edge]) async throws -> Int {
        var added = 0
        for start in stride(from: 0, to: edges.count, by: 2000) {
            let part = edges[start..<min(start + 2000, edges.count)]
            added += try await database.execute(
                """
                insert into identity_sync_edges (tenant_id, identity_sync_run_id, attempt, parent, child)
                select \(scope.tenant)::uuid, \(run)::uuid, \(attempt)::int, e.parent, e.child
                from unnest(\(part.map(\.parent))::text[], \(part.map(\.child))::text[]) as e (parent, child)
                where \(fragment: isThere)
                on conflict do nothing
                """, in: scope)
        }
        return added
    }

    private var isThere: SQL {
        """
        exists (select from identity_sync_runs where tenant_id = \(scope.tenant) and identity_sync_run_id = \(run))
        """
    }

    /// Whether all that was added is still there: a crash of the database empties these tables.
    func holds(_ read: ReadDirectory.Outcome, _ tx: Transaction) async throws -> Bool {
        let counts = try await tx.first(
            """
            select (select count(*) from identity_sync_entries where tenant_id = \(scope.tenant)
                and identity_sync_run_id = \(run) and attempt = \(attempt)),
              (select count(*) from identity_sync_edges where tenant_id = \(scope.tenant)
                and identity_sync_run_id = \(run) and attempt = \(attempt))
            """
        ) { (people: try $0.next(Int.self), edges: try $0.next(Int.self)) }
        return counts?.people == read.people && counts?.edges == read.edges
    }

    /// Asks about all that was read at once. Of tables that were filled a moment ago the planner knows nothing, and would go
    /// through them once for each row.
    ///
    /// Only for statements that no one else makes, since their plans are kept. Those of references and triggers must be
    /// kept: planned for each value, a new tenant counts as nobody, and any index of the tenant will do to find one of many.
    func overEverything<Value>(_ tx: Transaction, _ ask: () async throws -> Value) async throws -> Value {
        try await tx.enqueue("set local enable_nestloop = off")
        let value = try await ask()
        try await tx.enqueue("set local enable_nestloop = on")
        return value
    }

    /// Forgets what this attempt and those before it have read.
    func clear() async throws {
        for statement in clearing { try await database.execute(statement, in: scope) }
    }

    func clear(in tx: Transaction) async throws {
        for statement in clearing { try await tx.execute(statement) }
    }

    private var clearing: [SQL] {
        [
            """
            delete from identity_sync_entries where tenant_id = \(scope.tenant) and identity_sync_run_id = \(run)
              and attempt <= \(attempt)
            """,
            """
            delete from identity_sync_edges where tenant_id = \(scope.tenant) and identity_sync_run_id = \(run)
              and attempt <= \(attempt)
            """,
        ]
    }
}
