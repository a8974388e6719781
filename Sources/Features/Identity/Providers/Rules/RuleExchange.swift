import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Exchanges what people have by a provider's rules for what they should have, and says so: one way for sign-ins, syncs and
/// programs that provision. What was given by hand stays, what another rule gives too stays until neither does, and so does
/// the last administrator. What somebody has on loan lasts
/// while a rule gives it, and is on loan again for the rest of its time when no rule does. A role with an end is no rule's:
/// it was taken by hand and lent anew, and ends then.
struct RuleExchange {
    /// Where it stands who got what by a rule.
    enum Ledger: CaseIterable {
        /// Of the groups that a sign-in or a sync says.
        case directory
        /// Of the groups that a program says. What a directory gave the same person is taken over: from here on the program
        /// says it.
        case program

        var roles: SQL {
            switch self {
            case .directory: "identity_given_roles"
            case .program: "provisioning_given_roles"
            }
        }

        var groups: SQL {
            switch self {
            case .directory: "identity_given_groups"
            case .program: "provisioning_given_groups"
            }
        }

        var places: SQL {
            switch self {
            case .directory: "identity_given_places"
            case .program: "provisioning_given_places"
            }
        }

        var other: Ledger { self == .directory ? .program : .directory }
    }

    struct Change {
        let user: UserID
        var role: RoleID?
        /// Where the role is, or the person, if they were moved.
        var organization: OrganizationID?
        /// Where the person was who was moved.
        var from: OrganizationID?
        var group: GroupID?
        let isAdded: Bool
        /// Taken away although a rule still gives it: the directory says so, and no administrator here.
        var isRemoval = false
        /// The person has the role nevertheless: it is on loan again for the rest of its time.
        var isLent = false

        init(_ user: UserID, role: RoleID, at organization: OrganizationID, isAdded: Bool) {
            (self.user, self.role, self.organization, self.isAdded) = (user, role, organization, isAdded)
        }

        init(_ row: inout Row) throws {
            user = try row.next()
            role = try row.next()
            organization = try row.next()
            group = try row.next()
            isAdded = try row.next()
            isRemoval = try row.next()
            isLent = try row.next()
            from = try row.next()
        }
    }

    let provider: IdentityProvider
    let ledger: Ledger
    let catalogue: PermissionCatalogue
    let trail: AuditLog
    /// Who says so, in the trail.
    let actor: String
    let now: Date
    let scope: TenantScope
    /// Conditions of which nobody knows whether they hold of the people.
    var doubts: [String] = []

    /// The roles that rules name and that are not given. Whoever keeps providers cannot make administrators where duties are
    /// separated: such rules are refused when they are written, and do nothing if there are some all the same.
    func withheld(_ tx: Transaction) async throws -> [RoleID] {
        guard try await DutyStore.isOn(in: scope, tx) else { return [] }
        return try await DutyStore.administering(by: provider.id, catalogue, in: scope, tx)
    }

    // MARK: everybody at once

    /// `who` is what finds the people, as members of a `with`: `people (user_id)`, whose things are exchanged, and
    /// `facts (user_id, key)`, which conditions hold of whom, each once. `rule_groups (key, folded)` are the conditions that are
    /// groups; `needs` says which conditions are a rule's. Of somebody whom the scope does not reach nobody knows where they
    /// belong: what they have there stays. Where people belong is settled first, since roles are given there.
    func callAsFunction(_ who: SQL, _ tx: Transaction) async throws -> [Change] {
        let moves = try await settlePlaces(who, tx)
        return moves + (try await tx.query(statement(who, withheld: try await withheld(tx)), Change.init))
    }

    private func statement(_ who: SQL, withheld: [RoleID]) -> SQL {
        let meant: SQL = "(r.role_id <> all(\(withheld)) or r.group_id is not null)"
        return """
            with recursive \(fragment: matched(who, of: meant)), wanted as materialized (
              select distinct m.user_id, r.role_id, coalesce(r.org_id, u.org_id) as org_id, r.group_id
              from matched m
              join rules r on r.rule_number = m.rule_number
              left join users u on u.tenant_id = \(scope.tenant) and u.user_id = m.user_id
            ), in_doubt as materialized (
              select d.user_id, r.role_id, coalesce(r.org_id, u.org_id) as org_id, r.group_id
              from doubted d
              join rules r on r.rule_number = d.rule_number
              left join users u on u.tenant_id = \(scope.tenant) and u.user_id = d.user_id
            ), roles_elsewhere (user_id, role_id, org_id, is_ours, lent_until) as not materialized (
              \(fragment: elsewhere("o.role_id, o.org_id", ledger.roles, ledger.other.roles, ", o.lent_until"))
            ), groups_elsewhere (user_id, group_id, is_ours) as not materialized (
              \(fragment: elsewhere("o.group_id", ledger.groups, ledger.other.groups))
            ), roles_lost as (
              delete from \(fragment: ledger.roles) g
              where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
                and exists (select from people p where p.user_id = g.user_id)
                and not exists (
                  select from (table wanted union all table in_doubt) w
                  where w.user_id = g.user_id and w.role_id = g.role_id and (w.org_id = g.org_id or w.org_id is null))
              returning g.user_id, g.role_id, g.org_id, g.lent_until
            ), roles_gone as (
              select l.user_id, l.role_id, l.org_id, l.lent_until from roles_lost l where not exists (
                select from roles_elsewhere e
                where e.user_id = l.user_id and e.role_id = l.role_id and e.org_id = l.org_id)
            ), roles_unbound as (
              delete from role_bindings b using roles_gone l
              where b.tenant_id = \(scope.tenant) and b.role_id = l.role_id and b.user_id = l.user_id
                and b.org_id = l.org_id and b.ends_at is null and (l.lent_until is null or l.lent_until <= \(now))
            ), roles_lent as (
              update role_bindings b set ends_at = l.lent_until from roles_gone l
              where b.tenant_id = \(scope.tenant) and b.role_id = l.role_id and b.user_id = l.user_id
                and b.org_id = l.org_id and b.ends_at is null and l.lent_until > \(now)
              returning b.user_id, b.role_id, b.org_id
            ), loans as (
              select b.user_id, b.role_id, b.org_id, b.ends_at from role_bindings b
              where b.tenant_id = \(scope.tenant) and b.ends_at > \(now)
                and exists (
                  select from wanted w where w.user_id = b.user_id and w.role_id = b.role_id and w.org_id = b.org_id)
            ), \(fragment: rolesTaken), roles_bound as (
              insert into role_bindings (tenant_id, role_id, user_id, org_id)
              select \(scope.tenant)::uuid, w.role_id, w.user_id, w.org_id from wanted w
              where w.role_id is not null and w.org_id is not null and not exists (
                select from \(fragment: ledger.roles) g where g.tenant_id = \(scope.tenant)
                  and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.role_id = w.role_id
                  and g.org_id = w.org_id)
              on conflict on constraint role_bindings_pk do update set ends_at = null
                where role_bindings.ends_at is not null
              returning user_id, role_id, org_id
            ), roles_shared as (
              select w.user_id, w.role_id, w.org_id, max(e.lent_until) as lent_until from wanted w
              join roles_elsewhere e on e.user_id = w.user_id and e.role_id = w.role_id and e.org_id = w.org_id
              join roles_held(\(now)) b on b.tenant_id = \(scope.tenant) and b.role_id = w.role_id and b.user_id = w.user_id
                and b.org_id = w.org_id and b.ends_at is null
              group by w.user_id, w.role_id, w.org_id having not bool_or(e.is_ours)
            ), roles_noted as (
              insert into \(fragment: ledger.roles) (tenant_id, identity_provider_id, user_id, role_id, org_id, lent_until)
              select \(scope.tenant)::uuid, \(provider.id)::uuid, n.user_id, n.role_id, n.org_id, n.lent_until from (
                select user_id, role_id, org_id, l.ends_at as lent_until
                from roles_bound left join loans l using (user_id, role_id, org_id)
                union all select user_id, role_id, org_id, lent_until from roles_taken
                union all select user_id, role_id, org_id, lent_until from roles_shared) n
              on conflict do nothing
            ), groups_lost as (
              delete from \(fragment: ledger.groups) g
              where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
                and exists (select from people p where p.user_id = g.user_id)
                and not exists (
                  select from (table wanted union all table in_doubt) w
                  where w.user_id = g.user_id and w.group_id = g.group_id)
              returning g.user_id, g.group_id
            ), groups_left as (
              delete from group_members m using groups_lost l
              where m.tenant_id = \(scope.tenant) and m.group_id = l.group_id and m.user_id = l.user_id
                and not exists (
                  select from groups_elsewhere e where e.user_id = l.user_id and e.group_id = l.group_id)
              returning m.user_id, m.group_id
            ), \(fragment: groupsTaken), groups_joined as (
              insert into group_members (tenant_id, group_id, user_id)
              select \(scope.tenant)::uuid, w.group_id, w.user_id from wanted w
              where w.group_id is not null and not exists (
                select from \(fragment: ledger.groups) g where g.tenant_id = \(scope.tenant)
                  and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.group_id = w.group_id)
              on conflict do nothing returning user_id, group_id
            ), groups_shared as (
              select w.user_id, w.group_id from wanted w
              join groups_elsewhere e on e.user_id = w.user_id and e.group_id = w.group_id
              join group_members m on m.tenant_id = \(scope.tenant) and m.group_id = w.group_id and m.user_id = w.user_id
              group by w.user_id, w.group_id having not bool_or(e.is_ours)
            ), groups_noted as (
              insert into \(fragment: ledger.groups) (tenant_id, identity_provider_id, user_id, group_id)
              select \(scope.tenant)::uuid, \(provider.id)::uuid, user_id, group_id from (
                select user_id, group_id from groups_joined union select user_id, group_id from groups_taken
                union select user_id, group_id from groups_shared) n
              on conflict do nothing
            )
            select user_id, role_id, org_id, null::uuid, false,
              exists (select from rules r where r.role_id = l.role_id and (r.org_id is null or r.org_id = l.org_id)),
              exists (
                select from roles_lent n where n.user_id = l.user_id and n.role_id = l.role_id and n.org_id = l.org_id), null::uuid
            from roles_gone l
            union all select user_id, role_id, org_id, null, true, false, false, null from roles_bound
            union all
            select user_id, null, null, group_id, false,
              group_id in (select r.group_id from rules r where r.group_id is not null), false, null
            from groups_left
            union all select user_id, null, null, group_id, true, false, false, null from groups_joined
            """
    }

    /// What rules gave the same people otherwise: other providers, and by this one's other ledger, which `is_ours`.
    func elsewhere(_ columns: SQL, _ table: SQL, _ other: SQL, _ more: SQL = "") -> SQL {
        """
        select o.user_id, \(fragment: columns), o.identity_provider_id = \(provider.id)\(fragment: more)
          from \(fragment: table) o
          where o.tenant_id = \(scope.tenant) and o.identity_provider_id <> \(provider.id)
        union all
        select o.user_id, \(fragment: columns), o.identity_provider_id = \(provider.id)\(fragment: more)
          from \(fragment: other) o
          where o.tenant_id = \(scope.tenant)
        """
    }

    /// Roles that a directory gave and a program says from here on, as a member of a `with`.
    private var rolesTaken: SQL {
        guard case .program = ledger else {
            return """
                roles_taken (user_id, role_id, org_id, lent_until) as (
                  select null::uuid, null::uuid, null::uuid, null::timestamptz where false)
                """
        }
        return """
            roles_taken (user_id, role_id, org_id, lent_until) as (
              delete from identity_given_roles g using wanted w
              where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
                and g.user_id = w.user_id and g.role_id = w.role_id and g.org_id = w.org_id
              returning g.user_id, g.role_id, g.org_id, g.lent_until
            )
            """
    }

    /// The same of memberships.
    private var groupsTaken: SQL {
        guard case .program = ledger else {
            return "groups_taken (user_id, group_id) as (select null::uuid, null::uuid where false)"
        }
        return """
            groups_taken (user_id, group_id) as (
              delete from identity_given_groups g using wanted w
              where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
                and g.user_id = w.user_id and g.group_id = w.group_id
              returning g.user_id, g.group_id
            )
            """
    }

    // MARK: what follows

    /// Gives the administrators' role back until somebody has it; those who lost it and were spared.
    func keepAdministrator(_ changes: [Change], _ tx: Transaction) async throws -> [Change] {
        guard let role = try await RoleStore.administrator(in: scope, tx) else { return [] }
        var spared: [Change] = []
        let whole = OrganizationID.root(of: scope.tenant)
        for lost in changes where !lost.isAdded && lost.role == role && lost.organization == whole {
            if try await RoleStore.hasAdministrator(in: scope, tx) { break }
            try await giveBack(role, to: lost.user, at: whole, tx)
            spared.append(lost)
        }
        return spared
    }

    /// What is on loan is kept as when a rule gives it: it is on loan again once nobody is spared any more.
    private func giveBack(
        _ role: RoleID, to user: UserID, at place: OrganizationID, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            with loan as (
              select b.ends_at from role_bindings b
              where b.tenant_id = \(scope.tenant) and b.role_id = \(role) and b.user_id = \(user) and b.org_id = \(place)
                and b.ends_at > \(now)
            ), bound as (
              insert into role_bindings (tenant_id, role_id, user_id, org_id)
              values (\(scope.tenant), \(role), \(user), \(place))
              on conflict on constraint role_bindings_pk do update set ends_at = null
            )
            insert into \(fragment: ledger.roles) (tenant_id, identity_provider_id, user_id, role_id, org_id, lent_until)
            select \(scope.tenant)::uuid, \(provider.id)::uuid, \(user)::uuid, \(role)::uuid, \(place)::uuid,
              (select ends_at from loan)
            on conflict do nothing
            """)
    }

    /// Those whose roles are others by now are so to everybody, and the trail says by whom.
    func tellRoles(_ changes: [Change], sparing spared: [Change], _ tx: Transaction) async throws {
        let people = Array(Set(changes.filter { $0.role != nil }.map(\.user)))
        guard !people.isEmpty else { return }
        let kept = Set(spared.map(\.user))
        let role = spared.first?.role
        let whole = OrganizationID.root(of: scope.tenant)
        try await note(
            changes.filter { change in
                change.isAdded || change.role != role || change.organization != whole || !kept.contains(change.user)
            }, tx)
        try await tx.execute(
            "update users set version = version + 1 where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await IdentityEvent.rolesChanged.publish(people, at: now, in: scope, tx) { ($0.text, [:]) }
    }

    /// One for each group: what others decide by it, they decide about everybody.
    func tellGroups(_ changes: [Change], _ tx: Transaction) async throws {
        let groups = Array(Set(changes.compactMap(\.group)))
        guard !groups.isEmpty else { return }
        try await tx.execute(
            """
            update groups set version = version + 1 where tenant_id = \(scope.tenant) and group_id = any(\(groups))
            """)
        try await IdentityEvent.groupChanged.publish(groups, at: now, in: scope, tx) { group in
            (group.text, ["changes": .int(Int64(changes.count { $0.group == group }))])
        }
    }

    /// Who was given or lost which role, or has it on loan again: a group that is changed and changed back leaves no other
    /// trace of it.
    func note(_ changes: [Change], _ tx: Transaction) async throws {
        struct Kind: Hashable {
            let role: RoleID
            let organization: OrganizationID?
            let isAdded: Bool
            let isLent: Bool
        }
        let (people, ids) = (Array(Set(changes.map(\.user))), Array(Set(changes.compactMap(\.role))))
        guard !ids.isEmpty else { return }
        let logins = try await tx.query(
            "select user_id, login from users where tenant_id = \(scope.tenant) and user_id = any(\(people))"
        ) { (try $0.next(UserID.self), try $0.next(String.self)) }
        let names = try await tx.query(
            "select role_id, name from roles where tenant_id = \(scope.tenant) and role_id = any(\(ids))"
        ) { (try $0.next(RoleID.self), try $0.next(String.self)) }
        let whole = OrganizationID.root(of: scope.tenant)
        let login = Dictionary(logins, uniquingKeysWith: { first, _ in first })
        let name = Dictionary(names, uniquingKeysWith: { first, _ in first })
        let kinds = Dictionary(grouping: changes) { change in
            change.role.map { role in
                Kind(
                    role: role, organization: change.organization == whole ? nil : change.organization,
                    isAdded: change.isAdded, isLent: change.isLent)
            }
        }
        // As many as there are roles in rules.
        for case (let kind?, let changes) in kinds {
            let what = kind.isAdded ? "given" : kind.isLent ? "lent-again" : "taken"
            var details: JSON = [
                "provider": .string(provider.id.text), "providerName": .string(provider.name),
                "role": .string(kind.role.text), "roleName": .string(name[kind.role] ?? ""),
            ]
            if let place = kind.organization { details = details.merging(["organization": .string(place.text)]) }
            let entry = AuditEntry(
                action: "role.\(what)-by-provider", actor: .system(actor), details: details, at: now)
            let targets = changes.map { AuditTarget("user", $0.user, login[$0.user] ?? "") }
            try await trail.append(entry, about: targets, in: scope, tx)
        }
    }
}
