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

    /// What role and organization are called; throws `notFound`, and where the role cannot be held there.
    func names(
        _ role: RoleID, at place: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (role: String, organization: String) {
        guard let organization = try await OrganizationStore.find(place, in: scope, tx),
            let found = try await RoleStore.lock(role, catalogue, in: scope, tx)
        else { throw IdentityError.notFound }
        try await RoleStore.resolve([.id(role)], catalogue, in: scope, tx).check(at: place, in: scope)
        return (found.name, organization.name)
    }

    /// The first of the givers who could give the role for good answers for it. Throws `beyondOwnPermissions` if none could.
    func callAsFunction(
        _ loan: RoleLoan, by givers: [UserID], at now: Date, audit: AuditDraft, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await RoleStore.holdAdministrators(in: scope, tx)
        guard try await AccountStore.lock(loan.user, in: scope, tx) != nil else { throw IdentityError.notFound }
        _ = try await names(loan.role, at: loan.organization, in: scope, tx)
        let resolved = try await RoleStore.resolve([.id(loan.role)], catalogue, in: scope, tx)
        var refusal = IdentityError.beyondOwnPermissions
        for giver in givers where giver != loan.user {
            let acting = try await acting(giver, at: loan.organization, now, audit, in: scope, tx)
            let guardian = GuardDuties(catalogue: catalogue, acting: acting)
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
            try await guardian.check(loan.user, given: resolved, tx)
            try await UserStore.bump(loan.user, in: scope, tx)
            try await SignInLinkStore.revokeAll(of: [loan.user], in: scope, tx)
            try await IdentityEvent.rolesChanged.publish(loan.user.text, at: now, in: scope, tx)
            return
        }
        throw refusal
    }

    /// A giver with what they may do at the organization: roles there and above count.
    private func acting(
        _ giver: UserID, at place: OrganizationID, _ now: Date, _ audit: AuditDraft, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Acting {
        let held = try await tx.query(
            """
            select r.built_in, r.permissions from role_bindings b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id and u.state = 'active'
            join organization_ancestry y on y.tenant_id = b.tenant_id and y.ancestor_id = b.org_id
            where b.tenant_id = \(scope.tenant) and b.user_id = \(giver) and y.org_id = \(place)
            """
        ) { (try $0.next(BuiltInRole?.self), try $0.next([String].self)) }
        let permissions = catalogue.permissions(
            builtIn: held.compactMap(\.0), codes: held.flatMap { $0.0 == nil ? $0.1 : [] })
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
        try await LendRole(catalogue: settings.catalogue).names(role, at: organization, in: scope, tx)
    }

    /// Gives a role for a while in the transaction of whatever decided it. One of the givers has to be somebody who could
    /// give it for good, and who is not the person.
    package func lend(
        _ loan: RoleLoan, by givers: [UserID], at now: Date, audit: AuditDraft, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await LendRole(catalogue: settings.catalogue)(loan, by: givers, at: now, audit: audit, in: scope, tx)
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
        for end in due {
            let scope = TenantScope(tenant: end.tenant)
            try await database.transaction(in: scope) { tx in
                try await RoleStore.holdAdministrators(in: scope, tx)
                guard let account = try await AccountStore.lock(end.user, in: scope, tx) else { return }
                let gone = try await tx.execute(
                    """
                    delete from role_bindings where tenant_id = \(scope.tenant) and role_id = \(end.role)
                        and user_id = \(end.user) and org_id = \(end.place) and ends_at <= \(now)
                    """)
                guard gone == 1 else { return }
                try await UserStore.bump(end.user, in: scope, tx)
                try await SignInLinkStore.revokeAll(of: [end.user], in: scope, tx)
                let entry = AuditEntry(
                    action: "user.role-ended", actor: .system("roles"),
                    target: AuditTarget("user", end.user, account.login),
                    details: ["role": .string(end.role.text), "organization": .string(end.place.text)], at: now)
                try await AuditLog(database: database).append(entry, in: scope, tx)
                try await IdentityEvent.rolesChanged.publish(end.user.text, at: now, in: scope, tx)
            }
        }
        return due.count
    }
}
