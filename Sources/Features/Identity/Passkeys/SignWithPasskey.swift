import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import WebAuthn

// What a person signs with a passkey for another feature, which makes the challenge of what is signed.
extension Identity {
    /// What the browser needs for the person to sign this.
    package func askToSign(
        _ challenge: [UInt8], of user: UserID, _ request: RequestFacts, in scope: TenantScope
    ) async throws -> PasskeyRequestOptions {
        let party = try await portal(request, in: scope).party
        let allowed = try await database.transaction(in: scope) { tx in
            try await PasskeyStore.descriptors(of: user, at: party.id, in: scope, tx)
        }
        guard !allowed.isEmpty else { throw IdentityError.noPasskeyHere }
        return PasskeyRequestOptions(
            challenge: challenge, rpId: party.id, timeout: PasskeyCreationOptions.timeout, allowCredentials: allowed,
            userVerification: "preferred")
    }

    /// What proves, to anybody and for good, that the person's passkey has signed this; throws `passkeyRefused`.
    package func signature(
        _ assertion: PasskeyAssertion, over challenge: [UInt8], of user: UserID, _ request: RequestFacts,
        at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> JSON {
        let party = try await portal(request, in: scope).party
        let prove = ProvePasskey(database: database, party: party, now: now, audit: audit, scope: scope)
        let passkey = try await prove(assertion, over: challenge, of: user)
        return [
            "passkey": .string(passkey.id.text), "name": .string(passkey.name), "rpId": .string(party.id),
            "algorithm": .int(Int64(passkey.key.algorithm.rawValue)),
            "publicKey": .string(Base64URL.encode(passkey.key.bytes)),
            "clientDataJSON": .string(Base64URL.encode(assertion.clientDataJSON)),
            "authenticatorData": .string(Base64URL.encode(assertion.authenticatorData)),
            "signature": .string(Base64URL.encode(assertion.signature)),
        ]
    }
}
