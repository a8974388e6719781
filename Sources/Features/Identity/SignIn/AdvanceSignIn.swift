import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Takes a sign-in on to what the state machine says: keeps it for the next step, or opens the browser's session.
struct AdvanceSignIn {
    let visit: Visit

    /// The first step is done: the sign-in gets a row and a token, or is complete already. `byKey` leaves the failures of
    /// passwords as they are.
    func begin(
        _ outcome: SignIn.Outcome, _ account: Account, byKey: Bool = false, in tx: Transaction
    ) async throws -> SignInReply {
        switch outcome {
        case .waiting(let signIn):
            let token = RandomToken()
            try await SignInStore.insert(
                signIn, of: account.id, token: token, from: visit.request.clientAddress, at: visit.now,
                in: visit.scope, tx)
            return SignInReply(signIn.step, token: token.text.reveal(), account.standing)
        case .done(let secondFactorAt):
            return try await complete(account, nil, nil, nil, secondFactorAt, byKey: byKey, in: tx)
        }
    }

    /// A further step is done. The token stays the same, since it has not left the two who know it.
    func move(
        _ stored: StoredSignIn, token: String, _ outcome: SignIn.Outcome, _ account: Account, in tx: Transaction
    ) async throws -> SignInReply {
        switch outcome {
        case .waiting(let signIn):
            try await SignInStore.update(stored.id, to: signIn, in: visit.scope, tx)
            return SignInReply(signIn.step, token: token, account.standing)
        case .done(let secondFactorAt):
            return try await complete(account, stored, token, stored.state.provider, secondFactorAt, in: tx)
        }
    }

    /// Row and account of a sign-in, held until the transaction ends.
    func hold(_ token: String, in tx: Transaction) async throws -> (StoredSignIn, Account) {
        guard let stored = try await SignInStore.lock(token, in: visit.scope, tx),
            let account = try await AccountStore.lock(stored.user, in: visit.scope, tx), account.isActive
        else { throw IdentityError.signInExpired }
        // A provider that was switched off meanwhile vouches for nobody.
        if let provider = stored.state.provider,
            try await !IdentityProviderStore.isEnabled(provider, in: visit.scope, tx)
        {
            throw IdentityError.signInExpired
        }
        visit.audit.target("user", account.id.text, name: account.login)
        return (stored, account)
    }

    /// Spends one of the sign-in's tries on a proof, before it is looked at.
    func spend(_ token: String, on event: SignIn.Event, _ database: Database) async throws -> StoredSignIn {
        try await database.transaction(in: visit.scope) { tx in
            guard let stored = try await SignInStore.lock(token, in: visit.scope, tx) else {
                throw IdentityError.signInExpired
            }
            try stored.state.admits(event, at: visit.now)
            try await SignInStore.update(
                stored.id, to: try stored.state.spendingTry(at: visit.now), in: visit.scope, tx)
            return stored
        }
    }

    /// Everything is proven: lets the person in if the tenant's rules do. `stored` and its token are those of a sign-in
    /// that took several steps.
    func complete(
        _ account: Account, _ stored: StoredSignIn?, _ token: String?, _ provider: IdentityProviderID?,
        _ secondFactorAt: Date, byKey: Bool = false, in tx: Transaction
    ) async throws -> SignInReply {
        try await TenantDoor.check(at: visit.now, in: visit.scope, tx)
        if let waiting = try await wait(account, stored, token, provider, secondFactorAt, in: tx) { return waiting }
        if let stored { try await SignInStore.remove(stored.id, in: visit.scope, tx) }
        let address = visit.request.clientAddress
        let attempt = SignInAttempt(
            user: account.id, login: account.login, name: account.name, entrance: .web, address: address,
            key: stored?.id.text ?? "", now: visit.now, scope: visit.scope)
        try await NoticeStranger(attempt: attempt, userAgent: visit.request.userAgent)(in: tx) {
            if byKey {
                try await AccountStore.recordKeySignIn(account.id, from: address, at: visit.now, in: visit.scope, tx)
            } else {
                try await AccountStore.recordSignIn(account.id, from: address, at: visit.now, in: visit.scope, tx)
            }
        }
        try await endOthers(of: account, in: tx)
        let token = RandomToken()
        let session = WebSessionID.new(at: visit.now)
        let lasting = try await lasting(for: account.id, in: tx)
        try await WebSessionStore.insert(
            session, of: account.id, token: token, lasting: lasting, secondFactorAt: secondFactorAt,
            visit.request, at: visit.now, in: visit.scope, tx)
        var details = [JSON.Member("session", .string(session.text))]
        if let provider { details.append(JSON.Member("provider", .string(provider.text))) }
        try await visit.audit.also(
            "user.signed-in", kind: "user", id: account.id.text, name: account.login, details: .object(details), in: tx)
        visit.response.set(.webSession(token, lasting: lasting))
        return SignInReply(step: .done)
    }

    /// How long the session lasts: as the tenant says, or shorter if the person's organization says so.
    private func lasting(for user: UserID, in tx: Transaction) async throws -> TimeInterval {
        let said = try await tx.first(
            """
            select \(fragment: Setting.sessionMax.said(at: "u")) from users u
            where u.tenant_id = \(visit.scope.tenant) and u.user_id = \(user)
            """
        ) { try $0.next(JSON?.self) }
        let hours = Setting.sessionMax.value(of: Int(visit.sessionLasts) / 3600, unless: said ?? nil)
        return TimeInterval(hours * 3600)
    }
}
