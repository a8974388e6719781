import Audit
import FoundationEssentials
import Kernel
import Postgres

/// Takes what only a provider's rules gave: roles, memberships of groups, places in organizations, and the managers whom it named; and who was in
/// the groups that its directory fills. Nobody would look after them any more. What was given by hand or by another provider
/// too stays, a role on loan is a loan again for the rest of its time, and the last administrator stays one. A few statements,
/// however many people there are.
struct TakeGiven {
    struct Outcome {
        /// Who lost anything.
        var people: Set<UserID> = []
        var (roles, groups, places, managers) = (0, 0, 0, 0)
        var spared: Set<UserID> = []
    }

    let provider: IdentityProvider
    let catalogue: PermissionCatalogue
    let trail: AuditLog
    let now: Date
    let scope: TenantScope

    /// Of everybody, by whichever way the provider said it.
    func fromEverybody(_ tx: Transaction) async throws -> Outcome {
        try await tx.enqueue("set local work_mem = '32MB'")
        return try await take([.directory, .program], nil, tx)
    }

    /// What somebody was given at sign-ins and by syncs; what a program says of them goes on.
    func from(_ person: UserID, _ tx: Transaction) async throws -> Outcome {
        try await take([.directory], person, tx)
    }

    private func take(
        _ ledgers: [RuleExchange.Ledger], _ person: UserID?, _ tx: Transaction
    ) async throws -> Outcome {
        var (changes, spared): ([RuleExchange.Change], [RuleExchange.Change]) = ([], [])
        for ledger in ledgers {
            let exchange = exchange(ledger)
            if person == nil { try await tx.enqueue("set local enable_nestloop = off") }
            let some = try await exchange(who(ledger, person), tx)
            if person == nil { try await tx.enqueue("set local enable_nestloop = on") }
            spared += try await exchange.keepAdministrator(some, tx)
            changes += some
        }
        let teller = exchange(.directory)
        try await teller.tellRoles(changes, sparing: spared, tx)
        try await teller.tellGroups(changes, tx)
        let emptied = try await KeptGroupStore.empty(provider.id, of: person, at: now, in: scope, tx)
        let managers = try await takeManagers(person, tx)
        var outcome = Outcome()
        outcome.spared = Set(spared.map(\.user))
        let lost = changes.filter { change in
            !change.isLent
                && !(change.role != nil && outcome.spared.contains(change.user) && change.role == spared.first?.role
                    && change.organization == spared.first?.organization)
        }
        outcome.roles = lost.count { $0.role != nil }
        outcome.groups = lost.count { $0.group != nil } + emptied.reduce(0) { $0 + $1.people.count }
        outcome.places = lost.count { $0.from != nil }
        outcome.managers = managers.count
        outcome.people = Set(lost.map(\.user)).union(managers).union(emptied.flatMap(\.people))
        return outcome
    }

    private func exchange(_ ledger: RuleExchange.Ledger) -> RuleExchange {
        RuleExchange(
            provider: provider, ledger: ledger, catalogue: catalogue, trail: trail, actor: "identity-provider",
            now: now, scope: scope)
    }

    /// Whoever has anything by a rule, and nobody should have anything.
    private func who(_ ledger: RuleExchange.Ledger, _ person: UserID?) -> SQL {
        """
        people (user_id) as (
          select g.user_id from \(fragment: ledger.roles) g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and (\(person)::uuid is null or g.user_id = \(person))
          union
          select g.user_id from \(fragment: ledger.groups) g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and (\(person)::uuid is null or g.user_id = \(person))
          union
          select g.user_id from \(fragment: ledger.places) g
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and (\(person)::uuid is null or g.user_id = \(person))
        ), facts (user_id, key) as (
          select null::uuid, null::text where false
        )
        """
    }

    /// Whom another provider names as well, stays somebody's manager by its word.
    private func takeManagers(_ person: UserID?, _ tx: Transaction) async throws -> [UserID] {
        let lost = try await tx.query(
            """
            with \(fragment: Self.managers(of: provider.id, person, in: scope)), settled as (
              update users u set version = u.version + 1, manager_provider_id = n.identity_provider_id,
                manager_id = case when n.identity_provider_id is null then null else u.manager_id end
              from named n
              where u.tenant_id = \(scope.tenant) and u.user_id = n.user_id
              returning u.user_id, u.manager_provider_id
            )
            select user_id from settled where manager_provider_id is null
            """
        ) { try $0.next(UserID.self) }
        try await IdentityEvent.userChanged.publish(lost, at: now, in: scope, tx) { ($0.text, [:]) }
        return lost
    }

    /// Whose manager the provider named, and which other one names the same; as members of a `with`, of which the last is
    /// `named (user_id, identity_provider_id)`. Of one person nobody is found whom a program of the provider speaks of.
    static func managers(of provider: IdentityProviderID, _ person: UserID?, in scope: TenantScope) -> SQL {
        """
        managed as materialized (
          select u.user_id, u.manager_id from users u
          where u.tenant_id = \(scope.tenant) and u.manager_provider_id = \(provider)
            and (\(person)::uuid is null or u.user_id = \(person) and not exists (
              select from provisioned_users p where p.tenant_id = \(scope.tenant)
                and p.identity_provider_id = \(provider) and p.user_id = u.user_id and p.removed_at is null))
        ), others (user_id, identity_provider_id) as (
          select m.user_id, l.identity_provider_id from managed m
          join identity_links l on l.tenant_id = \(scope.tenant) and l.user_id = m.user_id
            and l.identity_provider_id <> \(provider) and not l.bound_by_user
          join identity_links o on o.tenant_id = \(scope.tenant) and o.identity_provider_id = l.identity_provider_id
            and o.user_id = m.manager_id and o.directory_dn = l.manager_dn and not o.bound_by_user
          union all
          select m.user_id, p.identity_provider_id from managed m
          join provisioned_users p on p.tenant_id = \(scope.tenant) and p.user_id = m.user_id
            and p.identity_provider_id <> \(provider) and p.removed_at is null and p.profile ? 'manager'
          join provisioned_users o on o.tenant_id = \(scope.tenant) and o.identity_provider_id = p.identity_provider_id
            and o.user_id = m.manager_id and o.removed_at is null
            and (o.user_name = lower(p.profile -> 'manager' ->> 'value')
              or o.external_id = p.profile -> 'manager' ->> 'value')
        ), named as (
          select distinct on (m.user_id) m.user_id, o.identity_provider_id from managed m
          left join others o on o.user_id = m.user_id order by m.user_id, o.identity_provider_id
        )
        """
    }
}
