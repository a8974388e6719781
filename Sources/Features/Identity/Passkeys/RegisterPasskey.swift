import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// Takes a passkey that a browser has made. The check comes first, then the caller's transaction keeps it.
struct RegisterPasskey {
    let database: Database
    let party: RelyingParty
    let policy: AttestationPolicy
    let now: Date
    let audit: AuditDraft
    let scope: TenantScope

    func check(_ attestation: PasskeyAttestation, for purpose: PasskeyPurpose) async throws -> NewPasskey {
        do {
            let response = try RegistrationResponse(
                clientDataJSON: attestation.clientDataJSON, attestationObject: attestation.attestationObject)
            let challenge = response.clientData.challenge
            guard try await PasskeyChallengeStore.take(challenge, for: purpose, at: now, in: scope, database) else {
                throw WebAuthnRefusal.challenge
            }
            return try response.verified(
                challenge: challenge, for: party, needsVerification: false, policy: policy, at: now)
        } catch let refusal as WebAuthnRefusal {
            audit.detail("reason", .string(refusal.rawValue))
            throw [.model, .attestation, .issuer].contains(refusal)
                ? IdentityError.passkeyModelRefused : IdentityError.passkeyRefused
        }
    }

    /// The account is held by the caller.
    func keep(
        _ passkey: NewPasskey, named name: String, transports: [String], of user: UserID, in tx: Transaction
    ) async throws -> Passkey {
        guard try await PasskeyStore.count(of: user, in: scope, tx) < Passkey.most else {
            throw IdentityError.tooMany("A person has \(Passkey.most) passkeys at most; remove one.")
        }
        let id = PasskeyID.new(at: now)
        try await PasskeyStore.insert(
            id, name, passkey, at: party.id, of: user, transports: transports, at: now, in: scope, tx)
        audit.detail("model", .string(passkey.model.uuidString.lowercased()))
        return Passkey(
            id: id, name: name, model: passkey.model, isSynced: passkey.isBackupEligible, createdAt: now,
            lastUsedAt: nil, counterFellAt: nil)
    }
}
