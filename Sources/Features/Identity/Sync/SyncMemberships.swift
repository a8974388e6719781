import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Gives everybody of a directory what the provider's rules say, and takes back what rules gave and no longer say: the
/// same as `ApplyRules` at a sign-in, for all at once.
struct SyncMemberships {
    /// So many are taken away without asking, in however small a company.
    private static let safeCount = 2

    let staging: IdentitySyncStaging
    let provider: IdentityProvider
    let percent: Int
    let now: Date

    private var scope: TenantScope { staging.scope }

    private var names: [String] { Array(Set(provider.rules.map(\.directoryGroup))).sorted() }
    private var folded: [String] { names.map(GroupRules.folded) }

    private struct Change {
        let user: UserID
        let role: RoleID?
        let group: GroupID?
        let isAdded: Bool
        /// Taken away although a rule still gives it: the directory says so, and no administrator here.
        let isRemoval: Bool

        init(_ row: inout Row) throws {
            user = try row.next()
            role = try row.next()
            group = try row.next()
            isAdded = try row.next()
            isRemoval = try row.next()
        }
    }

    /// Whether more is taken away than can be believed.
    func callAsFunction(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws -> Bool {
        guard try await isNeeded(tx) else { return false }
        let changes = try await staging.overEverything(tx) { try await tx.query(exchange, Change.init) }
        report.removals = changes.count(where: \.isRemoval)
        try await settleRoles(changes.filter { $0.role != nil }, &report, tx)
        try await settleGroups(changes.filter { $0.group != nil }, &report, tx)
        guard report.removals > Self.safeCount else { return false }
        let given = try await given(tx) - changes.count(where: \.isAdded) + report.removals
        return Self.isTooMuch(report.removals, of: given, percent: percent)
    }

    /// Groups that a directory shows no more, or much less of than yesterday, are taken for a fault of it.
    static func isTooMuch(_ removals: Int, of given: Int, percent: Int) -> Bool {
        removals > safeCount && removals * 100 > percent * given
    }

    private func isNeeded(_ tx: Transaction) async throws -> Bool {
        if !provider.rules.isEmpty { return true }
        return try await tx.first(
            """
            select exists (select from identity_given_roles
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider.id))
              or exists (select from identity_given_groups
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider.id))
            """
        ) { try $0.next() } ?? false
    }

    /// How much active people have by the rules of now.
    private func given(_ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select (
                select count(*) from identity_given_roles g
                join users u on u.tenant_id = g.tenant_id and u.user_id = g.user_id and u.state = 'active'
                where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id) and g.role_id in (
                  select r.role_id from identity_provider_rules r
                  where r.tenant_id = \(scope.tenant) and r.identity_provider_id = \(provider.id)))
              + (
                select count(*) from identity_given_groups g
                join users u on u.tenant_id = g.tenant_id and u.user_id = g.user_id and u.state = 'active'
                where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id) and g.group_id in (
                  select r.group_id from identity_provider_rules r
                  where r.tenant_id = \(scope.tenant) and r.identity_provider_id = \(provider.id)))
            """
        ) { try $0.next() } ?? 0
    }

    private func settleRoles(
        _ changes: [Change], _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws {
        report.roleChanges = changes.count
        try await keepAdministrator(of: changes, &report, tx)
        let people = Array(Set(changes.map(\.user)))
        guard !people.isEmpty else { return }
        try await tx.execute(
            """
            update users set version = version + 1 where tenant_id = \(scope.tenant) and user_id = any(\(people))
            """)
        try await IdentityEvent.rolesChanged.publish(people, at: now, in: scope, tx) { ($0.text, [:]) }
    }

    /// The last administrator stays one, whatever the directory says.
    private func keepAdministrator(
        of changes: [Change], _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws {
        guard let role = try await RoleStore.administrator(in: scope, tx) else { return }
        var spared = IdentitySyncNames()
        for lost in changes where !lost.isAdded && lost.role == role {
            if try await RoleStore.hasAdministrator(in: scope, tx) { break }
            _ = try await IdentityLinkStore.give(role, to: lost.user, by: provider.id, in: scope, tx)
            spared.add(try await login(of: lost.user, tx))
            if lost.isRemoval { report.removals -= 1 }
        }
        if spared.count > 0 {
            report.refused.append(IdentitySyncRefusals(reason: .lastAdministrator, people: spared))
        }
    }

    private func settleGroups(
        _ changes: [Change], _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws {
        report.groupChanges = changes.count
        let groups = Array(Set(changes.compactMap(\.group)))
        guard !groups.isEmpty else { return }
        try await tx.execute(
            """
            update groups set version = version + 1
            where tenant_id = \(scope.tenant) and group_id = any(\(groups))
            """)
        // One for each group: what others decide by it, they decide about everybody.
        try await IdentityEvent.groupChanged.publish(groups, at: now, in: scope, tx) { group in
            (group.text, ["changes": .int(Int64(changes.count { $0.group == group }))])
        }
    }

    private func login(of user: UserID, _ tx: Transaction) async throws -> String {
        try await tx.first("select login from users where tenant_id = \(scope.tenant) and user_id = \(user)") {
            try $0.next()
        } ?? user.text
    }

    /// From the groups that rules name down to the people in them, through whatever lies between, circles included.
    private var exchange: SQL {
        """
        with recursive reach (root, node) as (
          select f.folded collate "C", f.folded collate "C" from unnest(\(folded)::text[]) as f (folded)
          union
          select r.root, g.child from reach r
          join identity_sync_edges g on g.tenant_id = \(scope.tenant) and g.identity_sync_run_id = \(staging.run)
            and g.attempt = \(staging.attempt) and g.parent = r.node
        ), rules as (
          select distinct f.folded, r.role_id, r.group_id
          from unnest(\(names)::text[], \(folded)::text[]) as f (name, folded)
          join identity_provider_rules r on r.tenant_id = \(scope.tenant)
            and r.identity_provider_id = \(provider.id) and r.directory_group = f.name
        ), present as not materialized (
          select l.user_id, e.dn from identity_sync_entries e
          join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
            and l.subject = e.subject
          where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
            and e.attempt = \(staging.attempt) and e.verdict is distinct from 'ambiguous' and not l.bound_by_user
        ), wanted as materialized (
          select distinct p.user_id, r.role_id, r.group_id from rules r
          join reach on reach.root = r.folded join present p on p.dn = reach.node
        ), roles_lost as (
          delete from identity_given_roles g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and exists (select from present p where p.user_id = g.user_id)
            and not exists (select from wanted w where w.user_id = g.user_id and w.role_id = g.role_id)
          returning g.user_id, g.role_id
        ), roles_unbound as (
          delete from role_bindings b using roles_lost l, users u
          where b.tenant_id = \(scope.tenant) and b.role_id = l.role_id and b.user_id = l.user_id
            and u.tenant_id = b.tenant_id and u.user_id = b.user_id and b.org_id = u.org_id
        ), roles_bound as (
          insert into role_bindings (tenant_id, role_id, user_id, org_id)
          select u.tenant_id, w.role_id, u.user_id, u.org_id from wanted w
          join users u on u.tenant_id = \(scope.tenant) and u.user_id = w.user_id
          where w.role_id is not null and not exists (
            select from identity_given_roles g where g.tenant_id = \(scope.tenant)
              and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.role_id = w.role_id)
          on conflict do nothing returning user_id, role_id
        ), roles_noted as (
          insert into identity_given_roles (tenant_id, identity_provider_id, user_id, role_id)
          select \(scope.tenant)::uuid, \(provider.id)::uuid, user_id, role_id from roles_bound on conflict do nothing
        ), groups_lost as (
          delete from identity_given_groups g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and exists (select from present p where p.user_id = g.user_id)
            and not exists (select from wanted w where w.user_id = g.user_id and w.group_id = g.group_id)
          returning g.user_id, g.group_id
        ), groups_left as (
          delete from group_members m using groups_lost l
          where m.tenant_id = \(scope.tenant) and m.group_id = l.group_id and m.user_id = l.user_id
          returning m.user_id, m.group_id
        ), groups_joined as (
          insert into group_members (tenant_id, group_id, user_id)
          select \(scope.tenant)::uuid, w.group_id, w.user_id from wanted w
          where w.group_id is not null and not exists (
            select from identity_given_groups g where g.tenant_id = \(scope.tenant)
              and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.group_id = w.group_id)
          on conflict do nothing returning user_id, group_id
        ), groups_noted as (
          insert into identity_given_groups (tenant_id, identity_provider_id, user_id, group_id)
          select \(scope.tenant)::uuid, \(provider.id)::uuid, user_id, group_id from groups_joined
          on conflict do nothing
        )
        select user_id, role_id, null::uuid, false, role_id in (select r.role_id from rules r where r.role_id is not null)
        from roles_lost
        union all select user_id, role_id, null, true, false from roles_bound
        union all
        select user_id, null, group_id, false, group_id in (select r.group_id from rules r where r.group_id is not null)
        from groups_left
        union all select user_id, null, group_id, true, false from groups_joined
        """
    }
}
