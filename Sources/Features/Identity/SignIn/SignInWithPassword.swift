import Cryptography
import HTTPAPI
import Kernel
import Postgres

/// The first step of a sign-in in the browser.
struct SignInWithPassword {
    let prove: ProvePassword
    let settings: IdentitySettings
    let keep: KeepChallenge

    func callAsFunction(_ request: PasswordRequest, _ visit: Visit) async throws -> SignInReply {
        let start = ContinuousClock.now
        let database = prove.database
        let proof = try await prove(
            login: request.login, password: request.password, from: visit.request.clientAddress, at: visit.now,
            in: visit.scope)
        switch proof {
        case .wrong(let account, let nowLocked, let refusal):
            throw try await RefuseSignIn(database: database, settings: settings)(
                account, login: request.login, nowLocked: nowLocked, refusal, since: start, visit.audit, at: visit.now,
                in: visit.scope)
        case .asked(let pending):
            return try await PassQuestionOn(keep: keep)(pending, token: RandomToken().text.reveal(), visit)
        case .right(var account, let provider):
            visit.audit.target("user", account.id.text, name: account.login)
            if let provider {
                visit.audit.detail("provider", .string(provider.text))
            }
            return try await refunding(account, visit) {
                if provider == nil { try await rehash(&account, request.password, in: visit.scope) }
                return try await goOn(account, by: provider, visit)
            }
        }
    }

    /// What was counted for a right password is given back, whatever becomes of the sign-in.
    private func refunding(
        _ proven: Account, _ visit: Visit, _ work: () async throws -> SignInReply
    ) async throws -> SignInReply {
        do {
            return try await work()
        } catch {
            if let owed = proven.owed {
                try await prove.refund(owed, of: proven.id, at: visit.now, in: visit.scope)
            }
            throw error
        }
    }

    /// With the next step it is given back in the same transaction.
    private func goOn(
        _ proven: Account, by provider: IdentityProviderID?, _ visit: Visit
    ) async throws -> SignInReply {
        let limits = try await prove.lockout.limits(in: visit.scope)
        return try await prove.database.transaction(in: visit.scope) { tx in
            let advance = AdvanceSignIn(visit: visit)
            let account = try await advance.demanding(proven, by: provider, in: tx)
            if let owed = proven.owed {
                try await Lockout.refund(owed, of: account, within: limits, at: visit.now, in: visit.scope, tx)
            }
            let outcome = SignIn.afterPassword(account.standing, by: provider, at: visit.now)
            let reply = try await advance.begin(outcome, account, by: provider, in: tx)
            visit.audit.detail("step", .string(reply.step.rawValue))
            try await visit.audit.write(in: tx)
            return reply
        }
    }

    /// Hashes again what was hashed with the cost of years ago.
    private func rehash(_ account: inout Account, _ password: Secret, in scope: TenantScope) async throws {
        guard !account.byTemporary, let old = account.passwordHash, prove.hasher.needsRehash(old),
            let new = try? await prove.hasher.hash(password.reveal())
        else { return }
        let (id, database) = (account.id, prove.database)
        let rows = try await database.execute(
            """
            update users set password_hash = \(new)
            where tenant_id = \(scope.tenant) and user_id = \(id) and password_hash = \(old)
            """, in: scope)
        if rows == 1 { account.passwordHash = new }
    }
}
