import FoundationEssentials
import Kernel
import Postgres

extension Lockout {
    /// What came of a proof that somebody could have guessed.
    enum Attempt<Proof> {
        case right(Proof)
        case wrong(nowLocked: Bool)
    }

    /// One look at a proof that somebody could guess: none while the account is locked, and what was wrong counts.
    ///
    /// `prove` gets the account, held until the transaction ends, and returns nil for what is wrong. Whoever has the
    /// password must not get as many tries as they like by beginning again and again.
    func attempt<Proof>(
        of user: UserID, from address: String?, at now: Date, in scope: TenantScope,
        _ prove: (Account, Transaction) async throws -> Proof?
    ) async throws -> Attempt<Proof> {
        let limits = try await limits(in: scope)
        var failed: (account: Account, reservation: Reservation)?
        let proof = try await database.transaction(in: scope) { tx -> Proof? in
            try await AccountStore.waitBriefly(tx)
            guard let account = try await AccountStore.lock(user, in: scope, tx), account.isActive,
                let reservation = try await Self.reservation(
                    for: account, from: address, within: limits, at: now, in: scope, tx)
            else { return nil }
            if let proof = try await prove(account, tx) { return proof }
            try await Self.keep(reservation, of: user, in: scope, tx)
            failed = (account, reservation)
            return nil
        }
        if let proof { return .right(proof) }
        try await count(failed?.account, failed?.reservation, from: address, at: now, in: scope)
        return .wrong(nowLocked: failed?.reservation.locksAccount ?? false)
    }
}

extension Lockout {
    /// What somebody else says to a proof.
    enum Judgement<Proof> {
        /// With how many answers of the same conversation that were counted before.
        case right(Proof, before: Int = 0)
        case wrong
        /// More is to come.
        case open(Proof, counts: Bool)
    }

    /// The same for a proof that somebody else judges, outside of any transaction: it is counted before they are asked, and
    /// given back unless they say no. What fails is no answer.
    func attempt<Question, Proof>(
        of user: UserID, from address: String?, at now: Date, in scope: TenantScope,
        prepare: (Account, Transaction) async throws -> Question?,
        judge: (Account, Question) async throws -> Judgement<Proof>
    ) async throws -> Attempt<Proof> {
        let limits = try await limits(in: scope)
        let begun = try await database.transaction(in: scope) { tx -> (Account, Reservation, Question)? in
            try await AccountStore.waitBriefly(tx)
            guard let account = try await AccountStore.lock(user, in: scope, tx), account.isActive,
                let reservation = try await Self.reservation(
                    for: account, from: address, within: limits, at: now, in: scope, tx),
                let question = try await prepare(account, tx)
            else { return nil }
            try await Self.keep(reservation, of: user, in: scope, tx)
            return (account, reservation, question)
        }
        guard let (account, reservation, question) = begun else { return .wrong(nowLocked: false) }
        func refund(_ count: Int = 1) async throws {
            try await database.transaction(in: scope) { tx in
                guard let account = try await AccountStore.lock(user, in: scope, tx) else { return }
                try await Self.refund(reservation, times: count, of: account, within: limits, at: now, in: scope, tx)
            }
        }
        let judgement: Judgement<Proof>
        do {
            judgement = try await judge(account, question)
        } catch {
            try await refund()
            if error is BlockingPool.Busy { throw IdentityError.busy }
            throw error
        }
        switch judgement {
        case .right(let proof, let before):
            try await refund(1 + before)
            return .right(proof)
        case .open(let proof, counts: false):
            try await refund()
            return .right(proof)
        case .open(let proof, counts: true): return .right(proof)
        case .wrong:
            try await count(account, reservation, from: address, at: now, in: scope)
            return .wrong(nowLocked: reservation.locksAccount)
        }
    }
}
