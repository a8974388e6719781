import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
import Postgres

/// Makes the people here those of the directory, with one statement for each kind of change and none for each person.
struct SyncPeople {
    /// So many are disabled without asking, in however small a company.
    private static let safeCount = 2
    /// How many are created at once.
    private static let batch = 2500

    let staging: IdentitySyncStaging
    let provider: IdentityProvider
    let sync: IdentitySync
    let trail: AuditLog
    let now: Date

    private var scope: TenantScope { staging.scope }

    /// People whom the provider has no more, and whether that is too many to believe. Who came in while it was read is
    /// there, whether or not the page that has them was read before.
    func leavers(
        _ read: ReadDirectory.Outcome, _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws -> [SyncedPerson] {
        let leavers = try await tx.query(
            """
            select u.user_id, u.login from identity_links l
            join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id and u.state = 'active'
            left join identity_sync_entries e on e.tenant_id = l.tenant_id and e.identity_sync_run_id = \(staging.run)
              and e.attempt = \(staging.attempt)
              and e.subject = l.subject
            where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider.id) and e.subject is null
              and not l.bound_by_user
              and l.created_at <= \(staging.now) and coalesce(l.last_sign_in_at <= \(staging.now), true)
            """, SyncedPerson.init)
        let counts = try await tx.first(
            """
            select count(*), count(*) filter (where u.state = 'active') from identity_links l
            join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id
            where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider.id) and not l.bound_by_user
            """
        ) { (known: try $0.next(Int.self), active: try $0.next(Int.self)) }
        report.known = counts?.known ?? 0
        report.leavers = IdentitySyncNames(leavers.map(\.login))
        report.needsConfirmation =
            sync.disablesLeavers
            && Self.isTooMany(
                leavers.count, of: counts?.active ?? 0, percent: sync.leaverPercent,
                isClear: read.nameless.count == 0)
        return leavers
    }

    /// A directory that has nobody, or much less than yesterday, is taken for a broken one. Where some entries cannot be
    /// told from others, which is not `isClear`, any of the leavers may be behind one of them.
    static func isTooMany(_ leavers: Int, of active: Int, percent: Int, isClear: Bool) -> Bool {
        guard leavers > 0 else { return false }
        return !isClear || leavers >= active || leavers > safeCount && leavers * 100 > percent * active
    }

    /// Shuts leavers out: nobody but the last administrator stays.
    func disable(_ leavers: [SyncedPerson], _ report: inout IdentitySyncReport, _ tx: Transaction) async throws {
        guard sync.disablesLeavers, !leavers.isEmpty else { return }
        var leavers = leavers
        for administrators in try await RoleStore.administrators(in: scope, tx).map(Set.init) {
            guard let last = leavers.first(where: { administrators.contains($0.id) }),
                administrators.isSubset(of: leavers.map(\.id))
            else { continue }
            leavers.removeAll { $0.id == last.id }
            report.refused.append(
                IdentitySyncRefusals(reason: .lastAdministrator, people: IdentitySyncNames([last.login])))
        }
        guard !leavers.isEmpty else { return }
        let ids = leavers.map(\.id)
        let count = try await tx.execute(
            """
            update users set state = 'disabled', version = version + 1
            where tenant_id = \(scope.tenant) and user_id = any(\(ids)) and state = 'active'
            """)
        try await tx.execute(
            """
            update identity_links set left_at = \(now) where tenant_id = \(scope.tenant)
              and identity_provider_id = \(provider.id) and user_id = any(\(ids))
            """)
        try await Quotas.give(.users, count, in: scope, tx)
        try await OpenAccess.end(of: ids, at: now, in: scope, tx)
        report.disabled = IdentitySyncNames(leavers.map(\.login))
        try await tell(.userDisabled, leavers, tx)
        try await note("user.disabled", leavers, tx)
    }

    /// Lets those in again whom a run shut out and who are back, as far as the plan has room.
    func enable(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws {
        let back = try await staging.overEverything(tx) {
            try await tx.query(
                """
                select u.user_id, u.login from identity_links l
                join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id and u.state = 'disabled'
                join identity_sync_entries e on e.tenant_id = l.tenant_id and e.identity_sync_run_id = \(staging.run)
                  and e.attempt = \(staging.attempt)
                  and e.subject = l.subject
                where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider.id) and l.left_at is not null
                  and e.verdict is null and not l.bound_by_user and not exists (
                    select from provisioned_users p
                    where p.tenant_id = u.tenant_id and p.user_id = u.user_id and p.left_at is not null)
                order by u.login
                """, SyncedPerson.init)
        }
        let room = try await Quotas.takeUpTo(back.count, .users, in: scope, at: now, tx)
        let people = Array(back.prefix(room))
        if room < back.count {
            let names = IdentitySyncNames(back.dropFirst(room).map(\.login))
            report.refused.append(IdentitySyncRefusals(reason: .overQuota, people: names))
        }
        guard !people.isEmpty else { return }
        let ids = people.map(\.id)
        try await tx.execute(
            """
            update users set state = 'active', version = version + 1
            where tenant_id = \(scope.tenant) and user_id = any(\(ids))
            """)
        try await tx.execute(
            """
            update identity_links set left_at = null
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider.id) and user_id = any(\(ids))
            """)
        report.enabled = IdentitySyncNames(people.map(\.login))
        try await tell(.userEnabled, people, tx)
        try await note("user.enabled", people, tx)
    }

    /// Takes in who is new: linked, created, or refused for the reasons of a first sign-in.
    func admit(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws {
        try await staging.overEverything(tx) { try await judge(tx) }
        try await limit(tx)
        report.refused += try await tx.query(
            """
            select verdict, count(*), (array_agg(coalesce(login, dn) order by coalesce(login, dn)))[1:100]
            from identity_sync_entries
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(staging.run)
              and attempt = \(staging.attempt) and verdict not in ('create', 'link')
            group by verdict order by verdict
            """
        ) { row in
            let (reason, count): (IdentitySyncRefusals.Reason, Int) = (try row.next(), try row.next())
            return IdentitySyncRefusals(
                reason: reason, people: IdentitySyncNames(first: try row.next([String].self), of: count))
        }
        try await create(&report, tx)
        let linked = try await staging.overEverything(tx) {
            try await tx.query(
                """
                with added as (
                  insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at)
                  select e.tenant_id, \(provider.id)::uuid, e.user_id, e.subject, \(now)::timestamptz
                  from identity_sync_entries e
                  where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
                    and e.attempt = \(staging.attempt) and e.verdict = 'link'
                  returning user_id
                )
                select u.user_id, u.login from identity_sync_entries e
                join added a on a.user_id = e.user_id
                join users u on u.tenant_id = e.tenant_id and u.user_id = e.user_id
                where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
                    and e.attempt = \(staging.attempt) and e.verdict = 'link'
                """, SyncedPerson.init)
        }
        report.linked = IdentitySyncNames(linked.map(\.login))
        try await note("identity-link.created", linked, tx)
    }

    /// Name and address as the directory has them.
    func update(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws {
        let changed = try await tx.query(
            """
            update users u set name = coalesce(e.name, u.name), email = coalesce(e.email, u.email),
              version = u.version + 1
            from identity_sync_entries e
            join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
              and l.subject = e.subject
            where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
              and e.attempt = \(staging.attempt)
              and u.tenant_id = l.tenant_id and u.user_id = l.user_id
              and e.verdict is distinct from 'ambiguous' and not l.bound_by_user
              and (u.name <> coalesce(e.name, u.name) or u.email is distinct from coalesce(e.email, u.email))
            returning u.user_id, u.login
            """, SyncedPerson.init)
        report.changed = IdentitySyncNames(changed.map(\.login))
        try await tell(.userChanged, changed, tx)
    }

    // MARK: newcomers

    private func judge(_ tx: Transaction) async throws {
        try await tx.execute(
            """
            with fresh as (
              select e.subject, e.login, count(*) over (partition by e.login) as twins
              from identity_sync_entries e
              left join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
                and l.subject = e.subject
              where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
                and e.attempt = \(staging.attempt) and l.subject is null
                and e.verdict is null
            ), judged as (
              select f.subject, u.user_id, case
                when f.login is null then 'unusable-login'
                when f.twins > 1 then 'ambiguous'
                when u.user_id is null and not \(sync.createsUsers)::boolean then 'no-account'
                when u.user_id is null then 'create'
                when exists (
                  select from identity_links o where o.tenant_id = \(scope.tenant)
                    and o.identity_provider_id = \(provider.id) and o.user_id = u.user_id) then 'other-person'
                when not \(provider.linksUsers)::boolean then 'not-linked'
                when u.state <> 'active' then 'disabled'
                else 'link' end as verdict
              from fresh f left join users u on u.tenant_id = \(scope.tenant) and u.login = f.login
            )
            update identity_sync_entries e set verdict = j.verdict, user_id = coalesce(j.user_id, e.user_id)
            from judged j
            where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
                and e.attempt = \(staging.attempt) and e.subject = j.subject
            """)
    }

    /// Creates no more than the plan has room for, in the order of logins.
    private func limit(_ tx: Transaction) async throws {
        let wanted = try await tx.first(
            """
            select count(*) from identity_sync_entries
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(staging.run)
              and attempt = \(staging.attempt) and verdict = 'create'
            """
        ) { try $0.next(Int.self) }
        let room = try await Quotas.takeUpTo(wanted ?? 0, .users, in: scope, at: now, tx)
        guard room < wanted ?? 0 else { return }
        try await tx.execute(
            """
            update identity_sync_entries set verdict = 'over-quota'
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(staging.run)
              and attempt = \(staging.attempt) and subject in (
              select subject from identity_sync_entries
              where tenant_id = \(scope.tenant) and identity_sync_run_id = \(staging.run)
              and attempt = \(staging.attempt) and verdict = 'create'
              order by login offset \(room))
            """)
    }

    /// Creates them in the order of their logins, some at a time, with the link and the role that everybody has. One
    /// statement makes all three: the directory's rows have no index by person, and to look a batch up there again would go
    /// through the whole of it for each batch.
    private func create(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws {
        let roles = try await RoleStore.resolve([.builtIn(.user)], PermissionCatalogue([]), in: scope, tx)
        var after = ""
        while true {
            let people = try await tx.query(
                """
                with fresh as materialized (
                  select e.tenant_id, e.user_id, e.subject, e.login, coalesce(e.name, e.login) as name, e.email
                  from identity_sync_entries e
                  where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
                    and e.attempt = \(staging.attempt) and e.verdict = 'create' and e.login > \(after)
                  order by e.login limit \(Self.batch)
                ), people as (
                  insert into users (tenant_id, user_id, login, name, email, created_at)
                  select tenant_id, user_id, login, name, email, \(now)::timestamptz from fresh
                  returning tenant_id, user_id, login, org_id
                ), linked as (
                  insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at)
                  select tenant_id, \(provider.id)::uuid, user_id, subject, \(now)::timestamptz from fresh
                ), bound as (
                  insert into role_bindings (tenant_id, role_id, user_id, org_id)
                  select p.tenant_id, r.role_id, p.user_id, p.org_id
                  from people p, unnest(\(Array(roles.ids))::uuid[]) as r (role_id)
                )
                select user_id, login from people order by login
                """, SyncedPerson.init)
            guard let last = people.last else { return }
            after = last.login
            try await tell(.userCreated, people, tx)
            try await note("user.created", people, tx)
            for person in people { report.created.add(person.login) }
            if people.count < Self.batch { return }
        }
    }

    // MARK: who hears of it

    private func tell(_ event: IdentityEvent, _ people: [SyncedPerson], _ tx: Transaction) async throws {
        try await event.publish(people, at: now, in: scope, tx) { ($0.id.text, [:]) }
    }

    private func note(_ action: String, _ people: [SyncedPerson], _ tx: Transaction) async throws {
        let entry = AuditEntry(
            action: action, actor: .system("identity-sync"),
            details: [
                "provider": .string(provider.id.text), "providerName": .string(provider.name),
                "run": .string(staging.run.text),
            ], at: now)
        try await trail.append(
            entry, about: people.map { AuditTarget("user", $0.id, $0.login) }, in: scope, tx)
    }
}

/// Somebody to whom something was done.
struct SyncedPerson {
    let id: UserID
    let login: String

    init(_ row: inout Row) throws {
        id = try row.next()
        login = try row.next()
    }
}
