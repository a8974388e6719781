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
    /// Before everybody.
    private static let nobody = UserID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
    /// How many are created at once, and how many at first.
    private static let (firstBatch, batch) = (1000, 25_000)
    /// More than so many newcomers share lines of the trail, so many a line.
    private static let (few, together) = (200, 500)

    let staging: IdentitySyncStaging
    let provider: IdentityProvider
    let sync: IdentitySync
    let trail: AuditLog
    let reviews: SignInReviews
    let now: Date

    private var scope: TenantScope { staging.scope }

    /// People whom the provider has no more, and whether that is too many to believe. Who came in while it was read is
    /// there, whether or not the page that has them was read before.
    func leavers(
        _ read: ReadDirectory.Outcome, _ report: inout IdentitySyncReport, _ tx: Transaction
    ) async throws -> [SyncedPerson] {
        let leavers: [SyncedPerson]
        if let presence = read.presence {
            report.known = presence.known
            leavers = try await presence.missing == 0 ? [] : self.leavers(without: presence, tx)
        } else {
            report.known = try await known(tx)
            leavers = try await staging.overEverything(tx) { try await leaversOfStaging(tx) }
        }
        guard !leavers.isEmpty else { return [] }
        let active = try await tx.first(
            """
            select count(*) from identity_links l
            join users u on u.tenant_id = l.tenant_id and u.user_id = l.user_id and u.state = 'active'
            where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider.id) and not l.bound_by_user
            """
        ) { try $0.next(Int.self) }
        report.leavers = IdentitySyncNames(leavers.map(\.login))
        report.needsConfirmation =
            sync.disablesLeavers
            && Self.isTooMany(
                leavers.count, of: active ?? 0, percent: sync.leaverPercent,
                isClear: read.nameless.count == 0)
        return leavers
    }

    private func leaversOfStaging(_ tx: Transaction) async throws -> [SyncedPerson] {
        try await tx.query(
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
    }

    /// The same, where who is present is not in the database.
    private func leavers(without presence: Presence, _ tx: Transaction) async throws -> [SyncedPerson] {
        var leavers: [SyncedPerson] = []
        try await staging.forEachLinked(of: provider.id, tx) { linked in
            guard linked.isActive, !linked.isBoundByThemself, !linked.isLater, !presence.hasSeen(linked.subject) else {
                return
            }
            leavers.append(linked.person)
        }
        return leavers
    }

    private func known(_ tx: Transaction) async throws -> Int {
        try await tx.first(
            """
            select count(*) from identity_links
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider.id) and not bound_by_user
            """
        ) { try $0.next() } ?? 0
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
        try await OpenAccess.end(of: ids, reviews, at: now, in: scope, tx)
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
        let newcomers = try await staging.overEverything(tx) {
            try await judge(tx)
            return try await limit(tx)
        }
        report.refused += try await tx.query(
            """
            select verdict, count(*), (array_agg(coalesce(login, dn) order by coalesce(login, dn)))[1:100]
            from identity_sync_entries
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(staging.run)
              and attempt = \(staging.attempt) and verdict <> 'link'
            group by verdict order by verdict
            """
        ) { row in
            let (reason, count): (IdentitySyncRefusals.Reason, Int) = (try row.next(), try row.next())
            return IdentitySyncRefusals(
                reason: reason, people: IdentitySyncNames(first: try row.next([String].self), of: count))
        }
        report.created = newcomers
        if newcomers.count > 0 { try await create(newcomers.count, tx) }
        let linked = try await staging.overEverything(tx) {
            try await tx.query(
                """
                with added as (
                  insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at,
                    directory_dn, manager_dn)
                  select e.tenant_id, \(provider.id)::uuid, e.user_id, e.subject, \(now)::timestamptz, e.dn, e.manager_dn
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
        try await IdentityLinkStore.endBound(of: linked.map(\.id), now: now, in: scope, tx)
        report.linked = IdentitySyncNames(linked.map(\.login))
        try await note("identity-link.created", linked, tx)
    }

    /// Name and address as the directory has them. Returns who was told of.
    func update(_ report: inout IdentitySyncReport, _ tx: Transaction) async throws -> Set<UserID> {
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
        return Set(changed.map(\.id))
    }

    // MARK: newcomers

    /// Marks all who are not created: in a directory that is read for the first time, hardly anybody.
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
            where j.verdict <> 'create' and e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
                and e.attempt = \(staging.attempt) and e.subject = j.subject
            """)
    }

    /// Who is to be created, once all others are marked.
    private var newcomers: SQL {
        """
        from identity_sync_entries e
        where e.tenant_id = \(scope.tenant) and e.identity_sync_run_id = \(staging.run)
          and e.attempt = \(staging.attempt) and e.verdict is null and not exists (
            select from identity_links l where l.tenant_id = e.tenant_id
              and l.identity_provider_id = \(provider.id) and l.subject = e.subject)
        """
    }

    /// Creates no more than the plan has room for, in the order of logins. Returns how many, and the first of them.
    private func limit(_ tx: Transaction) async throws -> IdentitySyncNames {
        let wanted = try await tx.first(
            """
            with newcomers as materialized (select e.login \(fragment: newcomers))
            select (select count(*) from newcomers),
              array(select login from newcomers order by login limit \(IdentitySyncNames.most))
            """
        ) { (count: try $0.next(Int.self), first: try $0.next([String].self)) }
        guard let wanted, wanted.count > 0 else { return IdentitySyncNames() }
        let room = try await Quotas.takeUpTo(wanted.count, .users, in: scope, at: now, tx)
        guard room < wanted.count else { return IdentitySyncNames(first: wanted.first, of: wanted.count) }
        try await tx.execute(
            """
            update identity_sync_entries set verdict = 'over-quota'
            where tenant_id = \(scope.tenant) and identity_sync_run_id = \(staging.run)
              and attempt = \(staging.attempt) and subject in (
              select e.subject \(fragment: newcomers) order by e.login offset \(room))
            """)
        return IdentitySyncNames(first: Array(wanted.first.prefix(room)), of: room)
    }

    /// Creates them with the link and the role that everybody has: one statement makes all three, some people at a time.
    ///
    /// The plans that check references were perhaps made when there was nobody, and would go through everybody for each:
    /// they are forgotten behind the first few, and at the end, where plans for these statements are of no more use.
    private func create(_ count: Int, _ tx: Transaction) async throws {
        let roles = try await RoleStore.resolve([.builtIn(.user)], PermissionCatalogue([]), in: scope, tx)
        var after = Self.nobody
        var size = Self.firstBatch
        while true {
            let people = try await staging.overEverything(tx) { try await create(size, after, Array(roles.ids), tx) }
            try await tell(of: people, among: count, tx)
            guard people.count == size, let last = people.last else { break }
            if size == Self.firstBatch { try await tx.enqueue("discard plans") }
            (after, size) = (last.id, Self.batch)
        }
        try await tx.enqueue("discard plans")
    }

    private func create(
        _ size: Int, _ after: UserID, _ roles: [RoleID], _ tx: Transaction
    ) async throws -> [SyncedPerson] {
        try await tx.query(
            """
            with fresh as materialized (
              select e.tenant_id, e.user_id, e.subject, e.login, coalesce(e.name, e.login) as name, e.email, e.dn,
                e.manager_dn
              \(fragment: newcomers) and e.user_id > \(after) order by e.user_id limit \(size)
            ), people as (
              insert into users (tenant_id, user_id, login, name, email, created_at, org_id)
              select tenant_id, user_id, login, name, email, \(now)::timestamptz, tenant_id from fresh
              returning tenant_id, user_id, login, org_id
            ), linked as (
              insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at, directory_dn,
                manager_dn)
              select tenant_id, \(provider.id)::uuid, user_id, subject, \(now)::timestamptz, dn, manager_dn from fresh
            ), bound as (
              insert into role_bindings (tenant_id, role_id, user_id, org_id)
              select p.tenant_id, r.role_id, p.user_id, p.org_id
              from people p, unnest(\(roles)::uuid[]) as r (role_id)
            )
            select user_id, login from people order by user_id
            """, SyncedPerson.init)
    }

    /// Of a few, one by one. Of a whole company that comes in at once, a line has hundreds, and an event as many: what
    /// wants to hear of each is told behind the run.
    private func tell(of people: [SyncedPerson], among count: Int, _ tx: Transaction) async throws {
        guard count > Self.few else {
            try await tell(.userCreated, people, tx)
            return try await note("user.created", people, tx)
        }
        for start in stride(from: 0, to: people.count, by: Self.together) {
            let part = people[start..<min(start + Self.together, people.count)]
            let ids = JSON.array(part.map { .string($0.id.text) })
            let details = facts.merging(["users": ids, "logins": .array(part.map { .string($0.login) })])
            try await trail.append(
                AuditEntry(
                    action: "user.created", actor: .system("identity-sync"),
                    target: AuditTarget("identity-provider", provider.id, provider.name), details: details, at: now),
                in: scope, tx)
            try await IdentityEvent.publishImported(ids, by: provider.id.text, at: now, in: scope, tx)
        }
    }

    // MARK: who hears of it

    func tell(_ event: IdentityEvent, _ people: [SyncedPerson], _ tx: Transaction) async throws {
        try await event.publish(people, at: now, in: scope, tx) { ($0.id.text, [:]) }
    }

    private var facts: JSON {
        [
            "provider": .string(provider.id.text), "providerName": .string(provider.name),
            "run": .string(staging.run.text),
        ]
    }

    private func note(_ action: String, _ people: [SyncedPerson], _ tx: Transaction) async throws {
        let entry = AuditEntry(action: action, actor: .system("identity-sync"), details: facts, at: now)
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
