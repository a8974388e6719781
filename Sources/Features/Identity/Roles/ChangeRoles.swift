import HTTPAPI
import Kernel
import Postgres

/// Makes, changes and removes a tenant's own roles. Nobody makes a role that allows more than they may do themselves, and
/// nobody touches one that does: so nobody rises by a role, also not by one that they hold.
struct ChangeRoles {
    let database: Database
    let catalogue: PermissionCatalogue

    func create(_ request: CreateRole, _ acting: Acting) async throws -> Role {
        let role = Role(
            id: .new(at: acting.now), name: request.name.text, description: request.description, builtIn: nil,
            scope: request.scope, permissions: try checked(request.permissions, request.scope, acting),
            createdAt: acting.now, version: 1)
        try await database.transaction(in: acting.scope) { tx in
            acting.audit.target("role", role.id.text, name: role.name)
            acting.audit.detail("after", role.facts)
            // One after the other, so that there are never more than there may be.
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            guard try await RoleStore.count(in: acting.scope, tx) < Role.most else {
                throw IdentityError.tooMany("There are \(Role.most) roles at most; remove one.")
            }
            try await RoleStore.insert(role, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            try await IdentityEvent.roleCreated.publish(role.id.text, at: acting.now, in: acting.scope, tx)
        }
        return role
    }

    func callAsFunction(
        _ id: RoleID, to change: ChangeRole, from version: Int, _ acting: Acting
    ) async throws -> Role {
        try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            var role = try await hold(id, acting, tx)
            guard role.version == version else { throw IdentityError.changed }
            acting.audit.detail("before", role.facts)
            if case .set(let name) = change.name { role.name = name.text }
            role.description = change.description.applied(to: role.description)
            if case .set(let codes) = change.permissions {
                role.permissions = try checked(codes, role.scope, acting)
            }
            role.version += 1
            acting.audit.detail("after", role.facts)
            try await RoleStore.update(role, in: acting.scope, tx)
            try await GuardDuties(catalogue: catalogue, acting: acting, reviews: .none).check(holdersOf: id, tx)
            try await acting.audit.write(in: tx)
            try await IdentityEvent.roleChanged.publish(id.text, at: acting.now, in: acting.scope, tx)
            return role
        }
    }

    /// Removes a role that nobody holds and nothing names.
    func remove(_ id: RoleID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            let role = try await hold(id, acting, tx)
            acting.audit.detail("before", role.facts)
            let holders = try await RoleStore.holders(of: id, in: acting.scope, tx)
            guard holders.isEmpty else { throw IdentityError.roleHeld(holders) }
            guard try await !isInRules(id, acting, tx) else { throw IdentityError.roleNamed }
            try await RoleStore.remove(id, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            try await IdentityEvent.roleDeleted.publish(id.text, at: acting.now, in: acting.scope, tx)
        }
    }

    /// Whether rules about sign-ins name the role; references in other tables are the database's to hold.
    private func isInRules(_ id: RoleID, _ acting: Acting, _ tx: Transaction) async throws -> Bool {
        let signIn = try await SignInRuleStore.lock(in: acting.scope, tx).rules.flatMap { $0.who + $0.asked }
        let factors = try await FactorRuleStore.lock(in: acting.scope, tx).rules.flatMap(\.who)
        return (signIn + factors).contains { $0.role == id }
    }

    private func hold(_ id: RoleID, _ acting: Acting, _ tx: Transaction) async throws -> Role {
        guard let role = try await RoleStore.lock(id, catalogue, in: acting.scope, tx) else {
            throw IdentityError.notFound
        }
        acting.audit.target("role", id.text, name: role.name)
        guard role.builtIn == nil else { throw IdentityError.builtInRole }
        try acting.mustHold(Set(role.permissions.map(Permission.init)))
        return role
    }

    /// The codes, each once and in order: all of them known, held by whoever asks, and of use where the role is held.
    private func checked(_ codes: [String], _ scope: RoleScope, _ acting: Acting) throws -> [String] {
        var errors: [FieldError] = []
        for (index, code) in codes.enumerated() {
            let permission = Permission(code)
            if !catalogue.all.contains(permission) {
                errors.append(FieldError(pointer: "/permissions/\(index)", message: "is no permission"))
            } else if scope == .organization, PermissionCatalogue.place(of: permission) == .tenant {
                errors.append(
                    FieldError(
                        pointer: "/permissions/\(index)", message: "is of the tenant as a whole, not of organizations"))
            }
        }
        guard errors.isEmpty else { throw FieldErrors(errors: errors) }
        let permissions = Set(codes.map(Permission.init))
        try acting.mustHold(permissions)
        return permissions.map(\.code).sorted()
    }
}

extension Acting {
    /// Whoever has to do with a role holds what it allows.
    fileprivate func mustHold(_ permissions: Set<Permission>) throws(IdentityError) {
        let missing = permissions.subtracting(self.permissions)
        guard missing.isEmpty else { throw .permissionsNotHeld(missing.map(\.code).sorted()) }
    }
}
