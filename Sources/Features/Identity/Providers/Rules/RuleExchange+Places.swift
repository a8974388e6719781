import Audit
import Kernel
import Postgres

// Where people belong, by a provider's rules. Nobody is in two organizations, so of several rules the first one that says
// where counts. A rule places whoever belongs to the top, or is where a rule of the same provider placed them; whoever was put
// somewhere by hand, or by another provider, stays there, and so does whoever has more than everybody has at the top by hand.
// Where it is not known whether a rule holds that would come first, people stay where they are, if one that may hold says so.
// A move brings nobody a role: what everybody has goes along, what rules give where somebody belongs is given anew, and
// every other role stays at the organization at which it was given.
extension RuleExchange {
    /// Moves people to where they are to belong, and back to the top, from where they came, whom no rule places any more.
    func settlePlaces(_ who: SQL, _ tx: Transaction) async throws -> [Change] {
        guard try await placesAnybody(tx) else { return [] }
        let changes = try await tx.query(places(who), Change.init)
        try await tellPlaces(changes, tx)
        return changes
    }

    private func placesAnybody(_ tx: Transaction) async throws -> Bool {
        if provider.rules.contains(where: \.isPlace) { return true }
        return try await tx.first(
            """
            select exists (select from \(fragment: ledger.places)
              where tenant_id = \(scope.tenant) and identity_provider_id = \(provider.id))
            """
        ) { try $0.next() } ?? true
    }

    private func places(_ who: SQL) -> SQL {
        """
        with recursive \(fragment: matched(who, of: "r.role_id is null and r.group_id is null")), undecided as (
          select d.user_id from doubted d
          where not exists (select from matched m where m.user_id = d.user_id and m.rule_number < d.rule_number)
        ), wanted as materialized (
          select distinct on (m.user_id) m.user_id, r.org_id from matched m
          join rules r on r.rule_number = m.rule_number
          where not exists (select from undecided x where x.user_id = m.user_id)
          order by m.user_id, r.rule_number
        ), in_doubt as (
          select c.user_id, r.org_id from (table matched union all table doubted) c
          join rules r on r.rule_number = c.rule_number
          where exists (select from undecided x where x.user_id = c.user_id)
        ), elsewhere (user_id, org_id, is_ours) as not materialized (
          \(fragment: elsewhere("o.org_id", ledger.places, ledger.other.places))
        ), \(fragment: placesTaken), lost as (
          delete from \(fragment: ledger.places) g using users u
          where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
            and u.tenant_id = \(scope.tenant) and u.user_id = g.user_id
            and exists (select from people p where p.user_id = g.user_id)
            and not exists (
              select from (table wanted union all table in_doubt) w
              where w.user_id = g.user_id and w.org_id = g.org_id)
          returning g.user_id, g.org_id
        ), freed as (
          select l.user_id, l.org_id from lost l
          where not exists (select from elsewhere e where e.user_id = l.user_id and e.org_id = l.org_id)
        ), targets as (
          select u.user_id, u.org_id as place, coalesce(w.org_id, \(scope.tenant)::uuid) as target,
            w.user_id is not null as is_added
          from (select user_id from wanted union select user_id from lost) c
          join users u on u.tenant_id = \(scope.tenant) and u.user_id = c.user_id
          left join wanted w on w.user_id = u.user_id
          left join freed f on f.user_id = u.user_id and f.org_id = u.org_id
          where (f.user_id is not null or u.org_id = \(scope.tenant) and w.user_id is not null
              and not exists (
                select from \(fragment: ledger.places) g where g.tenant_id = \(scope.tenant)
                  and g.identity_provider_id = \(provider.id) and g.user_id = w.user_id and g.org_id = w.org_id)
              and not \(fragment: hasOwnRole))
            and u.org_id <> coalesce(w.org_id, \(scope.tenant)::uuid)
        ), standing as materialized (
          select o.org_id from organizations o
          where o.tenant_id = \(scope.tenant) and o.merged_at is null and o.org_id in (select target from targets)
          for share
        ), moved as (
          update users u set org_id = t.target, version = u.version + 1
          from targets t join standing s on s.org_id = t.target
          where u.tenant_id = \(scope.tenant) and u.user_id = t.user_id and u.org_id = t.place
          returning u.user_id, t.place, t.target, t.is_added
        ), everyday_left as (
          delete from role_bindings b using moved m, roles r
          where b.tenant_id = \(scope.tenant) and b.user_id = m.user_id and b.org_id = m.place
            and r.tenant_id = \(scope.tenant) and r.role_id = b.role_id and r.built_in = 'user'
            and not \(fragment: isGiven)
          returning b.user_id, b.role_id, b.ends_at, m.target
        ), everyday_bound as (
          insert into role_bindings as t (tenant_id, role_id, user_id, org_id, ends_at)
          select \(scope.tenant)::uuid, e.role_id, e.user_id, e.target, e.ends_at from everyday_left e
          on conflict on constraint role_bindings_pk do update set ends_at = case
            when t.ends_at is not null and excluded.ends_at is not null then greatest(t.ends_at, excluded.ends_at) end
        ), shared as (
          select w.user_id, w.org_id from wanted w
          join elsewhere e on e.user_id = w.user_id and e.org_id = w.org_id
          join users u on u.tenant_id = \(scope.tenant) and u.user_id = w.user_id and u.org_id = w.org_id
          group by w.user_id, w.org_id having not bool_or(e.is_ours)
        ), noted as (
          insert into \(fragment: ledger.places) (tenant_id, identity_provider_id, user_id, org_id)
          select \(scope.tenant)::uuid, \(provider.id)::uuid, n.user_id, n.org_id from (
            select user_id, target as org_id from moved where is_added
            union all select user_id, org_id from places_taken
            union all select user_id, org_id from shared) n
          on conflict do nothing
        )
        select m.user_id, null::uuid, m.target, null::uuid, m.is_added,
          not m.is_added and m.place in (select r.org_id from rules r), false, m.place
        from moved m
        """
    }

    /// Whether a person `u` has a role where they belong that was given by hand and to stay, and that not everybody has.
    private var hasOwnRole: SQL {
        """
        exists (
          select from roles_held(\(now)) b join roles r on r.tenant_id = \(scope.tenant) and r.role_id = b.role_id
          where b.tenant_id = \(scope.tenant) and b.user_id = u.user_id and b.org_id = u.org_id and b.ends_at is null
            and r.built_in is distinct from 'user' and not \(fragment: isGiven))
        """
    }

    /// Whether a role `b` is one that rules gave.
    private var isGiven: SQL {
        """
        (exists (
            select from identity_given_roles i where i.tenant_id = \(scope.tenant) and i.user_id = b.user_id
              and i.role_id = b.role_id and i.org_id = b.org_id)
          or exists (
            select from provisioning_given_roles i where i.tenant_id = \(scope.tenant) and i.user_id = b.user_id
              and i.role_id = b.role_id and i.org_id = b.org_id))
        """
    }

    /// Places that a directory gave and a program says from here on, as a member of a `with`.
    private var placesTaken: SQL {
        guard case .program = ledger else {
            return "places_taken (user_id, org_id) as (select null::uuid, null::uuid where false)"
        }
        return """
            places_taken (user_id, org_id) as (
              delete from identity_given_places g using wanted w
              where g.tenant_id = \(scope.tenant) and g.identity_provider_id = \(provider.id)
                and g.user_id = w.user_id and g.org_id = w.org_id
              returning g.user_id, g.org_id
            )
            """
    }

    /// Whoever administers people, and whoever holds live sessions, hears of it, and the trail says who was moved from where.
    private func tellPlaces(_ changes: [Change], _ tx: Transaction) async throws {
        guard !changes.isEmpty else { return }
        struct Way: Hashable {
            let from: OrganizationID
            let to: OrganizationID
            let isAdded: Bool
        }
        let people = Array(Set(changes.map(\.user)))
        let ends = Array(Set(changes.flatMap { [$0.from, $0.organization].compactMap(\.self) }))
        let logins = try await tx.query(
            "select user_id, login from users where tenant_id = \(scope.tenant) and user_id = any(\(people))"
        ) { (try $0.next(UserID.self), try $0.next(String.self)) }
        let names = try await tx.query(
            "select org_id, name from organizations where tenant_id = \(scope.tenant) and org_id = any(\(ends))"
        ) { (try $0.next(OrganizationID.self), try $0.next(String.self)) }
        let login = Dictionary(logins, uniquingKeysWith: { first, _ in first })
        let name = Dictionary(names, uniquingKeysWith: { first, _ in first })
        let ways = Dictionary(grouping: changes) { change -> Way? in
            guard let from = change.from, let to = change.organization else { return nil }
            return Way(from: from, to: to, isAdded: change.isAdded)
        }
        // As many as there are organizations in rules, and those from which people came.
        for case (let way?, let changes) in ways {
            let entry = AuditEntry(
                action: way.isAdded ? "user.placed-by-provider" : "user.place-taken-by-provider", actor: .system(actor),
                details: [
                    "provider": .string(provider.id.text), "providerName": .string(provider.name),
                    "organization": .string(way.to.text), "organizationName": .string(name[way.to] ?? ""),
                    "from": .string(way.from.text), "fromName": .string(name[way.from] ?? ""),
                ], at: now)
            let targets = changes.map { AuditTarget("user", $0.user, login[$0.user] ?? "") }
            try await trail.append(entry, about: targets, in: scope, tx)
        }
        try await IdentityEvent.rolesChanged.publish(people, at: now, in: scope, tx) { ($0.text, [:]) }
        try await IdentityEvent.organizationsChanged.publish(scope.tenant.text, at: now, in: scope, tx)
    }
}
