import HTTPAPI
import Kernel
import Postgres

/// Says at which RADIUS server somebody confirms who they are, and takes it back.
struct AssignRADIUS {
    let database: Database
    let catalogue: PermissionCatalogue
    let directory: Directory
    let reviews: SignInReviews

    func show(_ user: UserID, in scope: TenantScope) async throws -> RADIUSFactor {
        guard try await directory.user(user, in: scope) != nil else { throw IdentityError.notFound }
        let provider = try await RADIUSFactorStore.provider(of: user, in: scope, database)
        return RADIUSFactor(provider: provider?.id, name: provider?.name)
    }

    func callAsFunction(
        _ id: IdentityProviderID, to user: UserID, _ acting: Acting
    ) async throws -> RADIUSFactor {
        guard try await directory.user(user, in: acting.scope) != nil else { throw IdentityError.notFound }
        guard let candidate = try await IdentityProviderStore.find(id, in: acting.scope, database),
            case .radius(let settings) = candidate.provider.settings, settings.use == .secondFactor
        else { throw Invalid("must be RADIUS servers that are for the second factor", field: "provider") }
        acting.audit.detail("provider", .string(id.text))
        try await change(user, acting) { login, tx in
            // Held, so that two who have the same name there come one after the other.
            _ = try await IdentityProviderStore.lock(id, in: acting.scope, tx)
            let others = try await RADIUSFactorStore.logins(at: id, but: user, in: acting.scope, tx)
            guard let name = Login(login).flatMap(settings.name), !others.compactMap(settings.name).contains(name)
            else {
                throw Invalid("knows somebody else by this person's name", field: "provider")
            }
            try await RADIUSFactorStore.assign(id, to: user, at: acting.now, in: acting.scope, tx)
        }
        return RADIUSFactor(provider: id, name: candidate.provider.name)
    }

    /// As a lost second factor is taken away: nothing is left open that was opened by it.
    func remove(from user: UserID, _ acting: Acting) async throws {
        guard user != acting.user else { throw IdentityError.notYourself }
        try await change(user, acting) { _, tx in
            guard try await RADIUSFactorStore.remove(user, in: acting.scope, tx) else { throw IdentityError.notFound }
            try await OpenAccess.end(of: [user], reviews, at: acting.now, in: acting.scope, tx)
            try await IdentityEvent.secondFactorReset.publish(user.text, at: acting.now, in: acting.scope, tx)
        }
    }

    private func change(
        _ user: UserID, _ acting: Acting, _ body: (String, Transaction) async throws -> Void
    ) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let account = try await AccountStore.lock(user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("user", user.text, name: account.login)
            try await acting.mayHandle(user, catalogue, tx)
            try await body(account.login, tx)
            try await RememberedDeviceStore.forgetAll(of: user, in: acting.scope, tx)
            try await UserStore.bump(user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
