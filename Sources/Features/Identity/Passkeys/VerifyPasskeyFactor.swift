import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// The second step of a sign-in by a passkey, after a password or a provider's word.
struct VerifyPasskeyFactor {
    let database: Database
    let portal: PortalParty

    func begin(_ token: String, _ visit: Visit) async throws -> PasskeyRequestOptions {
        guard let stored = try await SignInStore.find(token, in: visit.scope, database) else {
            throw IdentityError.signInExpired
        }
        try stored.state.admits(.passkeyAccepted, at: visit.now)
        visit.audit.target("user", stored.user.text)
        return try await OfferPasskey(database: database, portal: portal, now: visit.now, scope: visit.scope).request(
            for: .secondFactor(stored.id), of: stored.user)
    }

    func callAsFunction(_ request: PasskeyFactorRequest, _ visit: Visit) async throws -> SignInReply {
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .passkeyAccepted, database)
        visit.audit.target("user", stored.user.text)
        let prove = ProvePasskey(
            database: database, party: portal.party, now: visit.now, audit: visit.audit, scope: visit.scope)
        _ = try await prove(request.credential, for: .secondFactor(stored.id), of: stored.user)
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            let reservation = try await Lockout.reservation(
                for: account, from: visit.request.clientAddress, within: AttemptLimits(), at: visit.now,
                in: visit.scope, tx)
            guard reservation != nil else { throw IdentityError.passkeyRefused }
            let outcome = try stored.state.after(.passkeyAccepted, account.standing, at: visit.now)
            try await visit.audit.write(in: tx)
            let reply = try await advance.move(stored, token: request.token, outcome, account, in: tx)
            if request.remember { try await advance.remember(account, .passkey, after: reply, in: tx) }
            return reply
        }
    }
}
