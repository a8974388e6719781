import Kernel
import Postgres

/// To whom people report, as the directory has it: it names people by where they stand, so that is remembered of everybody
/// whom it vouches for.
extension SyncPeople {
    /// Remembers where those stand who were here before. Who was created a moment ago stands where they were found.
    func settlePlaces(_ tx: Transaction) async throws {
        // Another one stands there now.
        try await tx.execute(
            """
            update identity_links l set directory_dn = null
            from identity_sync_entries e
            where e.tenant_id = \(staging.scope.tenant) and e.identity_sync_run_id = \(staging.run)
              and e.attempt = \(staging.attempt) and l.tenant_id = e.tenant_id
              and l.identity_provider_id = \(provider.id) and l.directory_dn = e.dn and l.subject <> e.subject
            """)
        try await tx.execute(
            """
            update identity_links l set directory_dn = e.dn, manager_dn = e.manager_dn
            from identity_sync_entries e
            where e.tenant_id = \(staging.scope.tenant) and e.identity_sync_run_id = \(staging.run)
              and e.attempt = \(staging.attempt) and e.verdict is distinct from 'ambiguous'
              and l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id) and l.subject = e.subject
              and not l.bound_by_user
              and (l.directory_dn is distinct from e.dn or l.manager_dn is distinct from e.manager_dn)
            """)
    }

    /// Whether the directory names anybody's manager.
    func haveManagers(_ tx: Transaction) async throws -> Bool {
        try await tx.first(
            """
            select exists (
              select from identity_sync_entries where tenant_id = \(staging.scope.tenant)
                and identity_sync_run_id = \(staging.run) and attempt = \(staging.attempt) and manager_dn is not null)
            """
        ) { try $0.next() } ?? false
    }

    /// What a directory does not know, or names somebody unknown for, is an administrator's to say.
    /// Nor is it the directory's to say of those who may do more than the provider gives. `told` have changed otherwise
    /// already.
    func settleManagers(
        _ report: inout IdentitySyncReport, besides told: Set<UserID>, _ catalogue: PermissionCatalogue,
        _ tx: Transaction
    ) async throws {
        let scope = staging.scope
        let ceiling = try await RoleStore.permissions(givenBy: provider, catalogue, in: scope, tx)
        let beyond = try await RoleStore.roles(beyond: ceiling, catalogue, in: scope, tx)
        let changed = try await tx.query(
            """
            with moved as (
              select l.user_id, l.manager_dn from identity_sync_entries e
              join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
                and l.subject = e.subject and not l.bound_by_user
              where e.tenant_id = \(staging.scope.tenant) and e.identity_sync_run_id = \(staging.run)
                and e.attempt = \(staging.attempt) and e.verdict is distinct from 'ambiguous'
              union
              select l.user_id, l.manager_dn from identity_sync_entries e
              join identity_links l on l.tenant_id = e.tenant_id and l.identity_provider_id = \(provider.id)
                and l.manager_dn = e.dn and not l.bound_by_user
              where e.tenant_id = \(staging.scope.tenant) and e.identity_sync_run_id = \(staging.run)
                and e.attempt = \(staging.attempt)
            ), wanted as (
              select v.user_id, m.user_id as manager_id from moved v
              left join identity_links m on m.tenant_id = \(staging.scope.tenant)
                and m.identity_provider_id = \(provider.id) and m.directory_dn = v.manager_dn
                and m.user_id <> v.user_id and not m.bound_by_user
            ), settled as (
              update users u set manager_id = w.manager_id, version = u.version + 1,
                manager_provider_id = case when w.manager_id is null then null else \(provider.id)::uuid end
              from wanted w
              where u.tenant_id = \(staging.scope.tenant) and u.user_id = w.user_id
                and not exists (
                  select from roles_held(\(now)) b where b.tenant_id = \(staging.scope.tenant) and b.user_id = u.user_id
                    and b.role_id = any(\(beyond)) and not \(fragment: RoleStore.givenThere(by: provider.id, in: scope)))
                and (w.manager_id is not null or u.manager_provider_id = \(provider.id))
                and (u.manager_id is distinct from w.manager_id
                  or u.manager_provider_id is distinct from \(provider.id)::uuid)
              returning u.user_id, u.login, u.created_at
            )
            select user_id, login from settled where created_at <> \(now) order by login
            """, SyncedPerson.init)
        let fresh = changed.filter { !told.contains($0.id) }
        for person in fresh { report.changed.add(person.login) }
        try await tell(.userChanged, fresh, tx)
    }
}
