import Audit
import FoundationEssentials
import Kernel
import Postgres

/// Makes the groups that a provider keeps here those of its directory, and who is in them whom it says: by what tells an entry
/// from others and never by its name, so that nobody gets into a group of somebody else's by calling theirs the same.
struct SyncGroups {
    /// A directory with more groups than these is not taken in.
    static let most = 20_000
    /// More groups than these whose members changed are told of by how many, and not by whom.
    private static let few = 200
    /// So much of who is in which group is exchanged by one statement, which has to end in time; whole groups at least.
    private static let edgesAtOnce = 250_000
    private static let mostSlices = 256

    /// Some of the groups: about one of so many.
    private struct Slice {
        let number: Int
        let count: Int
    }

    /// Who came into a group and who left it.
    private struct Exchange {
        let group: GroupID
        let name: String
        let added: Int
        let removed: Int
        /// Those of `removed` who are active: the others have lost everything anyway.
        let lost: Int
        let come: [String]
        let gone: [String]

        init(_ row: inout Row) throws {
            group = try row.next()
            name = try row.next()
            added = try row.next()
            removed = try row.next()
            lost = try row.next()
            come = try row.next()
            gone = try row.next()
        }
    }

    private struct Named {
        let id: GroupID
        let name: String

        init(_ row: inout Row) throws {
            id = try row.next()
            name = try row.next()
        }
    }

    let staging: IdentitySyncStaging
    let provider: IdentityProvider
    let sync: IdentitySync
    let trail: AuditLog
    let now: Date

    private var scope: TenantScope { staging.scope }

    /// Whether groups are taken in, or were until now: then the directory has none of them any more.
    func isNeeded(_ tx: Transaction) async throws -> Bool {
        if sync.importsGroups { return true }
        return try await KeptGroupStore.count(of: provider.id, in: scope, tx) > 0
    }

    /// Whether more is gone than can be believed.
    func callAsFunction(
        _ read: ReadDirectory.Outcome, _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws -> Bool {
        var groups = IdentitySyncGroups()
        groups.known = try await KeptGroupStore.count(of: provider.id, in: scope, tx)
        let before = try await staging.overEverything(tx) { try await memberships(tx) }
        try await staging.overEverything(tx) { try await judge(tx) }
        try await refuse(read, &groups, tx)
        let left = try await staging.overEverything(tx) {
            let left = try await leave(&groups, tx)
            try await comeBack(&groups, tx)
            try await rename(&groups, tx)
            return left
        }
        try await create(&groups, tx)
        // The plans that check references were perhaps made when there was no group.
        try await tx.enqueue("discard plans")
        var exchanged: [Exchange] = []
        let slices = min(Self.mostSlices, 1 + read.edges / Self.edgesAtOnce)
        for number in 0..<slices {
            exchanged += try await staging.overEverything(tx) {
                try await tx.query(exchange(Slice(number: number, count: slices), read), Exchange.init)
            }
        }
        try await tx.enqueue("discard plans")
        groups.membersAdded = exchanged.reduce(0) { $0 + $1.added }
        groups.membersRemoved = exchanged.reduce(0) { $0 + $1.removed }
        report.groups = groups
        let lost = exchanged.reduce(0) { $0 + $1.lost }
        report.removals += lost
        try await tell(exchanged, tx)
        guard lost > 0 else { return false }
        let emptied = Set(exchanged.filter { $0.lost > 0 }.map(\.group)).intersection(left).count
        let percent = sync.leaverPercent
        return SyncMemberships.isTooMuch(lost, of: before, percent: percent)
            || SyncMemberships.isTooMuch(emptied, of: groups.known, percent: percent)
            || emptied > 0 && read.namelessGroups.count > 0
    }

    /// How many memberships active people have by the directory.
    private func memberships(_ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select count(*) from group_members m
            join groups g on g.tenant_id = m.tenant_id and g.group_id = m.group_id
            join users u on u.tenant_id = m.tenant_id and u.user_id = m.user_id and u.state = 'active'
            where m.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            """
        ) { try $0.next() } ?? 0
    }

    // MARK: which groups

    /// The groups of this attempt, as `s`.
    private var staged: SQL {
        """
        s.tenant_id = \(scope.tenant) and s.identity_sync_run_id = \(staging.run) and s.attempt = \(staging.attempt)
        """
    }

    /// Says of each entry which group it is here and what is done about its name. Names are the same whatever their case and
    /// whichever of the forms of a letter they are written with.
    private func judge(_ tx: Transaction) async throws {
        try await tx.execute(
            """
            with entries as (
              select s.subject, s.name, s.verdict, k.group_id as known, k.name as old,
                lower(normalize(s.name, nfkc) collate "default") as folded
              from identity_sync_groups s
              left join groups k on k.tenant_id = s.tenant_id and k.identity_provider_id = \(provider.id)
                and k.directory_id = s.subject
              where \(fragment: staged)
            ), named as (
              select lower(normalize(g.name, nfkc) collate "default") as folded, array_agg(g.group_id) as ids
              from groups g where g.tenant_id = \(scope.tenant) group by 1
            ), judged as (
              select e.subject, e.known, case
                when e.verdict is not null then e.verdict
                when e.name is null then 'unusable-name'
                when e.name = e.old then 'same'
                when count(*) over (partition by e.folded) > 1 then 'ambiguous'
                when cardinality(n.ids) > 1 or n.ids[1] is distinct from e.known and n.ids is not null then 'name-taken'
                when e.known is null then 'create'
                else 'rename' end as verdict
              from entries e left join named n on n.folded = e.folded
            )
            update identity_sync_groups s
            set verdict = j.verdict, is_known = j.known is not null, group_id = coalesce(j.known, s.group_id)
            from judged j where \(fragment: staged) and s.subject = j.subject
            """)
    }

    /// Those that are passed over, or keep the name that they had.
    private func refuse(
        _ read: ReadDirectory.Outcome, _ groups: inout IdentitySyncGroups, _ tx: Transaction
    ) async throws {
        groups.refused = try await tx.query(
            """
            select reason, count(*), (array_agg(coalesce(name, dn) order by coalesce(name, dn)))[1:100] from (
              select case s.verdict when 'doubled' then 'ambiguous' else s.verdict end as reason, s.name, s.dn
              from identity_sync_groups s
              where \(fragment: staged) and s.verdict not in ('same', 'create', 'rename')) r
            group by reason order by reason
            """
        ) { row in
            let (reason, count): (IdentitySyncRefusals.Reason, Int) = (try row.next(), try row.next())
            return IdentitySyncRefusals(
                reason: reason, people: IdentitySyncNames(first: try row.next([String].self), of: count))
        }
        guard read.namelessGroups.count > 0 else { return }
        groups.refused.append(IdentitySyncRefusals(reason: .noSubject, people: read.namelessGroups))
    }

    /// Notes which groups the directory has no more. They keep what they were granted, for nobody.
    private func leave(_ groups: inout IdentitySyncGroups, _ tx: Transaction) async throws -> [GroupID] {
        let left = try await tx.query(
            """
            update groups g set left_at = \(now), version = version + 1
            where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id) and g.left_at is null
              and not exists (
                select from identity_sync_groups s where \(fragment: staged) and s.subject = g.directory_id)
            returning g.group_id, g.name
            """, Named.init)
        groups.removed = IdentitySyncNames(left.map(\.name))
        try await note("group.left-directory", left, tx)
        return left.map(\.id)
    }

    private func comeBack(_ groups: inout IdentitySyncGroups, _ tx: Transaction) async throws {
        let back = try await tx.query(
            """
            update groups g set left_at = null, version = version + 1 from identity_sync_groups s
            where \(fragment: staged) and s.is_known and g.tenant_id = s.tenant_id and g.group_id = s.group_id
              and g.left_at is not null
            returning g.group_id, g.name
            """, Named.init)
        groups.returned = IdentitySyncNames(back.map(\.name))
        try await note("group.returned-by-directory", back, tx)
    }

    private func rename(_ groups: inout IdentitySyncGroups, _ tx: Transaction) async throws {
        let renamed = try await tx.query(
            """
            with old as (
              select g.group_id, g.name, s.name as wanted from identity_sync_groups s
              join groups g on g.tenant_id = s.tenant_id and g.group_id = s.group_id
              where \(fragment: staged) and s.verdict = 'rename'
            ), renamed as (
              update groups g set name = o.wanted, version = version + 1 from old o
              where g.tenant_id = \(scope.tenant) and g.group_id = o.group_id
              returning g.group_id, g.name, o.name as old
            )
            select group_id, name, old from renamed order by old
            """
        ) { (group: try Named(&$0), old: try $0.next(String.self)) }
        groups.renamed = IdentitySyncNames(
            first: renamed.prefix(IdentitySyncNames.most).map { "\($0.old) → \($0.group.name)" }, of: renamed.count)
        try await note("group.renamed-by-directory", renamed.map(\.group), tx)
    }

    private func create(_ groups: inout IdentitySyncGroups, _ tx: Transaction) async throws {
        let created = try await tx.query(
            """
            insert into groups (tenant_id, group_id, name, created_at, identity_provider_id, directory_id)
            select s.tenant_id, s.group_id, s.name, \(now)::timestamptz, \(provider.id)::uuid, s.subject
            from identity_sync_groups s where \(fragment: staged) and s.verdict = 'create'
            on conflict on constraint groups_name_uq do nothing
            returning group_id, name
            """, Named.init)
        groups.added = IdentitySyncNames(created.map(\.name))
        try await note("group.created-by-directory", created, tx)
    }

    // MARK: who is in them

    /// From each group down to the people in it, through the groups between.
    ///
    /// Who was here before and cannot be told from another entry, or came in while everybody was read, stays where they are.
    private func exchange(_ slice: Slice, _ read: ReadDirectory.Outcome) -> SQL {
        let nodes = staging.nodes(below: "kept k", key: "k.group_id", node: "k.dn", depth: "1", as: read)
        return """
            with recursive kept as materialized (
              select g.group_id, g.name, s.dn collate "C" as dn from identity_sync_groups s
              join groups g on g.tenant_id = s.tenant_id and g.group_id = s.group_id
                and g.identity_provider_id = \(provider.id)
              where \(fragment: staged) and s.verdict <> 'doubled'
                and get_byte(uuid_send(g.group_id), 15) % \(slice.count) = \(slice.number)
            ), \(fragment: nodes), people as materialized (
              select l.user_id, e.dn from identity_sync_entries e
              join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
                and l.subject = e.subject
              where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
                and e.attempt = \(staging.attempt) and e.verdict is distinct from 'ambiguous' and not l.bound_by_user
            ), wanted as materialized (
              select distinct n.key as group_id, p.user_id from nodes n
              join identity_sync_edges x on x.tenant_id = \(scope.tenant) and x.identity_sync_run_id = \(staging.run)
                and x.attempt = \(staging.attempt) and x.parent = n.node
              join people p on p.dn = x.child
            ), unclear as materialized (
              select l.user_id from identity_links l
              left join identity_sync_entries e on e.tenant_id = l.tenant_id and e.identity_sync_run_id = \(staging.run)
                and e.attempt = \(staging.attempt) and e.subject = l.subject
              where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider.id) and not l.bound_by_user
                and (e.verdict = 'ambiguous' or e.subject is null
                  and (l.created_at > \(staging.now) or coalesce(l.last_sign_in_at > \(staging.now), false)))
            ), gone as (
              delete from group_members m using groups g
              where m.tenant_id = \(scope.tenant) and g.tenant_id = m.tenant_id and g.group_id = m.group_id
                and g.identity_provider_id = \(provider.id)
                and get_byte(uuid_send(g.group_id), 15) % \(slice.count) = \(slice.number)
                and not exists (select from wanted w where w.group_id = m.group_id and w.user_id = m.user_id)
                and (g.left_at is not null or not exists (select from unclear c where c.user_id = m.user_id))
                and not exists (
                  select from identity_sync_groups s
                  where \(fragment: staged) and s.verdict = 'doubled' and s.group_id = m.group_id)
              returning m.group_id, m.user_id
            ), come as (
              insert into group_members (tenant_id, group_id, user_id)
              select \(scope.tenant)::uuid, w.group_id, w.user_id from wanted w
              on conflict do nothing returning group_id, user_id
            ), changed as (
              select group_id, user_id, true as is_added from come union all select group_id, user_id, false from gone
            ), counted as (
              select c.group_id, count(*) filter (where c.is_added) as added, count(*) filter (where not c.is_added) as removed,
                count(*) filter (where not c.is_added and u.state = 'active') as lost,
                coalesce((array_agg(u.login order by u.login) filter (where c.is_added))[1:100], '{}') as logins_come,
                coalesce((array_agg(u.login order by u.login) filter (where not c.is_added))[1:100], '{}') as logins_gone
              from changed c join users u on u.tenant_id = \(scope.tenant) and u.user_id = c.user_id
              group by c.group_id
            ), told as (
              update groups g set version = version + 1 from counted c
              where g.tenant_id = \(scope.tenant) and g.group_id = c.group_id
              returning g.group_id, g.name
            )
            select c.group_id, t.name, c.added, c.removed, c.lost, c.logins_come, c.logins_gone
            from counted c join told t on t.group_id = c.group_id order by t.name
            """
    }

    // MARK: who hears of it

    private var facts: JSON {
        [
            "provider": .string(provider.id.text), "providerName": .string(provider.name),
            "run": .string(staging.run.text),
        ]
    }

    private func note(_ action: String, _ groups: [Named], _ tx: Transaction) async throws {
        let entry = AuditEntry(action: action, actor: .system("identity-sync"), details: facts, at: now)
        try await trail.append(entry, about: groups.map { AuditTarget("group", $0.id, $0.name) }, in: scope, tx)
    }

    /// Who holds what a group is granted is decided anew, and the trail says who came and who left.
    private func tell(_ changes: [Exchange], _ tx: Transaction) async throws {
        try await IdentityEvent.groupChanged.publish(changes, at: now, in: scope, tx) { change in
            (change.group.text, ["changes": .int(Int64(change.added + change.removed))])
        }
        struct Kind: Hashable {
            let added: Int
            let removed: Int
            var logins: [[String]] = []
        }
        let isFew = changes.count <= Self.few
        let kinds = Dictionary(grouping: changes) { change in
            Kind(added: change.added, removed: change.removed, logins: isFew ? [change.come, change.gone] : [])
        }
        for (kind, changes) in kinds {
            let counts: JSON = ["added": .int(Int64(kind.added)), "removed": .int(Int64(kind.removed))]
            let names: JSON =
                isFew
                ? [
                    "come": .array(kind.logins[0].map { .string($0) }),
                    "gone": .array(kind.logins[1].map { .string($0) }),
                ] : [:]
            let entry = AuditEntry(
                action: "group.members-by-directory", actor: .system("identity-sync"),
                details: facts.merging(counts).merging(names), at: now)
            try await trail.append(
                entry, about: changes.map { AuditTarget("group", $0.group, $0.name) }, in: scope, tx)
        }
    }
}
