import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Changes a person's names and roles.
struct ChangeUser {
    let database: Database
    let catalogue: PermissionCatalogue
    let reviews: SignInReviews

    func callAsFunction(
        _ id: UserID, to change: ChangeUserRequest, from version: Int, _ acting: Acting
    ) async throws -> User {
        try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            guard let user = try await UserStore.find(id, in: acting.scope, tx) else { throw IdentityError.notFound }
            acting.audit.target("user", id.text, name: user.login)
            try await acting.mayHandle(id, catalogue, tx)
            try await UserStore.update(
                id, login: change.login.text(\.text) ?? user.login, name: change.name.text(\.text) ?? user.name,
                email: change.email.value(or: user.email), expiresAt: try end(change.expiresAt, of: user, acting),
                from: version, in: acting.scope, tx)
            if case .set(let manager) = change.manager {
                // Who may be asked about one's own requests is somebody else's to say.
                guard id != acting.user else { throw IdentityError.notYourself }
                guard !user.hasManagerByProvider || manager == user.manager?.id else {
                    throw Invalid("is what the identity provider says: change it there", field: "manager")
                }
                try await UserStore.setManager(manager, of: id, in: acting.scope, tx)
                acting.audit.detail("manager", manager.map { .string($0.text) } ?? .null)
            }
            if case .set(let names) = change.roles { try await setRoles(names, of: id, acting, tx) }
            if case .set(let end?) = change.expiresAt {
                // Whoever leaves on a day does not count: somebody has to be left then.
                guard try await RoleStore.hasAdministrator(in: acting.scope, tx) else {
                    throw IdentityError.lastAdministrator
                }
                acting.audit.detail("expiresAt", .string(Timestamp.text(end)))
            }
            try await acting.audit.write(in: tx)
            try await IdentityEvent.userChanged.publish(id.text, at: acting.now, in: acting.scope, tx)
            guard let user = try await UserStore.find(id, in: acting.scope, tx) else { throw IdentityError.notFound }
            return user
        }
    }

    private func end(_ change: Change<Date?>, of user: User, _ acting: Acting) throws -> Date? {
        guard case .set(let end) = change else { return user.expiresAt }
        if let end, end <= acting.now { throw Invalid("must be in the future", field: "expiresAt") }
        return end
    }

    private func setRoles(_ names: [RoleName], of id: UserID, _ acting: Acting, _ tx: Transaction) async throws {
        let roles = try await RoleStore.resolve(names, catalogue, in: acting.scope, tx)
        let duties = GuardDuties(catalogue: catalogue, acting: acting, reviews: reviews)
        try await duties.mayReplace(roles, of: id, tx)
        if roles.isOfTenant {
            try roles.check(at: try await UserStore.organization(of: id, in: acting.scope, tx), in: acting.scope)
        }
        try await RoleStore.bind(roles.ids, to: id, in: acting.scope, tx)
        try await SignInLinkStore.revokeAll(of: [id], in: acting.scope, tx)
        try await duties.check(id, given: roles, tx)
        guard try await RoleStore.hasAdministrator(in: acting.scope, tx) else { throw IdentityError.lastAdministrator }
        acting.audit.detail("roles", .array(roles.ids.map { .string($0.text) }))
        try await IdentityEvent.rolesChanged.publish(id.text, at: acting.now, in: acting.scope, tx)
    }
}

extension Change {
    /// The text of a new value; nil if the old one stays.
    fileprivate func text(_ get: (Value) -> String) -> String? {
        if case .set(let value) = self { get(value) } else { nil }
    }
}

extension Change where Value == EmailAddress? {
    fileprivate func value(or old: String?) -> String? {
        if case .set(let value) = self { value?.text } else { old }
    }
}
