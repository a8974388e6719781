import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// Whether a passkey's answer is right. One way for everybody: sign-in, second factor, step-up.
struct ProvePasskey {
    let database: Database
    let party: RelyingParty
    let now: Date
    let audit: AuditDraft
    let scope: TenantScope

    /// The passkey, which is noted as used. `user` is whose it has to be; nil where the passkey says it, and then its
    /// person has been verified by the authenticator itself.
    func callAsFunction(
        _ assertion: PasskeyAssertion, for purpose: PasskeyPurpose, of user: UserID?
    ) async throws -> StoredPasskey {
        try await refusing {
            let response = try response(assertion)
            let challenge = response.clientData.challenge
            guard try await PasskeyChallengeStore.take(challenge, for: purpose, at: now, in: scope, database) else {
                throw WebAuthnRefusal.challenge
            }
            return try await prove(response, assertion.id, over: challenge, of: user)
        }
    }

    /// The passkey, where the caller has made the challenge and used it up.
    func callAsFunction(
        _ assertion: PasskeyAssertion, over challenge: [UInt8], of user: UserID
    ) async throws -> StoredPasskey {
        try await refusing { try await prove(response(assertion), assertion.id, over: challenge, of: user) }
    }

    private func refusing(_ work: () async throws -> StoredPasskey) async throws -> StoredPasskey {
        do {
            return try await work()
        } catch let refusal as WebAuthnRefusal {
            audit.detail("reason", .string(refusal.rawValue))
            throw IdentityError.passkeyRefused
        }
    }

    private func response(_ assertion: PasskeyAssertion) throws(WebAuthnRefusal) -> AssertionResponse {
        try AssertionResponse(
            credentialID: assertion.id, clientDataJSON: assertion.clientDataJSON,
            authenticatorData: assertion.authenticatorData, signature: assertion.signature,
            userHandle: assertion.userHandle)
    }

    private func prove(
        _ response: AssertionResponse, _ credential: [UInt8], over challenge: [UInt8], of user: UserID?
    ) async throws -> StoredPasskey {
        let fallen: StoredPasskey
        do {
            return try await database.transaction(in: scope) { tx in
                guard let passkey = try await PasskeyStore.lock(credential: credential, in: scope, tx),
                    user == nil || user == passkey.user
                else { throw WebAuthnRefusal.credential }
                audit.detail("passkey", .string(passkey.id.text))
                guard passkey.party == party.id else { throw WebAuthnRefusal.relyingParty }
                let count: Int
                do throws(WebAuthnRefusal) {
                    count = try response.verified(
                        by: passkey.known, challenge: challenge, for: party, needsVerification: user == nil,
                        needsUserHandle: user == nil)
                } catch {
                    throw error == .counter ? FallenCounter(passkey: passkey) : error
                }
                try await PasskeyStore.use(passkey.id, count: count, at: now, in: scope, tx)
                return passkey
            }
        } catch let error as FallenCounter {
            fallen = error.passkey
        }
        try await note(fallen)
        throw WebAuthnRefusal.counter
    }

    /// What was signed was right, and still nobody comes in by it: two authenticators count with one key.
    private func note(_ passkey: StoredPasskey) async throws {
        try await database.transaction(in: scope) { tx in
            try await PasskeyStore.noteFallenCounter(passkey.id, at: now, in: scope, tx)
            try await audit.also(
                "passkey.counter-fell", kind: "passkey", id: passkey.id.text, name: passkey.name, in: tx)
        }
    }

    private struct FallenCounter: Error {
        let passkey: StoredPasskey
    }
}
