import HTTPAPI
import Identity
import Kernel
import Postgres

/// Signs one of an operator's own browsers out.
struct EndOperatorSession {
    let database: Database

    func callAsFunction(_ id: ProviderSessionID, _ acting: OperatorActing) async throws {
        try await database.transaction(in: ProviderScope()) { tx in
            guard try await OperatorSessionStore.end(id, of: acting.operator, tx) else { throw OperatorError.notFound }
            acting.audit.target("provider-session", id.text)
            try await acting.audit.write(in: tx)
        }
    }
}

/// Confirms with a fresh code who sits there, for what takes a recent second factor.
struct StepUpOperator {
    let database: Database
    let seal: FactorSeal

    func callAsFunction(_ request: StepUpRequest, _ acting: OperatorActing) async throws {
        acting.audit.target("operator", acting.operator.text)
        guard
            try await ProveOperatorCode(database: database, seal: seal)(
                request.code, of: acting.operator, at: acting.now)
        else { throw IdentityError.codeRefused }
        try await database.transaction(in: ProviderScope()) { tx in
            try await OperatorSessionStore.setSecondFactor(acting.session, at: acting.now, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
