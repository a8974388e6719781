import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// Confirms with a passkey who sits there, for what takes a recent second factor.
struct StepUpWithPasskey {
    let database: Database
    let portal: PortalParty

    func begin(in session: WebSessionID, _ acting: Acting) async throws -> PasskeyRequestOptions {
        acting.audit.target("user", acting.user.text)
        return try await OfferPasskey(database: database, portal: portal, now: acting.now, scope: acting.scope)
            .request(for: .stepUp(session), of: acting.user)
    }

    func callAsFunction(
        _ request: UsePasskeyRequest, in session: WebSessionID, _ proof: Proof, from address: String, _ acting: Acting
    ) async throws {
        acting.audit.target("user", acting.user.text)
        let prove = ProvePasskey(
            database: database, party: portal.party, now: acting.now, audit: acting.audit, scope: acting.scope)
        _ = try await prove(request.credential, for: .stepUp(session), of: acting.user)
        try await database.transaction(in: acting.scope) { tx in
            try await DemandFactors.check(
                .passkey, of: acting.user, from: address, now: acting.now, in: acting.scope, tx)
            try await ProfileStore.setSecondFactor(.passkey, of: proof, at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
