import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Whether a password is right: the person's own here, or theirs at an identity provider. One way for web, command line
/// and SSH.
///
/// What it does is the same for a login that nobody has, a locked one and a wrong password, as far as it can be: a
/// password is hashed in any case, and `RefuseSignIn` evens out what the providers take.
struct ProvePassword {
    enum Proof {
        /// By whom, if it was not their own password here.
        case right(Account, IdentityProviderID?)
        /// A provider has a question first.
        case asked(PendingChallenge)
        /// The account and the provider's reasons are for the audit trail, and nobody else.
        case wrong(Account?, nowLocked: Bool, ProviderRefusal?)
    }

    let database: Database
    let hasher: PasswordHasher
    /// Nil where only the person's own password counts.
    let providers: ProviderSignIn?
    let lockout: Lockout
    /// Whether what was counted for a right password is left to the caller to give back, who goes on with the account anyway.
    var leavesCount = false

    /// What there is to check, once the attempt has been counted. No reservation means that there must be no attempt.
    struct Attempt {
        var account: Account?
        var reserved: Lockout.Reservation?
        var candidates: [ProviderCandidate] = []
        /// Whether a password that is good once may stand for the person's own.
        var takesTemporary = true

        var hasLocked: Bool { reserved?.locksAccount ?? false }
    }

    func callAsFunction(
        login: String, password: Secret, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        // In a flood nearly everybody is turned away, and must cost nobody's time.
        guard hasher.hasRoom(for: scope.tenant) else { throw IdentityError.busy }
        let login = Login(login)
        let seen = try await admit(login, from: address, at: now, in: scope)
        let (attempt, answer) = try await check(password, seen, from: address, at: now, in: scope) { tx in
            guard let login else {
                try await TenantDoor.check(at: now, in: scope, tx)
                return Attempt()
            }
            let (hasProviders, account) = try await TenantDoor.check(
                at: now,
                and: leavesCount ? AccountStore.lockForProof(login, in: scope) : AccountStore.lock(login, in: scope),
                in: scope, tx)
            let asks = providers != nil && hasProviders
            let enabled = asks ? try await IdentityProviderStore.enabled(for: login, in: scope, tx) : []
            return Attempt(
                account: account,
                candidates: ProviderChoice.candidates(enabled, for: login, hasAccount: account != nil))
        }
        let proof =
            if let answer { answer } else {
                try await ask(password, attempt, login, from: address, at: now, in: scope)
            }
        return try await counted(proof, attempt, from: address, at: now, in: scope)
    }

    /// The same for somebody who is signed in and confirms who they are.
    func callAsFunction(
        user: UserID, password: Secret, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        let (attempt, answer) = try await check(password, from: address, at: now, in: scope) { tx in
            let (_, account) = try await TenantDoor.check(
                at: now, and: AccountStore.lock(user, in: scope), in: scope, tx)
            return Attempt(account: account, takesTemporary: false)
        }
        let proof = answer ?? .wrong(attempt.account, nowLocked: attempt.hasLocked, nil)
        return try await counted(proof, attempt, from: address, at: now, in: scope)
    }

    /// The proof, once a wrong one has been counted where it came from.
    func counted(
        _ proof: Proof, _ attempt: Attempt, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        guard case .wrong(_, _, let refusal) = proof, refusal?.countsNot != true else { return proof }
        try await lockout.count(attempt.account, attempt.reserved, from: address, at: now, in: scope)
        return proof
    }

    /// Counts the attempt before it is made. `find` says what there is to try, once the company is open.
    ///
    /// No commit waits for the disk here: whoever tried is answered after a later one that does, of what the proof led to or
    /// of its refusal, and that one takes this along.
    func reserve(
        from address: String?, at now: Date, in scope: TenantScope, _ find: (Transaction) async throws -> Attempt
    ) async throws -> Attempt {
        let limits = try await lockout.limits(in: scope)
        return try await database.transaction(in: scope, lasting: .brief) { tx in
            try await AccountStore.waitBriefly(tx)
            var attempt = try await find(tx)
            guard let account = attempt.account else { return attempt }
            guard account.isActive,
                account.passwordHash != nil || account.temporaryHash != nil || !attempt.candidates.isEmpty,
                let reservation = try await Lockout.reservation(
                    for: account, from: address, within: limits, at: now, in: scope, tx)
            else { return Attempt(account: account) }
            try await Lockout.keep(reservation, of: account.id, in: scope, tx)
            attempt.reserved = reservation
            return attempt
        }
    }

    /// Whether the password is the person's own here; nil says that this is for their providers to tell.
    private func check(
        _ password: Secret, _ seen: Account? = nil, from address: String?, at now: Date, in scope: TenantScope,
        _ find: (Transaction) async throws -> Attempt
    ) async throws -> (Attempt, Proof?) {
        do {
            return try await hasher.inTurn(of: scope.tenant) {
                let counted = if let seen { try await reserve(seen, at: now, in: scope) } else { Attempt?.none }
                let attempt =
                    if let counted { counted } else {
                        try await reserve(from: address, at: now, in: scope, find)
                    }
                return (attempt, try await compare(password, attempt, from: address, at: now, in: scope))
            }
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
    }

    private func compare(
        _ password: Secret, _ attempt: Attempt, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Proof? {
        try await refundingUnanswered(attempt, at: now, in: scope) {
            let isRight = try await hasher.verify(
                password.reveal(), againstKnown: attempt.reserved == nil ? nil : attempt.account?.passwordHash)
            guard var account = attempt.account, attempt.reserved != nil else { return nil }
            if isRight, leavesCount {
                account.owed = attempt.reserved
                return .right(account, nil)
            }
            if isRight {
                try await refund(attempt, at: now, in: scope)
                return .right(account, nil)
            }
            guard attempt.takesTemporary,
                let entered = try await UseTemporaryPassword(database: database)(
                    password, of: account, from: address, at: now, in: scope)
            else { return nil }
            try await refund(attempt, at: now, in: scope)
            return .right(entered, nil)
        }
    }

    private func ask(
        _ password: Secret, _ attempt: Attempt, _ login: Login?, from address: String?, at now: Date,
        in scope: TenantScope
    ) async throws -> Proof {
        guard let providers, let login, !attempt.candidates.isEmpty else {
            return .wrong(attempt.account, nowLocked: attempt.hasLocked, nil)
        }
        return try await refundingUnanswered(attempt, at: now, in: scope) {
            let answer = try await providers.ask(
                attempt.candidates, login, password, typed: attempt.account?.id, from: address, at: now, in: scope)
            return try await settle(answer, attempt, login: login, at: now, in: scope)
        }
    }

    /// Nothing is learnt about a password by what fails, so nothing counts: a flood must not lock its victims.
    private func refundingUnanswered<Value>(
        _ attempt: Attempt, at now: Date, in scope: TenantScope, _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch {
            try await refund(attempt, at: now, in: scope)
            if error is BlockingPool.Busy { throw IdentityError.busy }
            throw error
        }
    }

    func settle(
        _ answer: ProviderSignIn.Answer, _ attempt: Attempt, login: Login, at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        switch answer {
        case .asked(let candidate, let question):
            // Nothing is known yet. The answer will be counted.
            try await refund(attempt, at: now, in: scope)
            let challenge = ProviderChallenge(
                first: candidate.provider.id, login, user: attempt.account?.id, at: now)
            return .asked(PendingChallenge(challenge, question, candidate.provider))
        case .admitted(let account, let provider):
            try await refund(attempt, at: now, in: scope)
            return .right(account, provider)
        case .refused(let refusal, let linked):
            if let account = attempt.account {
                if refusal.countsNot { try await refund(attempt, at: now, in: scope) }
                return .wrong(account, nowLocked: !refusal.countsNot && attempt.hasLocked, refusal)
            }
            guard let linked, let (account, nowLocked) = try await count(linked, at: now, in: scope) else {
                return .wrong(nil, nowLocked: false, refusal)
            }
            return .wrong(account, nowLocked: nowLocked, refusal)
        }
    }

    /// Counts a wrong password that came with another name of the same person, which only the provider knew.
    private func count(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> (Account, Bool)? {
        let limits = try await lockout.limits(in: scope)
        return try await database.transaction(in: scope) { tx in
            guard let account = try await AccountStore.lock(user, in: scope, tx) else { return nil }
            guard let counter = account.counter.reserving(at: now, within: limits) else { return (account, false) }
            try await AccountStore.setCounter(counter, of: user, in: scope, tx)
            return (account, counter.lockedUntil != nil)
        }
    }

    /// Gives a counted attempt back.
    func refund(_ attempt: Attempt, at now: Date, in scope: TenantScope) async throws {
        guard let account = attempt.account, let reservation = attempt.reserved else { return }
        try await refund(reservation, of: account.id, at: now, in: scope)
    }

    func refund(
        _ reservation: Lockout.Reservation, of user: UserID, at now: Date, in scope: TenantScope
    ) async throws {
        let limits = try await lockout.limits(in: scope)
        try await database.transaction(in: scope) { tx in
            guard let account = try await AccountStore.lock(user, in: scope, tx) else { return }
            try await Lockout.refund(reservation, of: account, within: limits, at: now, in: scope, tx)
        }
    }
}

/// Nobody comes into a company that is not open.
enum TenantDoor {
    /// Tells whether the company has an identity provider that is switched on, since that is what is asked next.
    @discardableResult
    static func check(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        try pass(await tx.first(statement(in: scope), Found.init), at: now)
    }

    /// The same, and holds an account besides.
    static func check(
        at now: Date, and account: AccountStore.Statement, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (hasProviders: Bool, Account?) {
        let (found, held) = try await tx.first(
            statement(in: scope), Found.init, and: account.sql, account.decode)
        return (try pass(found, at: now), held)
    }

    struct Found {
        let life: TenantLife
        let hasProviders: Bool

        init(_ row: inout Row) throws {
            life = TenantLife(try row.next(), trialEndsAt: try row.next(), graceEndsAt: try row.next())
            hasProviders = try row.next()
        }
    }

    private static func statement(in scope: TenantScope) -> SQL {
        """
        select state, trial_ends_at, grace_ends_at, exists (
          select from identity_providers p where p.tenant_id = \(scope.tenant) and p.enabled)
        from tenants where tenant_id = \(scope.tenant)
        """
    }

    private static func pass(_ found: Found?, at now: Date) throws -> Bool {
        guard let found else { throw TenancyError.notFound }
        if let closure = TenantClosure(found.life, at: now) { throw TenancyError.closed(closure) }
        return found.hasProviders
    }
}
