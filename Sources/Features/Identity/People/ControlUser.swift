import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
import Postgres

/// What administrators do to accounts: shut out and let in, unlock, take a lost second factor away.
struct ControlUser {
    let database: Database
    let catalogue: PermissionCatalogue
    let reviews: SignInReviews

    func disable(_ id: UserID, _ acting: Acting) async throws -> User {
        guard id != acting.user else { throw IdentityError.notYourself }
        return try await change(id, acting) { tx in
            try await Self.shutOut(id, reviews, at: acting.now, in: acting.scope, tx)
            guard try await RoleStore.hasAdministrator(in: acting.scope, tx) else {
                throw IdentityError.lastAdministrator
            }
        }
    }

    /// Nothing of the person is left open: browsers, sign-ins and programs at once, sessions on assets by the event. Who
    /// comes back begins anew: no program comes back with them, and no key opens ssh until they switch it on.
    static func shutOut(
        _ id: UserID, _ reviews: SignInReviews, _ news: JSON = [:], at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        if try await UserStore.setState(.disabled, of: id, in: scope, tx) {
            try await Quotas.give(.users, in: scope, tx)
        }
        try await IdentityLinkStore.forgetLeaving(id, in: scope, tx)
        try await OpenAccess.end(of: [id], reviews, at: now, in: scope, tx)
        try await IdentityEvent.userDisabled.publish(id.text, news, at: now, in: scope, tx)
    }

    func enable(_ id: UserID, _ acting: Acting) async throws -> User {
        try await change(id, acting) { tx in
            if try await UserStore.setState(.active, of: id, in: acting.scope, tx) {
                try await Quotas.take(.users, in: acting.scope, at: acting.now, tx)
            }
            // A last day that is over would shut them out again.
            try await AccountEndStore.forgetPast(id, at: acting.now, in: acting.scope, tx)
            try await IdentityLinkStore.forgetLeaving(id, in: acting.scope, tx)
            try await IdentityEvent.userEnabled.publish(id.text, at: acting.now, in: acting.scope, tx)
        }
    }

    /// Ends a lock before its time.
    func unlock(_ id: UserID, _ acting: Acting) async throws -> User {
        try await change(id, acting) { tx in
            try await AccountStore.setCounter(AttemptCounter(), of: id, in: acting.scope, tx)
            try await FamiliarAddressStore.forgive(id, in: acting.scope, tx)
        }
    }

    /// Takes a lost second factor away. The person enrols a new one at the next sign-in; until then nothing of the old
    /// one is left to come in by.
    func resetSecondFactor(_ id: UserID, _ acting: Acting) async throws -> User {
        guard id != acting.user else { throw IdentityError.notYourself }
        return try await change(id, acting) { tx in
            try await SecondFactorStore.remove(id, in: acting.scope, tx)
            // Whoever had it may have opened them.
            try await OpenAccess.end(of: [id], reviews, at: acting.now, in: acting.scope, tx)
            try await UserStore.bump(id, in: acting.scope, tx)
            try await IdentityEvent.secondFactorReset.publish(id.text, at: acting.now, in: acting.scope, tx)
        }
    }

    private func change(
        _ id: UserID, _ acting: Acting, _ body: (Transaction) async throws -> Void
    ) async throws -> User {
        try await database.transaction(in: acting.scope) { tx in
            try await RoleStore.holdAdministrators(in: acting.scope, tx)
            guard let account = try await AccountStore.lock(id, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("user", id.text, name: account.login)
            try await acting.mayHandle(id, catalogue, tx)
            try await body(tx)
            try await acting.audit.write(in: tx)
            guard let user = try await UserStore.find(id, in: acting.scope, tx) else { throw IdentityError.notFound }
            return user
        }
    }
}
