import Cryptography
import HTTPAPI
import Identity
import Kernel
import Postgres

/// The first step by an invitation: the new operator chooses a password.
struct AcceptOperatorInvitation {
    let database: Database
    let hasher: PasswordHasher
    let breached: BreachedPasswords

    func callAsFunction(_ request: NewPasswordRequest, _ visit: OperatorVisit) async throws -> SignInReply {
        guard let stored = try await OperatorSignInStore.find(request.token, database) else {
            throw IdentityError.signInExpired
        }
        try stored.state.admits(.invitationAccepted, at: visit.now)
        visit.audit.target("operator", stored.operator.text)
        let hash = try await NewOperatorPassword(database: database, hasher: hasher, breached: breached)(
            request.password, of: stored.operator)
        let advance = AdvanceOperatorSignIn(visit: visit)
        return try await database.transaction(in: ProviderScope()) { tx in
            let (stored, account) = try await advance.hold(request.token, tx)
            let outcome = try stored.state.after(.invitationAccepted, account.standing, at: visit.now)
            try await OperatorAccountStore.setPassword(hash, of: account.id, tx)
            try await visit.audit.write(in: tx)
            return try await advance.move(stored, token: request.token, outcome, account, tx)
        }
    }
}
