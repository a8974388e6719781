import HTTPAPI
import Identity
import Kernel
import Postgres

/// Shuts operators out, lets them in, and ends a lock before its time.
struct ControlOperator {
    let database: Database

    func disable(_ id: ProviderOperatorID, _ acting: OperatorActing) async throws -> ProviderOperator {
        guard id != acting.operator else { throw OperatorError.notYourself }
        return try await change(id, acting) { tx in
            try await OperatorStore.setState(.disabled, of: id, tx)
            guard try await OperatorStore.hasOperator(tx) else { throw OperatorError.lastOperator }
            try await OperatorSessionStore.endAll(of: id, tx)
            try await OperatorSignInStore.removeAll(of: id, tx)
        }
    }

    func enable(_ id: ProviderOperatorID, _ acting: OperatorActing) async throws -> ProviderOperator {
        try await change(id, acting) { tx in try await OperatorStore.setState(.active, of: id, tx) }
    }

    func unlock(_ id: ProviderOperatorID, _ acting: OperatorActing) async throws -> ProviderOperator {
        try await change(id, acting) { tx in
            try await OperatorAccountStore.setCounter(AttemptCounter(), of: id, tx)
        }
    }

    private func change(
        _ id: ProviderOperatorID, _ acting: OperatorActing, _ body: (Transaction) async throws -> Void
    ) async throws -> ProviderOperator {
        try await database.transaction(in: ProviderScope()) { tx in
            try await OperatorStore.holdOperators(tx)
            guard let before = try await OperatorStore.find(id, tx) else { throw OperatorError.notFound }
            acting.audit.target("operator", id.text, name: before.login)
            try await body(tx)
            try await acting.audit.write(in: tx)
            guard let after = try await OperatorStore.find(id, tx) else { throw OperatorError.notFound }
            return after
        }
    }
}
