import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Whether a password is right. One way for web, command line and SSH.
///
/// What it does, and how long it takes, is the same for a login that nobody has, a locked one and a wrong password.
struct ProvePassword {
    enum Proof {
        case right(Account)
        /// The account is for the audit trail, and nobody else.
        case wrong(Account?, nowLocked: Bool)
    }

    let database: Database
    let hasher: PasswordHasher

    func callAsFunction(
        login: String, password: Secret, at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        let (account, reserved) = try await reserve(at: now, in: scope) { tx in
            guard let login = Login(login) else { return nil }
            return try await AccountStore.lock(login, in: scope, tx)
        }
        return try await verify(password, of: account, reserved, in: scope)
    }

    /// The same for somebody who is signed in and confirms who they are.
    func callAsFunction(
        user: UserID, password: Secret, at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        let (account, reserved) = try await reserve(at: now, in: scope) { tx in
            try await AccountStore.lock(user, in: scope, tx)
        }
        return try await verify(password, of: account, reserved, in: scope)
    }

    /// Counts the attempt before it is made. No counter means that there must be none.
    private func reserve(
        at now: Date, in scope: TenantScope, _ find: (Transaction) async throws -> Account?
    ) async throws -> (Account?, AttemptCounter?) {
        try await database.transaction(in: scope) { tx in
            try await TenantDoor.check(at: now, in: scope, tx)
            guard let account = try await find(tx) else { return (nil, nil) }
            guard account.isActive, account.passwordHash != nil, let counter = account.counter.reserving(at: now) else {
                return (account, nil)
            }
            try await AccountStore.setCounter(counter, of: account.id, in: scope, tx)
            return (account, counter)
        }
    }

    private func verify(
        _ password: Secret, of account: Account?, _ reserved: AttemptCounter?, in scope: TenantScope
    ) async throws -> Proof {
        let isRight: Bool
        do {
            isRight = try await hasher.verify(
                password.reveal(), againstKnown: reserved == nil ? nil : account?.passwordHash)
        } catch {
            // Nothing was learnt about the password, so nothing counts: a flood must not lock its victims.
            if let account, reserved != nil { try await refund(account.id, in: scope) }
            if error is BlockingPool.Busy { throw IdentityError.busy }
            throw error
        }
        guard isRight, let account else { return .wrong(account, nowLocked: reserved?.lockedUntil != nil) }
        try await refund(account.id, in: scope)
        return .right(account)
    }

    private func refund(_ user: UserID, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            guard let account = try await AccountStore.lock(user, in: scope, tx) else { return }
            try await AccountStore.setCounter(account.counter.refunding(), of: user, in: scope, tx)
        }
    }
}

/// Nobody comes into a company that is not open.
enum TenantDoor {
    static func check(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        let life = try await tx.first(
            "select state, trial_ends_at, grace_ends_at from tenants where tenant_id = \(scope.tenant)"
        ) { TenantLife(try $0.next(), trialEndsAt: try $0.next(), graceEndsAt: try $0.next()) }
        guard let life else { throw TenancyError.notFound }
        if let closure = TenantClosure(life, at: now) { throw TenancyError.closed(closure) }
    }
}
