import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Gives everybody of a directory what the provider's rules say, and takes back what rules gave and no longer say: the
/// same as `ApplyRules` at a sign-in, for all at once.
struct SyncMemberships {
    let staging: IdentitySyncStaging
    let provider: IdentityProvider
    let now: Date

    private var scope: TenantScope { staging.scope }

    private var names: [String] { Array(Set(provider.rules.map(\.directoryGroup))).sorted() }
    private var folded: [String] { names.map(GroupRules.folded) }

    private struct Change<Kind: IDKind> {
        let user: UserID
        let given: ID<Kind>
        let isAdded: Bool

        init(_ row: inout Row) throws {
            user = try row.next()
            given = try row.next()
            isAdded = try row.next()
        }
    }

    func callAsFunction(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws {
        guard try await isNeeded(tx) else { return }
        try await setRoles(&report, tx)
        try await setGroups(&report, tx)
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

    private func setRoles(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws {
        let changes = try await staging.overEverything(tx) { try await tx.query(roles, Change<RoleKind>.init) }
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
        of changes: [Change<RoleKind>], _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws {
        guard let role = try await RoleStore.administrator(in: scope, tx) else { return }
        var spared = IdentitySyncNames()
        for lost in changes where !lost.isAdded && lost.given == role {
            if try await RoleStore.hasAdministrator(in: scope, tx) { break }
            _ = try await IdentityLinkStore.give(role, to: lost.user, by: provider.id, in: scope, tx)
            spared.add(try await login(of: lost.user, tx))
        }
        if spared.count > 0 {
            report.refused.append(IdentitySyncRefusals(reason: .lastAdministrator, people: spared))
        }
    }

    private func setGroups(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws {
        let changes = try await staging.overEverything(tx) { try await tx.query(groups, Change<GroupKind>.init) }
        report.groupChanges = changes.count
        guard !changes.isEmpty else { return }
        try await tx.execute(
            """
            update groups set version = version + 1
            where tenant_id = \(scope.tenant) and group_id = any(\(Array(Set(changes.map(\.given)))))
            """)
        try await IdentityEvent.groupChanged.publish(changes, at: now, in: scope, tx) {
            ($0.given.text, ["user": .string($0.user.text)])
        }
    }

    private func login(of user: UserID, _ tx: Transaction) async throws -> String {
        try await tx.first("select login from users where tenant_id = \(scope.tenant) and user_id = \(user)") {
            try $0.next()
        } ?? user.text
    }

    // From the groups that rules name down to the people in them, through whatever lies between, circles included.

    private var roles: SQL {
        """
        with recursive reach (root, node) as (
          select f.folded collate "C", f.folded collate "C" from unnest(\(folded)::text[]) as f (folded)
          union
          select r.root, g.child from reach r
          join identity_sync_edges g on g.tenant_id = \(scope.tenant) and g.identity_sync_run_id = \(staging.run)
            and g.attempt = \(staging.attempt) and g.parent = r.node
        ), rules as (
          select distinct f.folded, r.role_id as given
          from unnest(\(names)::text[], \(folded)::text[]) as f (name, folded)
          join identity_provider_rules r on r.tenant_id = \(scope.tenant)
            and r.identity_provider_id = \(provider.id) and r.directory_group = f.name and r.role_id is not null
        ), present as not materialized (
          select l.user_id, e.dn from identity_sync_entries e
          join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
            and l.subject = e.subject
          where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
            and e.attempt = \(staging.attempt) and e.verdict is distinct from 'ambiguous'
        ), wanted as materialized (
          select distinct p.user_id, r.given from rules r
          join reach on reach.root = r.folded join present p on p.dn = reach.node
        ), lost as (
          delete from identity_given_roles g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and exists (select from present p where p.user_id = g.user_id)
            and not exists (select from wanted w where w.user_id = g.user_id and w.given = g.role_id)
          returning g.user_id, g.role_id
        ), unbound as (
          delete from role_bindings b using lost, users u
          where b.tenant_id = \(scope.tenant) and b.role_id = lost.role_id and b.user_id = lost.user_id
            and u.tenant_id = b.tenant_id and u.user_id = b.user_id and b.org_id = u.org_id
        ), bound as (
          insert into role_bindings (tenant_id, role_id, user_id, org_id)
          select u.tenant_id, w.given, u.user_id, u.org_id from wanted w
          join users u on u.tenant_id = \(scope.tenant) and u.user_id = w.user_id
          where not exists (
            select from identity_given_roles g where g.tenant_id = \(scope.tenant)
              and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.role_id = w.given)
          on conflict do nothing returning user_id, role_id
        ), noted as (
          insert into identity_given_roles (tenant_id, identity_provider_id, user_id, role_id)
          select \(scope.tenant)::uuid, \(provider.id)::uuid, user_id, role_id from bound on conflict do nothing
        )
        select user_id, role_id, false from lost union all select user_id, role_id, true from bound
        """
    }

    private var groups: SQL {
        """
        with recursive reach (root, node) as (
          select f.folded collate "C", f.folded collate "C" from unnest(\(folded)::text[]) as f (folded)
          union
          select r.root, g.child from reach r
          join identity_sync_edges g on g.tenant_id = \(scope.tenant) and g.identity_sync_run_id = \(staging.run)
            and g.attempt = \(staging.attempt) and g.parent = r.node
        ), rules as (
          select distinct f.folded, r.group_id as given
          from unnest(\(names)::text[], \(folded)::text[]) as f (name, folded)
          join identity_provider_rules r on r.tenant_id = \(scope.tenant)
            and r.identity_provider_id = \(provider.id) and r.directory_group = f.name and r.group_id is not null
        ), present as not materialized (
          select l.user_id, e.dn from identity_sync_entries e
          join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
            and l.subject = e.subject
          where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
            and e.attempt = \(staging.attempt) and e.verdict is distinct from 'ambiguous'
        ), wanted as materialized (
          select distinct p.user_id, r.given from rules r
          join reach on reach.root = r.folded join present p on p.dn = reach.node
        ), lost as (
          delete from identity_given_groups g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and exists (select from present p where p.user_id = g.user_id)
            and not exists (select from wanted w where w.user_id = g.user_id and w.given = g.group_id)
          returning g.user_id, g.group_id
        ), removed as (
          delete from group_members m using lost
          where m.tenant_id = \(scope.tenant) and m.group_id = lost.group_id and m.user_id = lost.user_id
          returning m.user_id, m.group_id
        ), added as (
          insert into group_members (tenant_id, group_id, user_id)
          select \(scope.tenant)::uuid, w.given, w.user_id from wanted w
          where not exists (
            select from identity_given_groups g where g.tenant_id = \(scope.tenant)
              and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.group_id = w.given)
          on conflict do nothing returning user_id, group_id
        ), noted as (
          insert into identity_given_groups (tenant_id, identity_provider_id, user_id, group_id)
          select \(scope.tenant)::uuid, \(provider.id)::uuid, user_id, group_id from added on conflict do nothing
        )
        select user_id, group_id, false from removed union all select user_id, group_id, true from added
        """
    }
}
