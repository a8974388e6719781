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
