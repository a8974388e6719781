import FoundationEssentials
import Kernel
import Postgres

/// Counts what `TakeGiven` would take, and changes nothing.
struct ProviderRemovalStore {
    let provider: IdentityProviderID
    let now: Date
    let scope: TenantScope

    private enum Kind: String, SQLDecodable { case role, group, place, managers, people, signIns, keyHolders }

    func count(_ tx: Transaction) async throws -> ProviderRemoval {
        var removal = ProviderRemoval()
        let rows = try await tx.query(
            """
            with \(fragment: lost), \(fragment: leaving),
              \(fragment: TakeGiven.managers(of: provider, nil, in: scope)), managers as (
              select user_id from named where identity_provider_id is null
            )
            select 'role', r.role_id, null::uuid, null::uuid, r.name, r.built_in, count(*) as people from lost l
            join roles r on r.tenant_id = \(scope.tenant) and r.role_id = l.role_id group by r.role_id, r.name, r.built_in
            union all
            select 'group', null, g.group_id, null, g.name, null, count(*) from lost l
            join groups g on g.tenant_id = \(scope.tenant) and g.group_id = l.group_id group by g.group_id, g.name
            union all
            select 'place', null, null, o.org_id, o.name, null, count(*) from leaving l
            join organizations o on o.tenant_id = \(scope.tenant) and o.org_id = l.org_id group by o.org_id, o.name
            union all
            select 'managers', null, null, null, '', null, count(*) from managers
            union all
            select 'people', null, null, null, '', null, count(*) from (
              select user_id from lost union select user_id from leaving union select user_id from managers) p
            union all
            select 'signIns', null, null, null, '', null, count(*) from identity_links
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            union all
            select 'keyHolders', null, null, null, '', null, (\(fragment: KeyHold.count(onlyBy: provider, at: now, in: scope)))
            order by people desc
            """
        ) { row in
            (
                kind: try row.next(Kind.self), role: try row.next(RoleID?.self), group: try row.next(GroupID?.self),
                place: try row.next(OrganizationID?.self), name: try row.next(String.self),
                builtIn: try row.next(BuiltInRole?.self),
                people: try row.next(Int.self)
            )
        }
        for row in rows {
            switch (row.kind, row.role, row.group, row.place) {
            case (.role, let id?, _, _):
                let role = RoleReference(id: id, name: row.name, builtIn: row.builtIn)
                removal.roles.append(LostRole(role: role, people: row.people))
            case (.group, _, let id?, _):
                removal.groups.append(LostGroup(id: id, name: row.name, people: row.people))
            case (.place, _, _, let id?):
                removal.places.append(LostPlace(id: id, name: row.name, people: row.people))
            case (.managers, _, _, _): removal.managers = row.people
            case (.people, _, _, _): removal.people = row.people
            case (.signIns, _, _, _): removal.signIns = row.people
            case (.keyHolders, _, _, _): removal.keyHolders = row.people
            case (.role, _, _, _), (.group, _, _, _), (.place, _, _, _): break
            }
        }
        removal.keepsAdministrator =
            removal.roles.contains { $0.role.builtIn == .administrator } ? try await keepsAdministrator(tx) : false
        removal.roles = Array(removal.roles.prefix(ProviderRemoval.most))
        removal.groups = Array(removal.groups.prefix(ProviderRemoval.most))
        removal.places = Array(removal.places.prefix(ProviderRemoval.most))
        return removal
    }

    /// Whether everybody who administers would lose that.
    private func keepsAdministrator(_ tx: Transaction) async throws -> Bool {
        guard scope.organizations == nil, let role = try await RoleStore.administrator(in: scope, tx) else {
            return false
        }
        let administrators = Set(try await RoleStore.administrators(in: scope, tx).flatMap { $0 })
        let losing = try await tx.query(
            """
            with \(fragment: lost) select user_id from lost where role_id = \(role) and user_id = any(\(Array(administrators)))
            """
        ) { try $0.next(UserID.self) }
        return administrators.isSubset(of: losing)
    }

    /// Who is where only its rules placed them; as a member of a `with`.
    private var leaving: SQL {
        """
        leaving (user_id, org_id) as materialized (
          select g.user_id, g.org_id from (
              select user_id, org_id from identity_given_places
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
              union
              select user_id, org_id from provisioning_given_places
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)) g
          join users u on u.tenant_id = \(scope.tenant) and u.user_id = g.user_id and u.org_id = g.org_id
          where not exists (
              select from identity_given_places o where o.tenant_id = \(scope.tenant)
                and o.identity_provider_id <> \(provider) and o.user_id = g.user_id and o.org_id = g.org_id)
            and not exists (
              select from provisioning_given_places o where o.tenant_id = \(scope.tenant)
                and o.identity_provider_id <> \(provider) and o.user_id = g.user_id and o.org_id = g.org_id)
        )
        """
    }

    /// What its rules gave, is held still and was given by nothing else; as a member of a `with`.
    private var lost: SQL {
        """
        lost (user_id, role_id, group_id) as materialized (
          select g.user_id, g.role_id, null::uuid from (
              select user_id, role_id, org_id, lent_until from identity_given_roles
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
              union
              select user_id, role_id, org_id, lent_until from provisioning_given_roles
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)) g
          join roles_held(\(now)) b on b.tenant_id = \(scope.tenant) and b.role_id = g.role_id and b.user_id = g.user_id
            and b.org_id = g.org_id and b.ends_at is null
          where (g.lent_until is null or g.lent_until <= \(now))
            and not exists (
              select from identity_given_roles o where o.tenant_id = \(scope.tenant)
                and o.identity_provider_id <> \(provider) and o.user_id = g.user_id and o.role_id = g.role_id
                and o.org_id = g.org_id)
            and not exists (
              select from provisioning_given_roles o where o.tenant_id = \(scope.tenant)
                and o.identity_provider_id <> \(provider) and o.user_id = g.user_id and o.role_id = g.role_id
                and o.org_id = g.org_id)
          union
          select g.user_id, null, g.group_id from (
              select user_id, group_id from identity_given_groups
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
              union
              select user_id, group_id from provisioning_given_groups
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)) g
          join group_members m on m.tenant_id = \(scope.tenant) and m.group_id = g.group_id and m.user_id = g.user_id
          where not exists (
              select from identity_given_groups o where o.tenant_id = \(scope.tenant)
                and o.identity_provider_id <> \(provider) and o.user_id = g.user_id and o.group_id = g.group_id)
            and not exists (
              select from provisioning_given_groups o where o.tenant_id = \(scope.tenant)
                and o.identity_provider_id <> \(provider) and o.user_id = g.user_id and o.group_id = g.group_id)
          union
          select m.user_id, null, m.group_id from groups k
          join group_members m on m.tenant_id = \(scope.tenant) and m.group_id = k.group_id
          where k.tenant_id = \(scope.tenant) and k.identity_provider_id = \(provider)
        )
        """
    }
}
