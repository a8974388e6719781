import Kernel
import Postgres

/// Gives everybody of a directory what the provider's rules say, and takes back what rules gave and no longer say: the
/// same as `ApplyRules` at a sign-in, for all at once.
struct SyncMemberships {
    /// So many are taken away without asking, in however small a company.
    private static let safeCount = 2

    let staging: IdentitySyncStaging
    let exchange: RuleExchange
    let percent: Int

    private var scope: TenantScope { staging.scope }
    private var provider: IdentityProvider { exchange.provider }

    /// Whether more is taken away than can be believed.
    func callAsFunction(
        _ read: ReadDirectory.Outcome, _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws -> Bool {
        let changes = try await staging.overEverything(tx) { try await exchange(who(read), tx) }
        var removals = changes.count(where: \.isRemoval)
        report.roleChanges = changes.count { $0.role != nil }
        report.groupChanges = changes.count { $0.group != nil }
        report.placeChanges = changes.count { $0.from != nil }
        let spared = try await keepAdministrator(of: changes, &report, tx)
        removals -= spared.count(where: \.isRemoval)
        report.removals += removals
        try await exchange.tellRoles(changes, sparing: spared, tx)
        try await exchange.tellGroups(changes, tx)
        guard removals > Self.safeCount else { return false }
        let now = try await staging.overEverything(tx) { try await given(tx) }
        let before = now - changes.count(where: \.isAdded) + removals
        return Self.isTooMuch(removals, of: before, percent: percent)
    }

    /// Groups that a directory shows no more, or much less of than yesterday, are taken for a fault of it.
    static func isTooMuch(_ removals: Int, of given: Int, percent: Int) -> Bool {
        removals > safeCount && removals * 100 > percent * given
    }

    /// Whether there is anything that rules give, or gave.
    func isNeeded(_ tx: Transaction) async throws -> Bool {
        if !provider.rules.isEmpty { return true }
        return try await IdentityLinkStore.givesAnything(provider.id, in: scope, tx)
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
              + (
                select count(*) from identity_given_places g
                join users u on u.tenant_id = g.tenant_id and u.user_id = g.user_id and u.state = 'active'
                  and u.org_id = g.org_id
                where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id) and g.org_id in (
                  select r.org_id from identity_provider_rules r
                  where r.tenant_id = \(scope.tenant) and r.identity_provider_id = \(provider.id)
                    and r.role_id is null and r.group_id is null))
            """
        ) { try $0.next() } ?? 0
    }

    /// The last administrator stays one, whatever the directory says.
    private func keepAdministrator(
        of changes: [RuleExchange.Change], _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws -> [RuleExchange.Change] {
        let spared = try await exchange.keepAdministrator(changes, tx)
        guard !spared.isEmpty else { return [] }
        var names = IdentitySyncNames()
        for one in spared { names.add(try await login(of: one.user, tx)) }
        report.refused.append(IdentitySyncRefusals(reason: .lastAdministrator, people: names))
        return spared
    }

    private func login(of user: UserID, _ tx: Transaction) async throws -> String {
        try await tx.first("select login from users where tenant_id = \(scope.tenant) and user_id = \(user)") {
            try $0.next()
        } ?? user.text
    }

    /// From the groups that rules name down to the people in them, and what entries say themselves. A plain name stands above
    /// the groups that are called so, and is none of them.
    private func who(_ read: ReadDirectory.Outcome) -> SQL {
        let nodes = staging.nodes(
            below: "rule_groups g", key: "g.key", node: "g.folded",
            depth: "case when g.folded like '%=%' then 1 else 0 end", as: read)
        return """
            \(fragment: nodes), people as not materialized (
              select l.user_id, e.dn, e.facts from identity_sync_entries e
              join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
                and l.subject = e.subject
              where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
                and e.attempt = \(staging.attempt) and e.verdict is distinct from 'ambiguous' and not l.bound_by_user
            ), facts (user_id, key) as (
              select distinct p.user_id, n.key from nodes n
              join identity_sync_edges x on x.tenant_id = \(scope.tenant) and x.identity_sync_run_id = \(staging.run)
                and x.attempt = \(staging.attempt) and x.parent = n.node
              join people p on p.dn = x.child
              union all
              select p.user_id, jsonb_array_elements_text(p.facts) from people p where p.facts is not null
            )
            """
    }
}
