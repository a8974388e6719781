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
    /// passwords as they are; a link does so too.
    func begin(
        _ outcome: SignIn.Outcome, _ account: Account, by provider: IdentityProviderID? = nil,
        bound: IdentityProviderID? = nil, byKey: Bool = false, byLink: Bool = false, in tx: Transaction
    ) async throws -> SignInReply {
        switch outcome {
        case .waiting(let signIn):
            // A password that has to be changed is changed with a second factor: a browser that is known stands for none.
            let isChangeDue = account.standing.mustChangePassword && provider == nil
            if signIn.stage == .secondFactor, !byKey, !isChangeDue, let device = try await remembered(account, in: tx) {
                return try await complete(account, nil, nil, provider, nil, bound: bound, device: device, in: tx)
            }
            let token = RandomToken()
            try await SignInStore.insert(
                signIn, of: account.id, token: token, bound: bound, from: visit.request.clientAddress, at: visit.now,
                in: visit.scope, tx)
            return SignInReply(signIn.step, token: token.text.reveal(), account.standing, visit.rememberDays)
        case .done(let shown):
            return try await complete(
                account, nil, nil, provider, shown, bound: bound, byKey: byKey, byLink: byLink, in: tx)
        }
    }

    /// The account as it stands under the tenant's rules about second factors, held until the transaction ends. It is the one
    /// whose proof was looked at: a password that was changed meanwhile, or a person who was shut out, begins again.
    /// What a link of the person's own stands for, a password or a provider's word, nobody has said: both are asked.
    func demanding(
        _ account: Account, by provider: IdentityProviderID?, isBound: Bool = false, in tx: Transaction
    ) async throws -> Account {
        let found = try await AccountStore.lock(
            account.id, at: .web, from: visit.request.clientAddress, now: visit.now, in: visit.scope, tx)
        guard let (held, question) = found, held.isActive,
            account.passwordHash == nil || held.passwordHash == account.passwordHash
        else { throw IdentityError.signInRefused }
        return held.under(question, by: provider, isBound: isBound)
    }

    /// A link that somebody made themselves sets up no second factor, and replaces no password: whoever made it in their
    /// place would have both.
    static func mayByLink(_ outcome: SignIn.Outcome) throws(IdentityError) {
        if case .waiting(let signIn) = outcome, signIn.stage == .enrol || signIn.stage == .changePassword {
            throw .signInExpired
        }
    }

    /// A further step is done. The token stays the same, since it has not left the two who know it.
    func move(
        _ stored: StoredSignIn, token: String, _ outcome: SignIn.Outcome, _ account: Account, in tx: Transaction
    ) async throws -> SignInReply {
        if stored.bound != nil { try Self.mayByLink(outcome) }
        switch outcome {
        case .waiting(let signIn):
            try await SignInStore.update(stored.id, to: signIn, in: visit.scope, tx)
            return SignInReply(signIn.step, token: token, account.standing, visit.rememberDays)
        case .done(let shown):
            return try await complete(
                account, stored, token, stored.state.provider, shown, bound: stored.bound, byKey: stored.state.byKey,
                byLink: stored.state.byLink, in: tx)
        }
    }

    /// Row and account of a sign-in, held until the transaction ends.
    func hold(_ token: String, in tx: Transaction) async throws -> (StoredSignIn, Account) {
        guard let stored = try await SignInStore.lock(token, in: visit.scope, tx),
            let account = try await AccountStore.lock(stored.user, in: visit.scope, tx), account.isActive
        else { throw IdentityError.signInExpired }
        // A provider that was switched off meanwhile vouches for nobody.
        if let provider = stored.state.provider ?? stored.bound,
            try await !IdentityProviderStore.holdEnabled(provider, binding: stored.bound != nil, in: visit.scope, tx)
        {
            throw IdentityError.signInExpired
        }
        visit.audit.target("user", account.id.text, name: account.login)
        return (
            stored,
            try await demanding(account, by: stored.state.provider, isBound: stored.bound != nil, in: tx)
        )
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
        _ shown: ShownFactor?, bound: IdentityProviderID? = nil, byKey: Bool = false, byLink: Bool = false,
        device: [UInt8]? = nil, in tx: Transaction
    ) async throws -> SignInReply {
        // Whoever has shown no second factor comes in where none is asked for or the browser is remembered, and nowhere
        // else.
        guard shown != nil || account.standing.isExempt || device != nil else {
            throw IdentityError.signInExpired
        }
        // It may have come to that while the person waited: they begin again, and are asked for a new one.
        guard provider != nil || !account.standing.mustChangePassword else { throw IdentityError.signInExpired }
        try await TenantDoor.check(at: visit.now, in: visit.scope, tx)
        let waiting = try await wait(
            account, stored, token, provider, shown, bound: bound, byKey: byKey, byLink: byLink, in: tx)
        if let waiting { return waiting }
        if let stored { try await SignInStore.remove(stored.id, in: visit.scope, tx) }
        let address = visit.request.clientAddress
        let attempt = SignInAttempt(
            user: account.id, login: account.login, name: account.name, entrance: .web, address: address,
            origin: visit.origin, key: stored?.id.text ?? "", now: visit.now, scope: visit.scope)
        try await NoticeStranger(attempt: attempt, userAgent: visit.request.userAgent)(in: tx) {
            if byKey {
                try await AccountStore.recordKeySignIn(account.id, from: address, at: visit.now, in: visit.scope, tx)
            } else {
                try await AccountStore.recordSignIn(
                    account.id, byPassword: provider == nil && bound == nil && !byLink, from: address, at: visit.now,
                    in: visit.scope, tx)
            }
        }
        try await endOthers(of: account, in: tx)
        let token = RandomToken()
        let session = WebSessionID.new(at: visit.now)
        var exemption: SessionExemption?
        if shown == nil { exemption = SessionExemption(FirstStep(provider), onDevice: device != nil) }
        let lasting = try await lasting(for: account.id, by: provider, in: tx)
        try await WebSessionStore.insert(
            session, of: account.id, token: token, lasting: lasting, shown: shown,
            exemptAfter: exemption, device: device, bound: bound, isByProvider: provider != nil, visit.request,
            from: visit.origin.place, at: visit.now, in: visit.scope, tx)
        var details = [JSON.Member("session", .string(session.text))]
        if let provider = provider ?? bound { details.append(JSON.Member("provider", .string(provider.text))) }
        if bound != nil { details.append(JSON.Member("boundByUser", .bool(true))) }
        if let place = visit.origin.place { details.append(JSON.Member("place", place.json)) }
        if let exemption {
            let words = exemption.isDevice ? "remembered-device" : "not-asked"
            details.append(JSON.Member("secondFactor", .string(words)))
        }
        try await visit.audit.also(
            "user.signed-in", kind: "user", id: account.id.text, name: account.login, details: .object(details), in: tx)
        visit.response.set(.webSession(token, lasting: lasting))
        return SignInReply(step: .done)
    }

    /// How long the session lasts: as the tenant says, or shorter if the person's organization or the provider's session
    /// says so: the one begun last.
    private func lasting(
        for user: UserID, by provider: IdentityProviderID?, in tx: Transaction
    ) async throws -> TimeInterval {
        let said = try await tx.first(
            """
            select \(fragment: Setting.sessionMax.said(at: "u")),
              (select s.ends_at from identity_sessions s
                where s.tenant_id = u.tenant_id and s.user_id = u.user_id and s.identity_provider_id = \(provider)::uuid
                order by s.created_at desc, s.session_number desc limit 1)
            from users u where u.tenant_id = \(visit.scope.tenant) and u.user_id = \(user)
            """
        ) { (hours: try $0.next(JSON?.self), until: try $0.next(Date?.self)) }
        let hours = Setting.sessionMax.value(of: Int(visit.sessionLasts) / 3600, unless: said?.hours)
        let most = TimeInterval(hours * 3600)
        guard let until = said?.until else { return most }
        return min(most, max(until.timeIntervalSince(visit.now), 1))
    }
}
