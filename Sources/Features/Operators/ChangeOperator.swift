import HTTPAPI
import Identity
import Kernel
import Postgres

/// Changes an operator's names and roles.
struct ChangeOperator {
    let database: Database

    func callAsFunction(
        _ id: ProviderOperatorID, to change: ChangeOperatorRequest, from version: Int, _ acting: OperatorActing
    ) async throws -> ProviderOperator {
        try await database.transaction(in: ProviderScope()) { tx in
            try await OperatorStore.holdOperators(tx)
            guard let before = try await OperatorStore.find(id, tx) else { throw OperatorError.notFound }
            acting.audit.target("operator", id.text, name: before.login)
            var (name, email, roles) = (before.name, before.email, before.roles)
            if case .set(let new) = change.name { name = new.text }
            if case .set(let new) = change.email { email = new?.text }
            if case .set(let new) = change.roles, Set(new) != Set(before.roles) {
                // Nobody gives themselves more, and nobody drops by mistake what they cannot take back.
                guard id != acting.operator else { throw OperatorError.notYourself }
                roles = new
                acting.audit.detail("roles", .array(new.map { .string($0.rawValue) }))
            }
            try await OperatorStore.update(id, name: name, email: email, roles: roles, from: version, tx)
            guard try await OperatorStore.hasOperator(tx) else { throw OperatorError.lastOperator }
            try await acting.audit.write(in: tx)
            guard let after = try await OperatorStore.find(id, tx) else { throw OperatorError.notFound }
            return after
        }
    }
}
