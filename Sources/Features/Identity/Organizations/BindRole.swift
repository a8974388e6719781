import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Gives and takes roles at an organization: whoever has one there has it for everything below.
struct BindRole {
    let database: Database
    let catalogue: PermissionCatalogue
    let reviews: SignInReviews

    private func guardian(_ acting: Acting) -> GuardDuties {
        GuardDuties(catalogue: catalogue, acting: acting, reviews: reviews)
    }

    func list(
        at id: OrganizationID, _ page: PageRequest, in scope: TenantScope
    ) async throws -> [RoleBinding] {
        let exists = try await database.first(
            """
            select true from organizations
            where tenant_id = \(scope.tenant) and org_id = \(id) and merged_at is null
            """, in: scope
        ) { try $0.next(Bool.self) }
        guard exists == true else { throw IdentityError.notFound }
        return try await BindingStore.list(at: id, page, in: scope, database)
    }

    func bind(_ role: RoleID, to user: UserID, at id: OrganizationID, _ acting: Acting) async throws {
        try await change(role, user, id, acting) { tx, resolved in
            // Nobody keeps what they have for a while.
            if user == acting.user,
                try await BindingStore.isLent(role, to: user, at: id, on: acting.now, in: acting.scope, tx)
            {
                throw IdentityError.notYourself
            }
            try await BindingStore.insert(role, user, id, in: acting.scope, tx)
            try await guardian(acting).check(user, given: resolved, tx)
        }
    }

    func unbind(_ role: RoleID, from user: UserID, at id: OrganizationID, _ acting: Acting) async throws {
        try await change(role, user, id, acting) { tx, _ in
            guard let removed = try await BindingStore.remove(role, user, id, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            if removed.isLent {
                try await removed.publishEnd(of: user, because: "taken-back", at: acting.now, in: acting.scope, tx)
            }
            guard try await RoleStore.hasAdministrator(in: acting.scope, tx) else {
                throw IdentityError.lastAdministrator
            }
        }
    }

    private func change(
        _ role: RoleID, _ user: UserID, _ id: OrganizationID, _ acting: Acting,
        _ body: (Transaction, ResolvedRoles) async throws -> Void
    ) async throws {
        try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            guard let organization = try await OrganizationStore.hold(id, in: acting.scope, tx),
                let account = try await AccountStore.lock(user, in: acting.scope, tx)
            else { throw IdentityError.notFound }
            acting.audit.target("organization", id.text, name: organization.name)
            acting.audit.detail("user", ["id": .string(user.text), "login": .string(account.login)])
            acting.audit.detail("role", .string(role.text))
            let resolved: ResolvedRoles
            do {
                resolved = try await RoleStore.resolve([.id(role)], catalogue, in: acting.scope, tx)
            } catch IdentityError.unknownRole {
                throw IdentityError.notFound
            }
            try await guardian(acting).mayChange(resolved, of: user, tx)
            try resolved.check(at: id, in: acting.scope)
            try await body(tx, resolved)
            try await UserStore.bump(user, in: acting.scope, tx)
            try await SignInLinkStore.revokeAll(of: [user], in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            try await IdentityEvent.rolesChanged.publish(user.text, at: acting.now, in: acting.scope, tx)
        }
    }
}

/// A role that somebody had at an organization, as it was called then.
struct RemovedBinding: Sendable {
    let role: RoleID
    let place: OrganizationID
    /// They had it for a while.
    let isLent: Bool
    let roleName: String
    let placeName: String

    func publishEnd(
        of user: UserID, because: String, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await IdentityEvent.roleEnded.publish(
            user.text,
            [
                "role": .string(role.text), "name": .string(roleName), "organization": .string(place.text),
                "organizationName": .string(placeName), "because": .string(because),
            ], at: now, in: scope, tx)
    }
}

/// The rows of roles at organizations.
enum BindingStore {
    static func list(
        at id: OrganizationID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [RoleBinding] {
        try await database.query(
            """
            select r.role_id, r.name, r.built_in, u.user_id, u.login, u.name
            from user_roles b
            join roles r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
            join users u on u.tenant_id = b.tenant_id and u.user_id = b.user_id
            where b.tenant_id = \(scope.tenant) and b.org_id = \(id) \(page)
            """, in: scope
        ) { row in
            RoleBinding(
                role: RoleReference(id: try row.next(), name: try row.next(), builtIn: try row.next()),
                user: BoundUser(id: try row.next(), login: try row.next(), name: try row.next()))
        }
    }

    /// What is given by hand no rule takes back, though one gave it too.
    static func insert(
        _ role: RoleID, _ user: UserID, _ id: OrganizationID, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            with given as (
              insert into role_bindings (tenant_id, role_id, user_id, org_id)
              values (\(scope.tenant), \(role), \(user), \(id))
              on conflict on constraint role_bindings_pk do update set ends_at = null
            ), forgotten as (
              delete from identity_given_roles g
              where g.tenant_id = \(scope.tenant) and g.user_id = \(user) and g.role_id = \(role) and g.org_id = \(id)
            )
            delete from provisioning_given_roles g
            where g.tenant_id = \(scope.tenant) and g.user_id = \(user) and g.role_id = \(role) and g.org_id = \(id)
            """)
    }

    /// Whether a person has the role there for a while.
    static func isLent(
        _ role: RoleID, to user: UserID, at id: OrganizationID, on now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            select true from roles_held(\(now)) b where b.tenant_id = \(scope.tenant) and b.role_id = \(role)
              and b.user_id = \(user) and b.org_id = \(id) and b.ends_at is not null
            """
        ) { try $0.next() } ?? false
    }

    /// Nil if there was none, or none whose time was over then.
    static func remove(
        _ role: RoleID, _ user: UserID, _ id: OrganizationID, endedBy end: Date? = nil, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> RemovedBinding? {
        try await tx.first(
            """
            delete from role_bindings b using roles r, organizations o
            where b.tenant_id = \(scope.tenant) and b.role_id = \(role) and b.user_id = \(user) and b.org_id = \(id)
              and (\(end)::timestamptz is null or b.ends_at <= \(end))
              and r.tenant_id = b.tenant_id and r.role_id = b.role_id
              and o.tenant_id = b.tenant_id and o.org_id = b.org_id
            returning b.ends_at is not null, r.name, o.name
            """
        ) { row in
            RemovedBinding(
                role: role, place: id, isLent: try row.next(), roleName: try row.next(), placeName: try row.next())
        }
    }
}
