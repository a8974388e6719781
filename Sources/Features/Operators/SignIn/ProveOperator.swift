import Cryptography
import FoundationEssentials
import Identity
import Kernel
import Postgres

/// Whether an operator's password is right. What it does, and how long it takes, is the same for a login that nobody
/// has, a locked one and a wrong password.
struct ProveOperatorPassword {
    enum Proof {
        case right(OperatorAccount)
        /// The account is for the audit trail, and nobody else.
        case wrong(OperatorAccount?, nowLocked: Bool)
    }

    let database: Database
    let hasher: PasswordHasher

    func callAsFunction(login: String, password: Secret, at now: Date) async throws -> Proof {
        let (account, reserved) = try await reserve(login, at: now)
        let isRight: Bool
        do {
            isRight = try await hasher.verify(
                password.reveal(), againstKnown: reserved == nil ? nil : account?.passwordHash)
        } catch {
            // Nothing was learnt about the password, so nothing counts: a flood must not lock its victims.
            if let account, reserved != nil { try await refund(account.id, at: now) }
            if error is BlockingPool.Busy { throw IdentityError.busy }
            throw error
        }
        guard isRight, let account else { return .wrong(account, nowLocked: reserved?.lockedUntil != nil) }
        try await refund(account.id, at: now)
        return .right(account)
    }

    /// Counts the attempt before it is made. No counter means that there must be none.
    private func reserve(_ login: String, at now: Date) async throws -> (OperatorAccount?, AttemptCounter?) {
        try await database.transaction(in: ProviderScope()) { tx in
            guard let login = Login(login), let account = try await OperatorAccountStore.lock(login, tx) else {
                return (nil, nil)
            }
            guard account.isActive, account.passwordHash != nil, let counter = account.counter.reserving(at: now) else {
                return (account, nil)
            }
            try await OperatorAccountStore.setCounter(counter, of: account.id, tx)
            return (account, counter)
        }
    }

    private func refund(_ id: ProviderOperatorID, at now: Date) async throws {
        try await database.transaction(in: ProviderScope()) { tx in
            guard let account = try await OperatorAccountStore.lock(id, tx) else { return }
            try await OperatorAccountStore.setCounter(account.counter.refunding(at: now), of: id, tx)
        }
    }
}

/// Whether a code of an operator's authenticator is right. A wrong one counts against the account as a wrong password
/// does.
struct ProveOperatorCode {
    let database: Database
    let seal: FactorSeal

    func callAsFunction(_ code: String, of id: ProviderOperatorID, at now: Date) async throws -> Bool {
        try await database.transaction(in: ProviderScope()) { tx in
            guard let account = try await OperatorAccountStore.lock(id, tx), account.isActive,
                let reserved = account.counter.reserving(at: now)
            else { return false }
            if let factor = try await OperatorFactorStore.lock(id, tx), factor.isConfirmed,
                let step = TOTP.verify(
                    code: code.filter { $0 != " " }, secret: try seal.open(factor.sealed, of: id), at: now,
                    lastStep: factor.lastStep)
            {
                try await OperatorFactorStore.use(step, of: id, tx)
                return true
            }
            try await OperatorAccountStore.setCounter(reserved, of: id, tx)
            return false
        }
    }
}
