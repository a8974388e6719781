import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// Signs in by a passkey alone, which says who it is. The authenticator has verified its person, so it is both factors.
struct SignInWithPasskey {
    let database: Database
    let party: RelyingParty

    func callAsFunction(_ request: UsePasskeyRequest, _ visit: Visit) async throws -> SignInReply {
        let prove = ProvePasskey(
            database: database, party: party, now: visit.now, audit: visit.audit, scope: visit.scope)
        let passkey = try await prove(request.credential, for: .signIn, of: nil)
        visit.audit.target("user", passkey.user.text)
        return try await database.transaction(in: visit.scope) { tx in
            guard let account = try await AccountStore.lock(passkey.user, in: visit.scope, tx), account.isActive else {
                throw IdentityError.passkeyRefused
            }
            visit.audit.target("user", account.id.text, name: account.login)
            // Whom a directory vouches for comes in by it: whoever is shut out there must be out here.
            guard try await !IdentityLinkStore.isVouchedFor(account.id, in: visit.scope, tx) else {
                visit.audit.detail("reason", "provider")
                throw IdentityError.comesByProvider
            }
            let reply = try await AdvanceSignIn(visit: visit).begin(
                SignIn.afterPasskey(account.standing, at: visit.now), account, byKey: true, in: tx)
            try await visit.audit.write(in: tx)
            return reply
        }
    }
}
