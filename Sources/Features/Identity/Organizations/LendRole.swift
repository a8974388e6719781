import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// A role for a person at an organization, until a moment.
package struct RoleLoan: Sendable, Hashable {
    package let role: RoleID
    package let organization: OrganizationID
    package let user: UserID
    package let until: Date

    package init(role: RoleID, organization: OrganizationID, user: UserID, until: Date) {
        self.role = role
        self.organization = organization
        self.user = user
        self.until = until
    }
}

/// Gives roles for a while, by the word of those who could give them for good, and takes them back when the time has come.
struct LendRole {
    let catalogue: PermissionCatalogue
    let reviews: SignInReviews

    /// The role, and what the organization is called; throws `notFound`, and where the role cannot be held there.
    func find(
        _ role: RoleID, at place: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (role: Role, organization: String) {
        guard let organization = try await OrganizationStore.hold(place, in: scope, tx),
            let found = try await RoleStore.lock(role, catalogue, in: scope, tx)
        else { throw IdentityError.notFound }
        try ResolvedRoles(found).check(at: place, in: scope)
        return (found, organization.name)
    }

    /// The first of the givers who could give the role for good answers for it, and is answered. Throws `beyondOwnPermissions` if none could.
    func callAsFunction(
        _ loan: RoleLoan, by givers: [UserID], at now: Date, audit: AuditDraft, in scope: TenantScope, _ tx: Transaction
    ) async throws -> UserID {
        try await RoleStore.holdAdministrators(in: scope, tx)
        guard try await AccountStore.lock(loan.user, in: scope, tx) != nil else { throw IdentityError.notFound }
        let resolved = ResolvedRoles(try await find(loan.role, at: loan.organization, in: scope, tx).role)
        var refusal = IdentityError.beyondOwnPermissions
        for giver in givers where giver != loan.user {
            let acting = try await acting(giver, at: loan.organization, now, audit, in: scope, tx)
            // Whoever could not even come to where roles are given.
            guard acting.permissions.contains(.organizationsManage) else { continue }
            let guardian = GuardDuties(catalogue: catalogue, acting: acting, reviews: reviews)
            do {
                try await guardian.mayChange(resolved, of: loan.user, tx)
            } catch let error as IdentityError {
                refusal = error
                continue
            }
            try await tx.execute(
                """
                insert into role_bindings as b (tenant_id, role_id, user_id, org_id, ends_at)
                values (\(scope.tenant), \(loan.role), \(loan.user), \(loan.organization), \(loan.until))
                on conflict on constraint role_bindings_pk do update set ends_at = greatest(b.ends_at, excluded.ends_at)
                where b.ends_at is not null
                """)
            try await noteBesideRules(loan, in: scope, tx)
            try await guardian.check(loan.user, given: resolved, tx)
            try await UserStore.bump(loan.user, in: scope, tx)
            try await SignInLinkStore.revokeAll(of: [loan.user], in: scope, tx)
            try await IdentityEvent.rolesChanged.publish(loan.user.text, at: now, in: scope, tx)
            return giver
        }
        throw refusal
    }

    /// Of a role that a provider's rule gives already, the loan begins to count once the rule gives it no more. One that was
    /// taken by hand meanwhile is a loan like others, and lengthens none that was taken with it.
    private func noteBesideRules(_ loan: RoleLoan, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update identity_given_roles g set lent_until = greatest(g.lent_until, \(loan.until))
            where g.tenant_id = \(scope.tenant) and g.user_id = \(loan.user) and g.role_id = \(loan.role)
              and g.org_id = \(loan.organization)
              and exists (select from role_bindings b where b.tenant_id = g.tenant_id and b.role_id = g.role_id
                and b.user_id = g.user_id and b.org_id = g.org_id and b.ends_at is null)
            """)
        try await tx.execute(
            """
            update provisioning_given_roles g set lent_until = greatest(g.lent_until, \(loan.until))
            where g.tenant_id = \(scope.tenant) and g.user_id = \(loan.user) and g.role_id = \(loan.role)
              and g.org_id = \(loan.organization)
              and exists (select from role_bindings b where b.tenant_id = g.tenant_id and b.role_id = g.role_id
                and b.user_id = g.user_id and b.org_id = g.org_id and b.ends_at is null)
            """)
    }

    /// A giver with what they may do for good at the organization: roles there and above count.
    private func acting(
        _ giver: UserID, at place: OrganizationID, _ now: Date, _ audit: AuditDraft, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Acting {
        let permissions = try await LastingRights(catalogue: catalogue)(
            of: giver, at: place, on: now, in: scope, tx)
        let isRoot = place == .root(of: scope.tenant)
        return Acting(
            user: giver, permissions: permissions,
            scope: isRoot ? scope.wholeTenant : TenantScope(tenant: scope.tenant, organizations: [place]), now: now,
            audit: audit)
    }
}

extension Identity {
    /// What a role and an organization are called, for who asks for one there; throws where it cannot be held.
    package func lendable(
        _ role: RoleID, at organization: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (role: String, organization: String) {
        let found = try await LendRole(catalogue: settings.catalogue, reviews: reviews).find(
            role, at: organization, in: scope, tx)
        return (found.role.name, found.organization)
    }

    /// Gives a role for a while in the transaction of whatever decided it. One of the givers has to be somebody who could
    /// give it for good, and who is not the person: they are answered.
    package func lend(
        _ loan: RoleLoan, by givers: [UserID], at now: Date, audit: AuditDraft, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> UserID {
        try await LendRole(catalogue: settings.catalogue, reviews: reviews)(
            loan, by: givers, at: now, audit: audit, in: scope, tx)
    }

    /// Takes back roles whose time is over. Returns how many there were; call again while it is 500.
    package func endDueRoles(at now: Date) async throws -> Int {
        let due = try await database.query(
            """
            select tenant_id, user_id, role_id, org_id from role_bindings
            where ends_at is not null and ends_at <= \(now) order by ends_at limit 500
            """, in: SystemScope(reason: "roles whose time is over")
        ) { row in
            (
                tenant: try row.next(TenantID.self), user: try row.next(UserID.self), role: try row.next(RoleID.self),
                place: try row.next(OrganizationID.self)
            )
        }
        var failure: (any Error)?
        for end in due {
            // One that cannot be taken keeps no other from being taken.
            do {
                try await self.end(end.role, of: end.user, at: end.place, now, in: TenantScope(tenant: end.tenant))
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return due.count
    }

    private func end(
        _ role: RoleID, of user: UserID, at place: OrganizationID, _ now: Date, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            try await RoleStore.holdAdministrators(in: scope, tx)
            guard let account = try await AccountStore.lock(user, in: scope, tx) else { return }
            guard
                let loan = try await BindingStore.remove(role, user, place, endedBy: now, in: scope, tx)
            else { return }
            try await UserStore.bump(user, in: scope, tx)
            try await SignInLinkStore.revokeAll(of: [user], in: scope, tx)
            let entry = AuditEntry(
                action: "user.role-ended", actor: .system("roles"),
                target: AuditTarget("user", user, account.login),
                details: ["role": .string(role.text), "organization": .string(place.text)], at: now)
            try await AuditLog(database: database).append(entry, in: scope, tx)
            try await IdentityEvent.rolesChanged.publish(user.text, at: now, in: scope, tx)
            try await loan.publishEnd(of: user, because: "time", at: now, in: scope, tx)
        }
    }
}

extension Identity {
    /// What is heard of the person whose role for a while is over.
    package static var roleEnded: String { IdentityEvent.roleEnded.rawValue }
}
