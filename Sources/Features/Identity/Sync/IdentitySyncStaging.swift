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
        /// Where the one stands to whom they report.
        var manager: String?
        /// Which conditions of rules hold by the entry, as JSON.
        var facts: String?
    }

    /// One that is to be a group here; without a name if it has none that can be one.
    struct Group {
        let subject: String
        let dn: String
        let name: String?
    }

    struct Edge: Hashable {
        let parent: String
        let child: String
    }

    /// Somebody who is here and whom the provider knows.
    struct Linked {
        let person: SyncedPerson
        let subject: String
        let name: String
        let email: String?
        let dn: String?
        let manager: String?
        let isActive: Bool
        let hasLeft: Bool
        let isBoundByThemself: Bool
        /// Whether they came, or came in, since the run began.
        let isLater: Bool

        init(_ row: inout Row) throws {
            person = try SyncedPerson(&row)
            subject = try row.next()
            name = try row.next()
            email = try row.next()
            dn = try row.next()
            manager = try row.next()
            isActive = try row.next()
            hasLeft = try row.next()
            isBoundByThemself = try row.next()
            isLater = try row.next()
        }
    }

    /// How many of them were new. Two entries with one subject cannot be told apart: it is kept as present, and nothing
    /// is done for it.
    ///
    /// Ids ascend from `page` to page. People are created in their order, and a directory has them in the order of their
    /// names, or nearly: each goes into an index beside the one before.
    func add(_ people: [Person], page: Int = 0) async throws -> Int {
        guard !people.isEmpty else { return 0 }
        // None is of a later day than its page, which takes longer than a thousandth of a second.
        let moment = now.addingTimeInterval(Double(page) / 1000)
        let ids = people.map { _ in UserID.new(at: moment) }.sorted { $0.uuid < $1.uuid }
        let added = try await database.execute(
            """
            insert into identity_sync_entries (tenant_id, identity_sync_run_id, attempt, subject, dn, login, name, email,
              manager_dn, facts, user_id)
            select \(scope.tenant)::uuid, \(run)::uuid, \(attempt)::int, e.subject, e.dn, e.login, e.name, e.email,
              e.manager, e.facts::jsonb, e.id
            from unnest(\(people.map(\.subject))::text[], \(people.map(\.dn))::text[], \(people.map(\.login))::text[],
              \(people.map(\.name))::text[], \(people.map(\.email))::text[], \(people.map(\.manager))::text[],
              \(people.map(\.facts))::text[], \(ids)::uuid[])
              as e (subject, dn, login, name, email, manager, facts, id)
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
    ///
    /// Two entries that cannot be told apart are kept as present, and nothing is done for them.
    func add(_ groups: [Group]) async throws -> Int {
        guard !groups.isEmpty else { return 0 }
        let added = try await database.execute(
            """
            insert into identity_sync_groups (tenant_id, identity_sync_run_id, attempt, subject, dn, name, group_id)
            select \(scope.tenant)::uuid, \(run)::uuid, \(attempt)::int, e.subject, e.dn, e.name, e.id
            from unnest(\(groups.map(\.subject))::text[], \(groups.map(\.dn))::text[],
              \(groups.map(\.name))::text[], \(groups.map { _ in GroupID.new(at: now) })::uuid[]) as e (subject, dn, name, id)
            where \(fragment: isThere)
            on conflict do nothing
            """, in: scope)
        guard added < groups.count else { return added }
        try await database.execute(
            """
            update identity_sync_groups e set verdict = 'doubled'
            from unnest(\(groups.map(\.subject))::text[], \(groups.map(\.dn))::text[]) as t (subject, dn)
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

    /// An account of Unix that two entries have is nobody's: takes both away from it, and says who they are.
    func dropSharedAccounts() async throws -> IdentitySyncNames {
        let dropped = try await database.transaction(in: scope) { tx in
            try await overEverything(tx) {
                try await tx.first(
                    """
                    with shared as (
                      select parent from identity_sync_edges
                      where tenant_id = \(scope.tenant) and identity_sync_run_id = \(run) and attempt = \(attempt)
                        and starts_with(parent, \(PosixGroups.accounts))
                      group by parent having count(*) > 1
                    ), dropped as (
                      delete from identity_sync_edges x using shared s
                      where x.tenant_id = \(scope.tenant) and x.identity_sync_run_id = \(run)
                        and x.attempt = \(attempt) and x.parent = s.parent
                      returning x.child
                    )
                    select count(*), coalesce((array_agg(child order by child))[1:\(IdentitySyncNames.most)], '{}')
                    from dropped
                    """
                ) { (count: try $0.next(Int.self), first: try $0.next([String].self)) }
            }
        }
        return dropped.map { IdentitySyncNames(first: $0.first, of: $0.count) } ?? IdentitySyncNames()
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
                and identity_sync_run_id = \(run) and attempt = \(attempt)),
              (select count(*) from identity_sync_groups where tenant_id = \(scope.tenant)
                and identity_sync_run_id = \(run) and attempt = \(attempt))
            """
        ) { [try $0.next(Int.self), try $0.next(Int.self), try $0.next(Int.self)] }
        return counts == [read.people, read.edges, read.groups]
    }

    /// Goes through everybody whom the provider knows here, with one statement, and never has all of them at hand.
    func forEachLinked(of provider: IdentityProviderID, _ tx: Transaction, _ take: (Linked) -> Void) async throws {
        try await tx.enqueue("set local cursor_tuple_fraction = 1")
        _ = try await overEverything(tx) {
            try await tx.execute(
                """
                declare everybody no scroll cursor for
                select u.user_id, u.login, l.subject, u.name, u.email, l.directory_dn, l.manager_dn, u.state = 'active', l.left_at is not null,
                  l.bound_by_user, l.created_at > \(now) or coalesce(l.last_sign_in_at > \(now), false)
                from identity_links l join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id
                where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider)
                """)
        }
        while true {
            let some = try await tx.query("fetch forward 5000 from everybody", Linked.init)
            some.forEach(take)
            if some.count < 5000 { break }
        }
        try await tx.enqueue("close everybody")
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

    /// From groups down through the groups in them, as members of a `with recursive`: each of `nodes (key, node)` once,
    /// whatever circles there are, and no deeper than at a sign-in. Each of `roots` has a key, and is so deep already. Those
    /// between are found first, so that nobody's memberships are looked through at each depth.
    func nodes(
        below roots: SQL, key: SQL, node: SQL, depth: SQL, as read: ReadDirectory.Outcome
    ) -> SQL {
        let step = read.followsGroups ? 0 : 1
        return """
            parents as materialized (
              select distinct x.parent from identity_sync_edges x
              where x.tenant_id = \(scope.tenant) and x.identity_sync_run_id = \(run) and x.attempt = \(attempt)
            ), inner_groups as materialized (
              select x.parent, x.child from identity_sync_edges x join parents p on p.parent = x.child
              where x.tenant_id = \(scope.tenant) and x.identity_sync_run_id = \(run) and x.attempt = \(attempt)
            ), reach (key, node, depth) as (
              select \(fragment: key), \(fragment: node), \(fragment: depth) from \(fragment: roots)
              union
              select r.key, i.child, r.depth + \(step)::int from reach r join inner_groups i on i.parent = r.node
              where r.depth < \(LDAPGroupSearch.deepest)
            ), nodes as materialized (
              select distinct key, node from reach
            )
            """
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
            """
            delete from identity_sync_groups where tenant_id = \(scope.tenant) and identity_sync_run_id = \(run)
              and attempt <= \(attempt)
            """,
        ]
    }
}
