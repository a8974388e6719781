import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The second step of a sign-in: a code of the authenticator or from the mailbox, or a recovery code.
struct VerifySecondFactor {
    let database: Database
    let keys: TenantKeys
    let settings: IdentitySettings
    let lockout: Lockout

    func callAsFunction(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        let address = visit.request.clientAddress
        try await lockout.admit(address, at: visit.now, in: visit.scope)
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .codeAccepted, database)
        visit.audit.target("user", stored.user.text)
        let proof = try await ProveCode(database: database, keys: keys, lockout: lockout)(
            request.code, of: stored.user, allowRecovery: true, from: address, at: visit.now, in: visit.scope)
        switch proof {
        case .wrong(let nowLocked):
            if nowLocked {
                try await RefuseSignIn(database: database, settings: settings).tellLock(
                    of: stored.user, "", visit.audit, at: visit.now, in: visit.scope)
            }
            throw IdentityError.codeRefused
        case .authenticator, .sent, .recovery:
            return try await database.transaction(in: visit.scope) { tx in
                let (stored, account) = try await advance.hold(request.token, in: tx)
                let outcome = try stored.state.after(.codeAccepted, account.standing, by: proof.factor, at: visit.now)
                if case .recovery(let left) = proof { visit.audit.detail("recoveryCodesLeft", .int(Int64(left))) }
                try await visit.audit.write(in: tx)
                let reply = try await advance.move(stored, token: request.token, outcome, account, in: tx)
                if request.remember {
                    try await advance.remember(account, proof.factor.own, after: reply, in: tx)
                }
                return reply
            }
        }
    }
}
