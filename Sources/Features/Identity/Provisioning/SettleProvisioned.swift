import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Gives people what the provider's rules say about the provisioned groups that they are in, and takes back what they gave
/// before. What was given by hand stays, and so does the last administrator. One statement, whoever many they are.
struct SettleProvisioned {
    let provider: IdentityProvider
    let trail: AuditLog
    let now: Date
    let scope: TenantScope

    private var names: [String] { Array(Set(provider.rules.map(\.directoryGroup))).sorted() }
    private var folded: [String] { names.map(GroupRules.folded) }

    private struct Change {
        let user: UserID
        let role: RoleID?
        let group: GroupID?
        let isAdded: Bool

        init(_ row: inout Row) throws {
            user = try row.next()
            role = try row.next()
            group = try row.next()
            isAdded = try row.next()
        }
    }

    /// For these people, or for all of the provider's if nil.
    func callAsFunction(_ people: [UserID]?, _ tx: Transaction) async throws {
        if let people, people.isEmpty { return }
        let changes = try await tx.query(exchange(people), Change.init)
        try await settleRoles(changes.filter { $0.role != nil }, tx)
        try await settleGroups(changes.compactMap(\.group), changes, tx)
    }

    private func settleRoles(_ changes: [Change], _ tx: Transaction) async throws {
        guard !changes.isEmpty else { return }
        if let role = try await RoleStore.administrator(in: scope, tx) {
            for lost in changes where !lost.isAdded && lost.role == role {
                if try await RoleStore.hasAdministrator(in: scope, tx) { break }
                try await giveBack(role, to: lost.user, tx)
            }
        }
        try await note(changes, tx)
        let people = Array(Set(changes.map(\.user)))
        try await tx.execute(
            "update users set version = version + 1 where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await IdentityEvent.rolesChanged.publish(people, at: now, in: scope, tx) { ($0.text, [:]) }
    }

    /// Who was given or lost which role: a group that is changed and changed back leaves no other trace of it.
    private func note(_ changes: [Change], _ tx: Transaction) async throws {
        struct Kind: Hashable {
            let role: RoleID
            let isAdded: Bool
        }
        let (people, ids) = (Array(Set(changes.map(\.user))), Array(Set(changes.compactMap(\.role))))
        let logins = try await tx.query(
            "select user_id, login from users where tenant_id = \(scope.tenant) and user_id = any(\(people))"
        ) { (try $0.next(UserID.self), try $0.next(String.self)) }
        let names = try await tx.query(
            "select role_id, name from roles where tenant_id = \(scope.tenant) and role_id = any(\(ids))"
        ) { (try $0.next(RoleID.self), try $0.next(String.self)) }
        let login = Dictionary(logins, uniquingKeysWith: { first, _ in first })
        let name = Dictionary(names, uniquingKeysWith: { first, _ in first })
        let kinds = Dictionary(grouping: changes) { change in
            change.role.map { Kind(role: $0, isAdded: change.isAdded) }
        }
        // As many as there are roles in rules.
        for case (let kind?, let changes) in kinds {
            let entry = AuditEntry(
                action: kind.isAdded ? "role.given-by-provider" : "role.taken-by-provider",
                actor: .system("provisioning"),
                details: [
                    "provider": .string(provider.id.text), "providerName": .string(provider.name),
                    "role": .string(kind.role.text), "roleName": .string(name[kind.role] ?? ""),
                ], at: now)
            let targets = changes.map { AuditTarget("user", $0.user, login[$0.user] ?? "") }
            try await trail.append(entry, about: targets, in: scope, tx)
        }
    }

    private func giveBack(_ role: RoleID, to user: UserID, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            insert into role_bindings (tenant_id, role_id, user_id, org_id)
            select u.tenant_id, \(role)::uuid, u.user_id, u.org_id from users u
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user) on conflict do nothing
            """)
        try await tx.execute(
            """
            insert into provisioning_given_roles (tenant_id, identity_provider_id, user_id, role_id)
            values (\(scope.tenant), \(provider.id), \(user), \(role)) on conflict do nothing
            """)
    }

    private func settleGroups(_ found: [GroupID], _ changes: [Change], _ tx: Transaction) async throws {
        let groups = Array(Set(found))
        guard !groups.isEmpty else { return }
        try await tx.execute(
            """
            update groups set version = version + 1 where tenant_id = \(scope.tenant) and group_id = any(\(groups))
            """)
        try await IdentityEvent.groupChanged.publish(groups, at: now, in: scope, tx) { group in
            (group.text, ["changes": .int(Int64(changes.count { $0.group == group }))])
        }
    }

    /// What a sign-in's groups gave the same person is taken over: from here on the program says it.
    private func exchange(_ people: [UserID]?) -> SQL {
        """
        with rules as (
          select distinct f.folded, r.role_id, r.group_id
          from unnest(\(names)::text[], \(folded)::text[]) as f (name, folded)
          join identity_provider_rules r on r.tenant_id = \(scope.tenant)
            and r.identity_provider_id = \(provider.id) and r.directory_group = f.name
        ), people as (
          select p.user_id from provisioned_users p
          where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider.id)
            and (\(people)::uuid[] is null or p.user_id = any(\(people)))
        ), wanted as materialized (
          select distinct m.user_id, r.role_id, r.group_id from people p
          join provisioned_members m on m.tenant_id = \(scope.tenant) and m.identity_provider_id = \(provider.id)
            and m.user_id = p.user_id
          join provisioned_groups g on g.tenant_id = m.tenant_id and g.provisioned_group_id = m.provisioned_group_id
          join rules r on r.folded = g.folded_name or r.folded = g.folded_external
        ), roles_lost as (
          delete from provisioning_given_roles g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and exists (select from people p where p.user_id = g.user_id)
            and not exists (select from wanted w where w.user_id = g.user_id and w.role_id = g.role_id)
          returning g.user_id, g.role_id
        ), roles_unbound as (
          delete from role_bindings b using roles_lost l, users u
          where b.tenant_id = \(scope.tenant) and b.role_id = l.role_id and b.user_id = l.user_id
            and u.tenant_id = b.tenant_id and u.user_id = b.user_id and b.org_id = u.org_id
        ), roles_taken as (
          delete from identity_given_roles g using wanted w
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and g.user_id = w.user_id and g.role_id = w.role_id
          returning g.user_id, g.role_id
        ), roles_bound as (
          insert into role_bindings (tenant_id, role_id, user_id, org_id)
          select u.tenant_id, w.role_id, u.user_id, u.org_id from wanted w
          join users u on u.tenant_id = \(scope.tenant) and u.user_id = w.user_id
          where w.role_id is not null and not exists (
            select from provisioning_given_roles g where g.tenant_id = \(scope.tenant)
              and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.role_id = w.role_id)
          on conflict do nothing returning user_id, role_id
        ), roles_noted as (
          insert into provisioning_given_roles (tenant_id, identity_provider_id, user_id, role_id)
          select \(scope.tenant)::uuid, \(provider.id)::uuid, user_id, role_id from (
            select user_id, role_id from roles_bound union select user_id, role_id from roles_taken) n
          on conflict do nothing
        ), groups_lost as (
          delete from provisioning_given_groups g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and exists (select from people p where p.user_id = g.user_id)
            and not exists (select from wanted w where w.user_id = g.user_id and w.group_id = g.group_id)
          returning g.user_id, g.group_id
        ), groups_left as (
          delete from group_members m using groups_lost l
          where m.tenant_id = \(scope.tenant) and m.group_id = l.group_id and m.user_id = l.user_id
          returning m.user_id, m.group_id
        ), groups_taken as (
          delete from identity_given_groups g using wanted w
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and g.user_id = w.user_id and g.group_id = w.group_id
          returning g.user_id, g.group_id
        ), groups_joined as (
          insert into group_members (tenant_id, group_id, user_id)
          select \(scope.tenant)::uuid, w.group_id, w.user_id from wanted w
          where w.group_id is not null and not exists (
            select from provisioning_given_groups g where g.tenant_id = \(scope.tenant)
              and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.group_id = w.group_id)
          on conflict do nothing returning user_id, group_id
        ), groups_noted as (
          insert into provisioning_given_groups (tenant_id, identity_provider_id, user_id, group_id)
          select \(scope.tenant)::uuid, \(provider.id)::uuid, user_id, group_id from (
            select user_id, group_id from groups_joined union select user_id, group_id from groups_taken) n
          on conflict do nothing
        )
        select user_id, role_id, null::uuid, false from roles_lost
        union all select user_id, role_id, null, true from roles_bound
        union all select user_id, null, group_id, false from groups_left
        union all select user_id, null, group_id, true from groups_joined
        """
    }
}
