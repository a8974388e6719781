import Cryptography
import FoundationEssentials
import HTTPAPI
import Identity
import Kernel
import Postgres

/// Takes a sign-in on to what the state machine says: keeps it for the next step, or opens the browser's session.
struct AdvanceOperatorSignIn {
    let visit: OperatorVisit

    /// The first step is done: the sign-in gets a row and a token, or is complete already.
    func begin(_ outcome: SignIn.Outcome, _ account: OperatorAccount, _ tx: Transaction) async throws -> SignInReply {
        switch outcome {
        case .waiting(let signIn):
            let token = RandomToken()
            try await OperatorSignInStore.insert(
                signIn, of: account.id, token: token, from: visit.request.clientAddress, at: visit.now, tx)
            return SignInReply(step: signIn.step, token: token.text.reveal())
        case .done(let shown): return try await complete(account, shown?.at, tx)
        }
    }

    /// A further step is done. The token stays the same, since it has not left the two who know it.
    func move(
        _ stored: StoredOperatorSignIn, token: String, _ outcome: SignIn.Outcome, _ account: OperatorAccount,
        _ tx: Transaction
    ) async throws -> SignInReply {
        switch outcome {
        case .waiting(let signIn):
            try await OperatorSignInStore.update(stored.id, to: signIn, tx)
            return SignInReply(step: signIn.step, token: token)
        case .done(let shown):
            try await OperatorSignInStore.remove(stored.id, tx)
            return try await complete(account, shown?.at, tx)
        }
    }

    /// Row and account of a sign-in, held until the transaction ends.
    func hold(_ token: String, _ tx: Transaction) async throws -> (StoredOperatorSignIn, OperatorAccount) {
        guard let stored = try await OperatorSignInStore.lock(token, tx),
            let account = try await OperatorAccountStore.lock(stored.operator, tx), account.isActive
        else { throw IdentityError.signInExpired }
        name(account)
        return (stored, account)
    }

    /// Spends one of the sign-in's tries on a proof, before it is looked at.
    func spend(_ token: String, on event: SignIn.Event, _ database: Database) async throws -> StoredOperatorSignIn {
        try await database.transaction(in: ProviderScope()) { tx in
            guard let stored = try await OperatorSignInStore.lock(token, tx) else { throw IdentityError.signInExpired }
            try stored.state.admits(event, at: visit.now)
            try await OperatorSignInStore.update(stored.id, to: try stored.state.spendingTry(at: visit.now), tx)
            return stored
        }
    }

    /// The trail says who it is that comes in.
    func name(_ account: OperatorAccount) {
        visit.audit.target("operator", account.id.text, name: account.login)
    }

    private func complete(
        _ account: OperatorAccount, _ secondFactorAt: Date?, _ tx: Transaction
    ) async throws -> SignInReply {
        // Of operators it is always asked.
        guard let secondFactorAt else { throw IdentityError.signInExpired }
        visit.audit.onBehalf(of: Principal(.provider, id: account.id.text, name: account.name))
        try await OperatorAccountStore.recordSignIn(account.id, at: visit.now, tx)
        let (token, session) = (RandomToken(), ProviderSessionID.new(at: visit.now))
        try await OperatorSessionStore.insert(
            session, of: account.id, token: token, secondFactorAt: secondFactorAt, visit.request, at: visit.now, tx)
        try await visit.audit.also(
            "operator.signed-in", kind: "operator", id: account.id.text, name: account.login,
            details: ["session": .string(session.text)], in: tx)
        visit.response.set(.operatorSession(token))
        return SignInReply(step: .done)
    }
}
