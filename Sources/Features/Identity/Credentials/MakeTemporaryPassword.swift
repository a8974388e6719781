import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Makes a password that is good once: for oneself, or for somebody who has no way in.
struct MakeTemporaryPassword {
    let database: Database
    let catalogue: PermissionCatalogue
    let tenants: TenantSettings

    /// Who has no password here that it could stand for is held as their SSH keys are: one after the other, such passwords
    /// would let in for ever whom a provider that is switched off knew.
    func forOneself(_ acting: Acting) async throws -> TemporaryPassword {
        let days = try await tenants.value(of: Setting.keyProviderDays, in: acting.scope)
        return try await make(for: acting.user, lasting: TemporaryPassword.ownLife, acting) { account, tx in
            guard account.passwordHash == nil else { return }
            let hold = try await KeyHold.find(account.id, within: days, at: acting.now, in: acting.scope, tx)
            guard hold == nil else { throw IdentityError.noPasswordHere }
        }
    }

    /// Whoever hands it over knows it, so its person has to choose a password of their own with it.
    func callAsFunction(for user: UserID, _ acting: Acting) async throws -> TemporaryPassword {
        guard user != acting.user else { throw IdentityError.notYourself }
        return try await make(for: user, lasting: TemporaryPassword.givenLife, acting) { account, tx in
            try await acting.mayHandle(account.id, catalogue, tx)
            try await AccountStore.requireChange(of: account.id, in: acting.scope, tx)
        }
    }

    private func make(
        for user: UserID, lasting seconds: TimeInterval, _ acting: Acting,
        _ allow: (Account, Transaction) async throws -> Void
    ) async throws -> TemporaryPassword {
        let (text, end) = (TemporaryPassword.text(), acting.now + seconds)
        try await database.transaction(in: acting.scope) { tx in
            guard let account = try await AccountStore.lock(user, in: acting.scope, tx), account.isActive else {
                throw IdentityError.notFound
            }
            acting.audit.target("user", user.text, name: account.login)
            // Whom a directory vouches for comes in by it: whoever is shut out there must be out here.
            guard try await !IdentityLinkStore.isVouchedFor(user, in: acting.scope, tx) else {
                throw IdentityError.noPasswordHere
            }
            try await allow(account, tx)
            try await TemporaryPasswordStore.set(
                TemporaryPassword.hash(of: text), of: user, until: end, at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
        return TemporaryPassword(password: text, expiresAt: end)
    }
}
