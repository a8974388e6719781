import HTTPAPI
import Kernel
import Postgres
import Tenancy
import WebAuthn

/// Signs in by a passkey alone, which says who it is. The authenticator has verified its person, so it is both factors.
struct SignInWithPasskey {
    let database: Database
    let party: RelyingParty
    let tenants: TenantSettings

    func callAsFunction(_ request: UsePasskeyRequest, _ visit: Visit) async throws -> SignInReply {
        let prove = ProvePasskey(
            database: database, party: party, now: visit.now, audit: visit.audit, scope: visit.scope)
        let passkey = try await prove(request.credential, for: .signIn, of: nil)
        visit.audit.target("user", passkey.user.text)
        let days = try await tenants.value(of: Setting.keyProviderDays, in: visit.scope)
        return try await database.transaction(in: visit.scope) { tx in
            guard let account = try await AccountStore.lock(passkey.user, in: visit.scope, tx), account.isActive else {
                throw IdentityError.passkeyRefused
            }
            visit.audit.target("user", account.id.text, name: account.login)
            // Whom a provider in use vouches for comes in by it: whoever is shut out there must be out here. Where it is
            // switched off, the passkey is held as an SSH key is.
            let isVouchedFor = try await IdentityLinkStore.isVouchedFor(account.id, in: visit.scope, tx)
            let hold = try await KeyHold.find(account.id, within: days, at: visit.now, in: visit.scope, tx)
            if isVouchedFor || hold != nil {
                visit.audit.detail("reason", .string(hold?.reason ?? KeyHold.signIn.reason))
                throw hold == .providerOff ? IdentityError.providerOff : .comesByProvider
            }
            let advance = AdvanceSignIn(visit: visit)
            let standing = try await advance.demanding(account, by: nil, in: tx)
            let reply = try await advance.begin(
                SignIn.afterPasskey(standing.standing, at: visit.now), standing, byKey: true, in: tx)
            try await visit.audit.write(in: tx)
            return reply
        }
    }
}
