import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Password and code at once, for the command line, where nothing else can be asked but what a provider asks: no
/// enrolment, no change of a password, no recovery code. Without a code one is sent to whoever confirms that way, and
/// they come again with it.
struct ProveDirectly {
    enum Answer {
        case proven(DirectProof)
        case asked(PendingChallenge)
        /// The person has chosen their RADIUS server, which is asked next. Who showed the first step, if it was a provider.
        case chosen(Account, IdentityProviderID?)
    }

    let password: ProvePassword
    let providers: ProviderSignIn
    let keys: TenantKeys
    let settings: IdentitySettings
    let sendCode: SendCode

    var database: Database { password.database }
    var keep: KeepChallenge { KeepChallenge(database: database, keys: keys) }

    private var refuse: RefuseSignIn { RefuseSignIn(database: database, settings: settings) }

    func callAsFunction(
        login: String, password secret: Secret, code: String, from address: String?, at now: Date, _ audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Answer {
        let start = ContinuousClock.now
        switch try await password(login: login, password: secret, from: address, at: now, in: scope) {
        case .asked(let pending): return .asked(pending)
        case .wrong(let account, let nowLocked, let refusal):
            throw try await refuse(
                account, login: login, nowLocked: nowLocked, refusal, since: start, audit, at: now, in: scope)
        case .right(let account, let provider):
            return try await prove(
                code, of: account, login, provider, isShown: false, since: start, from: address, audit, at: now,
                in: scope)
        }
    }

    /// The same, once a provider's question has been answered.
    func callAsFunction(
        answer: Secret, to key: ChallengeKey, code: String, from address: String?, at now: Date, _ audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Answer {
        let start = ContinuousClock.now
        let challenge = ProveChallenge(prove: password, providers: providers, keep: keep)
        switch try await challenge(answer, to: key, from: address, at: now, in: scope) {
        case .asked(let pending): return .asked(pending)
        case .wrong(let account, let login, let nowLocked, let refusal):
            throw try await refuse(
                account, login: login.text, nowLocked: nowLocked, refusal, since: start, audit, at: now, in: scope)
        case .right(let account, let provider, let isSecondFactor):
            return try await prove(
                code, of: account, account.login, provider, isShown: isSecondFactor, since: start, from: address,
                audit, at: now, in: scope)
        }
    }

    /// The same, once the person's RADIUS server was chosen and has been answered. Nil for what still has to be answered.
    func callAsFunction(
        radius answer: String, of user: UserID, after provider: IdentityProviderID?, under key: ChallengeKey,
        from address: String?, at now: Date, _ audit: AuditDraft, in scope: TenantScope
    ) async throws -> (account: Account?, prompt: String) {
        let start = ContinuousClock.now
        audit.target("user", user.text)
        audit.detail("factor", .string(SecondFactorKind.radius.rawValue))
        try await self.password.lockout.admit(address, at: now, in: scope)
        let said = try await radius(
            answer, of: user, under: key, mustBeOpen: true, from: address, at: now, in: scope)
        let found = try await database.transaction(in: scope) { tx -> Account? in
            guard let account = try await AccountStore.lock(user, in: scope, tx), account.isActive else { return nil }
            // It may have been switched off while the server was asked.
            if let provider, try await !IdentityProviderStore.holdEnabled(provider, in: scope, tx) { return nil }
            guard
                try await DemandFactors.counts(.radius, of: account, at: .cli, from: address, now: now, in: scope, tx)
                    || said != .right
            else { return nil }
            return account
        }
        switch said {
        case .asked(let prompt): return (nil, prompt)
        case .wrong(let nowLocked):
            throw try await refuse(
                found, login: found?.login ?? "", nowLocked: nowLocked, since: start, audit, at: now,
                in: scope)
        case .right:
            // Who proved the first step is not known any more: a change that is due is due.
            guard let found, !found.standing.mustChangePassword else { throw IdentityError.finishInPortal }
            return (found, "")
        }
    }

    var radius: ProveRADIUS {
        ProveRADIUS(database: database, keys: keys, lockout: password.lockout, providers: providers)
    }

    /// One that was sent a moment ago is as good.
    private func send(
        by channel: CodeChannel, to user: UserID, from address: String?, _ audit: AuditDraft, at now: Date,
        in scope: TenantScope
    ) async throws {
        do {
            _ = try await sendCode(by: channel, for: .proof, to: user, from: address, at: now, in: scope)
            audit.detail("codeSent", .bool(true))
        } catch IdentityError.codeSentLately {
            audit.detail("codeSent", .bool(false))
        }
    }

    private func prove(
        _ code: String, of account: Account, _ login: String, _ provider: IdentityProviderID?, isShown: Bool,
        since start: ContinuousClock.Instant, from address: String?, _ audit: AuditDraft, at now: Date,
        in scope: TenantScope
    ) async throws -> Answer {
        audit.target("user", account.id.text, name: account.login)
        if let provider { audit.detail("provider", .string(provider.text)) }
        let account = try await database.transaction(in: scope) { tx in
            try await DemandFactors.standing(
                of: account, at: .cli, from: address, by: provider, now: now, in: scope, tx)
        }
        if isShown, account.standing.counts(.provider) {
            audit.detail("secondFactor", .string("provider"))
            return .proven(DirectProof(account, .provider, at: now, after: provider))
        }
        if account.standing.isExempt {
            guard account.standing.isReady(by: provider) else { throw IdentityError.finishInPortal }
            audit.detail("secondFactor", .string("not-asked"))
            return .proven(DirectProof(account, nil, at: now, after: provider))
        }
        guard account.standing.canTypeCode else {
            throw account.standing.isReady(by: provider) ? IdentityError.noCodeToType : .finishInPortal
        }
        if account.standing.choosesRADIUS(code) { return .chosen(account, provider) }
        if let channel = account.standing.channel(chosenBy: code) {
            try await send(by: channel, to: account.id, from: address, audit, at: now, in: scope)
            throw IdentityError.codeSent
        }
        // A wrong code is told as a wrong password is: nobody learns here that the password was right.
        let proof = try await ProveCode(database: database, keys: keys, lockout: password.lockout)(
            code, of: account.id, allowRecovery: false, from: address, at: now, in: scope)
        if case .wrong(let nowLocked) = proof {
            throw try await refuse(account, login: login, nowLocked: nowLocked, since: start, audit, at: now, in: scope)
        }
        guard account.standing.counts(proof.factor), account.standing.isReady(by: provider) else {
            throw IdentityError.finishInPortal
        }
        return .proven(DirectProof(account, proof.factor, at: now, after: provider))
    }
}

/// Who has shown everything that is asked for at the command line.
struct DirectProof {
    let account: Account
    /// Nil where no second factor is asked for.
    let shown: ShownFactor?
    let provider: IdentityProviderID?

    init(_ account: Account, _ shown: ShownFactor?, after provider: IdentityProviderID?) {
        self.account = account
        self.shown = shown
        self.provider = provider
    }

    init(_ account: Account, _ factor: ProvenFactor?, at now: Date, after provider: IdentityProviderID?) {
        self.init(account, factor.map { ShownFactor(at: now, by: $0) }, after: provider)
    }
}
