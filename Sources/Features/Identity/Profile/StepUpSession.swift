import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Confirms with a fresh code who sits there, for what takes a recent second factor.
struct StepUpSession {
    let database: Database
    let keys: TenantKeys
    let lockout: Lockout

    func callAsFunction(
        _ request: StepUpRequest, _ proof: Proof, from address: String, _ acting: Acting
    ) async throws {
        acting.audit.target("user", acting.user.text)
        let answer = try await ProveCode(database: database, keys: keys, lockout: lockout)(
            request.code, of: acting.user, allowRecovery: false, from: address, at: acting.now, in: acting.scope)
        if case .wrong = answer { throw IdentityError.codeRefused }
        try await database.transaction(in: acting.scope) { tx in
            try await DemandFactors.check(
                answer.factor, of: acting.user, from: address, now: acting.now, in: acting.scope, tx)
            try await ProfileStore.setSecondFactor(answer.factor, of: proof, at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
