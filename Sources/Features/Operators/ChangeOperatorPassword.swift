import Cryptography
import HTTPAPI
import Identity
import Kernel
import Postgres

/// Changes one's own password, which takes the one before on top of a recent second factor: an unlocked screen must not be
/// enough to take an account over. Every other browser is signed out, and links that wait to be used stop working.
struct ChangeOperatorPassword {
    let database: Database
    let hasher: PasswordHasher
    let breached: BreachedPasswords

    func callAsFunction(_ request: ChangePasswordRequest, _ acting: OperatorActing) async throws {
        acting.audit.target("operator", acting.operator.text)
        guard let person = try await OperatorStore.find(acting.operator, in: ProviderScope(), database) else {
            throw OperatorError.notFound
        }
        acting.audit.target("operator", person.id.text, name: person.login)
        let proof = try await ProveOperatorPassword(database: database, hasher: hasher)(
            login: person.login, password: request.current, at: acting.now)
        guard case .right = proof else { throw IdentityError.passwordRefused }
        let hash = try await NewOperatorPassword(database: database, hasher: hasher, breached: breached)(
            request.password, of: person.id)
        try await database.transaction(in: ProviderScope()) { tx in
            // Whoever was shut out meanwhile, or invited again, does not come back by this.
            guard let account = try await OperatorAccountStore.lock(person.id, tx), account.isActive,
                account.passwordHash != nil
            else { throw IdentityError.passwordRefused }
            try await OperatorAccountStore.setPassword(hash, of: person.id, tx)
            try await OperatorSessionStore.endAll(of: person.id, except: acting.session, tx)
            try await OperatorSignInStore.removeAll(of: person.id, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
