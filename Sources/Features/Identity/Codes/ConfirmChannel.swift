import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Takes codes by mail, or as text messages, for somebody's second factor, once they show one that was sent there.
struct ConfirmChannel {
    let channel: CodeChannel
    let database: Database
    let keys: TenantKeys
    let lockout: Lockout

    /// On the way in, as the first factor; the recovery codes are shown with it.
    func enrol(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .enrolmentConfirmed, database)
        visit.audit.target("user", stored.user.text)
        try await lockout.admit(visit.request.clientAddress, at: visit.now, in: visit.scope)
        let code = try await prove(
            request.code, of: stored.user, from: visit.request.clientAddress, at: visit.now, in: visit.scope)
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            guard account.standing.mayEnrol(channel.factor, stored.state) else { throw IdentityError.signInExpired }
            try await confirm(code, of: account, at: visit.now, in: visit.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: account.id, in: visit.scope, tx)
            try await SecondFactorStore.setRecoveryCodes(codes, of: account.id, in: visit.scope, tx)
            let outcome = try stored.state.after(
                .enrolmentConfirmed, account.standing.adding(channel.factor), by: channel.proof, at: visit.now)
            visit.audit.detail("factor", .string(channel.rawValue))
            try await visit.audit.write(in: tx)
            return try await advance.move(stored, token: request.token, outcome, account, in: tx).showing(codes)
        }
    }

    /// For somebody who is signed in, as one more factor.
    func add(_ request: StepUpRequest, from address: String, _ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        let code = try await prove(
            request.code, of: acting.user, from: address, at: acting.now, in: acting.scope)
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
            guard try await CodeFactorStore.remove(acting.user, by: channel, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            guard account?.standing.has(besides: channel.factor) == true else { throw IdentityError.lastSecondFactor }
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// A guess like any other: whoever has the password guesses at what would let them in.
    private func prove(
        _ typed: String, of user: UserID, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> FindCodes.Found {
        let sent = try await FindCodes(database: database, keys: keys)(of: user, at: now, in: scope)
            .first { $0.channel == channel }
        let attempt = try await lockout.attempt(of: user, from: address, at: now, in: scope) {
            _, tx -> FindCodes.Found? in
            if let sent, sent.matches(typed) { return sent }
            try await SentCodeStore.countWrong(of: user, in: scope, tx)
            return nil
        }
        guard case .right(let code) = attempt else { throw IdentityError.codeRefused }
        return code
    }

    private func confirm(
        _ code: FindCodes.Found, of account: Account, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard account.standing.mayAdd.contains(channel),
            let address = try await SentCodeStore.use(
                code, of: account.id, isProof: false, at: now, in: scope, tx)
        else { throw IdentityError.codeRefused }
        try await CodeFactorStore.confirm(address, of: account.id, by: channel, at: now, in: scope, tx)
    }
}
