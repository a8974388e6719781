import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Takes codes by e-mail for somebody's second factor, once they show one that was sent to their address.
struct ConfirmEmail {
    let database: Database
    let keys: TenantKeys
    let lockout: Lockout

    /// On the way in, as the first factor; the recovery codes are shown with it.
    func enrol(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .enrolmentConfirmed, database)
        visit.audit.target("user", stored.user.text)
        try await lockout.admit(visit.request.clientAddress, at: visit.now, in: visit.scope)
        let found = try await FindEmailCode(database: database, keys: keys)(
            of: stored.user, at: visit.now, in: visit.scope)
        // A guess like any other: whoever has the password guesses at what would let them in.
        let attempt = try await lockout.attempt(
            of: stored.user, from: visit.request.clientAddress, at: visit.now, in: visit.scope
        ) { _, tx -> FindEmailCode.Found? in
            if let found, found.matches(request.code) { return found }
            try await EmailCodeStore.countWrong(of: stored.user, in: visit.scope, tx)
            return nil
        }
        guard case .right(let code) = attempt else { throw IdentityError.codeRefused }
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            guard account.standing.mayEnrol(.email, stored.state) else { throw IdentityError.signInExpired }
            try await confirm(code, of: account, at: visit.now, in: visit.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: account.id, in: visit.scope, tx)
            try await SecondFactorStore.setRecoveryCodes(codes, of: account.id, in: visit.scope, tx)
            let outcome = try stored.state.after(
                .enrolmentConfirmed, account.standing.adding(.email), by: .email, at: visit.now)
            visit.audit.detail("factor", .string(SecondFactorKind.email.rawValue))
            try await visit.audit.write(in: tx)
            return try await advance.move(stored, token: request.token, outcome, account, in: tx).showing(codes)
        }
    }

    /// For somebody who is signed in, as one more factor.
    func add(_ request: StepUpRequest, _ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        let found = try await FindEmailCode(database: database, keys: keys)(
            of: acting.user, at: acting.now, in: acting.scope)
        guard let code = found, code.matches(request.code) else {
            try await database.transaction(in: acting.scope) { tx in
                try await EmailCodeStore.countWrong(of: acting.user, in: acting.scope, tx)
            }
            throw IdentityError.codeRefused
        }
        try await database.transaction(in: acting.scope) { tx in
            guard let account = try await AccountStore.lock(acting.user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            try await confirm(code, of: account, at: acting.now, in: acting.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    func remove(_ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        try await database.transaction(in: acting.scope) { tx in
            let account = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            guard try await EmailFactorStore.remove(acting.user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            guard account?.standing.has(besides: .email) == true else { throw IdentityError.lastSecondFactor }
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    private func confirm(
        _ code: FindEmailCode.Found, of account: Account, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard account.standing.mayAddEmail,
            try await EmailCodeStore.use(
                code.sealed, of: account.id, for: .confirmation, at: now, in: scope, tx)
        else { throw IdentityError.codeRefused }
        try await EmailFactorStore.confirm(account.id, at: now, in: scope, tx)
    }
}
