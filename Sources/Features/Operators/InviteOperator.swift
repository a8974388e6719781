import Cryptography
import FoundationEssentials
import HTTPAPI
import Identity
import Kernel
import Postgres

/// Makes the link by which an operator comes in and chooses a password; the one before stops working.
struct InviteOperator {
    let settings: OperatorSettings

    /// For somebody who is there already: what they came in by before is gone, the second factor too.
    func callAsFunction(
        _ id: ProviderOperatorID, _ database: Database, _ acting: OperatorActing
    ) async throws -> Invitation {
        guard id != acting.operator else { throw OperatorError.notYourself }
        return try await database.transaction(in: ProviderScope()) { tx in
            guard let account = try await OperatorAccountStore.lock(id, tx), account.isActive else {
                throw OperatorError.notFound
            }
            acting.audit.target("operator", id.text, name: account.login)
            try await OperatorAccountStore.forgetProofs(of: id, tx)
            try await OperatorSessionStore.endAll(of: id, tx)
            let url = try await link(for: id, at: acting.now, tx)
            try await acting.audit.write(in: tx)
            return Invitation(url: url)
        }
    }

    func link(for id: ProviderOperatorID, at now: Date, _ tx: Transaction) async throws -> String {
        try await OperatorSignInStore.removeAll(of: id, tx)
        let token = RandomToken()
        try await OperatorSignInStore.insert(.invitation(at: now), of: id, token: token, from: nil, at: now, tx)
        return settings.invitation(token.text.reveal())
    }
}
