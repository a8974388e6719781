package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

// Of whom a second factor is asked.
extension Identity {
    package func factorRules(in scope: TenantScope) async throws -> FactorRules {
        try await ChangeFactorRules(database: database).show(in: scope)
    }

    package func setFactorRules(
        _ rules: SetFactorRules, from version: Int, _ request: RequestFacts, _ acting: Acting
    ) async throws -> FactorRules {
        try await ChangeFactorRules(database: database).set(rules, from: version, request, acting)
    }

    package func tryFactorRules(
        _ request: TryFactorsRequest, at now: Date, in scope: TenantScope
    ) async throws -> TryFactorsAnswer {
        try await TryFactorRules(database: database)(request, at: now, in: scope)
    }

    /// Somebody of whom none is asked wants one all the same. Browsers that have shown none end by it, this one too: the
    /// way in is where a first factor is set up.
    package func wantSecondFactor(_ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        try await database.transaction(in: acting.scope) { tx in
            _ = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            try await FactorRuleStore.want(acting.user, in: acting.scope, tx)
            try await WebSessionStore.revokeExempt(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
