import Cryptography
import HTTPAPI
import Identity
import Kernel
import Postgres

/// The first step by an invitation: the new operator chooses a password.
struct AcceptOperatorInvitation {
    static let shortestPassword = 12

    let database: Database
    let hasher: PasswordHasher

    func callAsFunction(_ request: NewPasswordRequest, _ visit: OperatorVisit) async throws -> SignInReply {
        guard let stored = try await OperatorSignInStore.find(request.token, database) else {
            throw IdentityError.signInExpired
        }
        try stored.state.admits(.invitationAccepted, at: visit.now)
        visit.audit.target("operator", stored.operator.text)
        let hash = try await hash(request.password, of: stored.operator)
        let advance = AdvanceOperatorSignIn(visit: visit)
        return try await database.transaction(in: ProviderScope()) { tx in
            let (stored, account) = try await advance.hold(request.token, tx)
            let outcome = try stored.state.after(.invitationAccepted, account.standing, at: visit.now)
            try await OperatorAccountStore.setPassword(hash, of: account.id, tx)
            try await visit.audit.write(in: tx)
            return try await advance.move(stored, token: request.token, outcome, account, tx)
        }
    }

    private func hash(_ password: Secret, of id: ProviderOperatorID) async throws -> String {
        let person = try await OperatorStore.find(id, in: ProviderScope(), database)
        do throws(Invalid) {
            try PasswordPolicy.check(
                password.reveal(), words: [person?.login ?? "", person?.name ?? "", person?.email ?? ""],
                shortest: Self.shortestPassword)
        } catch {
            throw IdentityError.weakPassword(error.message)
        }
        do {
            return try await hasher.hash(password.reveal())
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
    }
}
