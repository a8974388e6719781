import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy
import WebAuthn

/// Asks: what a browser needs to make a passkey or to use one, with a challenge that is good once.
struct OfferPasskey {
    let database: Database
    let portal: PortalParty
    let now: Date
    let scope: TenantScope

    /// To use one. Somebody unknown has to be verified by the authenticator itself, since nothing else was proven.
    func request(for purpose: PasskeyPurpose, of user: UserID?) async throws -> PasskeyRequestOptions {
        try await database.transaction(in: scope) { tx in
            let allowed =
                if let user {
                    try await PasskeyStore.descriptors(of: user, at: portal.party.id, in: scope, tx)
                } else {
                    [PasskeyDescriptor]()
                }
            guard user == nil || !allowed.isEmpty else { throw IdentityError.noPasskeyHere }
            return PasskeyRequestOptions(
                challenge: try await PasskeyChallengeStore.insert(for: purpose, at: now, in: scope, tx),
                rpId: portal.party.id, timeout: PasskeyCreationOptions.timeout, allowCredentials: allowed,
                userVerification: user == nil ? "required" : "preferred")
        }
    }

    /// To make one.
    func creation(
        for purpose: PasskeyPurpose, of user: UserID, _ policy: AttestationPolicy
    ) async throws -> PasskeyCreationOptions {
        try await database.transaction(in: scope) { tx in
            guard let account = try await AccountStore.lock(user, in: scope, tx) else {
                throw IdentityError.notFound
            }
            return PasskeyCreationOptions(
                rp: PasskeyParty(id: portal.party.id, name: portal.company),
                user: PasskeyUser(id: user.handle, name: account.login, displayName: account.name),
                challenge: try await PasskeyChallengeStore.insert(for: purpose, at: now, in: scope, tx),
                pubKeyCredParams: PasskeyParameter.all, timeout: PasskeyCreationOptions.timeout,
                excludeCredentials: try await PasskeyStore.descriptors(of: user, at: portal.party.id, in: scope, tx),
                authenticatorSelection: PasskeySelection(residentKey: "preferred", userVerification: "preferred"),
                attestation: policy.conveyance)
        }
    }
}
