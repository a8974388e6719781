package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// Agrees to a company that waits, or turns it away. The same decision again changes nothing.
struct DecideSignUp {
    let signUps: SignUps

    func approve(_ id: SignUpID, by name: String, audit: AuditDraft, at now: Date) async throws -> SignUp {
        let signUp = try await decide(id, .approved, by: name, reason: nil, audit, at: now)
        if signUp.tenant == nil { _ = try await signUps.make(signUp, mailing: true, at: now) }
        return try await found(id)
    }

    func reject(
        _ id: SignUpID, because reason: String, by name: String, audit: AuditDraft, at now: Date
    ) async throws -> SignUp {
        _ = try await decide(id, .rejected, by: name, reason: reason, audit, at: now)
        return try await found(id)
    }

    private func decide(
        _ id: SignUpID, _ state: SignUp.State, by name: String, reason: String?, _ audit: AuditDraft, at now: Date
    ) async throws -> SignUp {
        try await signUps.database.transaction(in: ProviderScope()) { tx in
            guard let signUp = try await SignUpStore.lock(id, tx) else { throw SignUpError.notFound }
            audit.target("sign-up", id.text, name: signUp.company)
            guard signUp.state != state else { return signUp }
            guard signUp.state == .waiting else { throw SignUpError.decided }
            try await SignUpStore.decide(id, state, by: name, reason: reason, at: now, tx)
            if let reason {
                let letter = SignUpLetter(
                    company: signUp.company, person: signUp.person, email: signUp.email, language: signUp.language,
                    slug: signUp.slug.text, baseDomain: signUps.address.baseDomain)
                _ = try await signUps.letters.send(letter.refusing(because: reason), nil, now, tx)
            }
            try await audit.write(in: tx)
            return signUp
        }
    }

    private func found(_ id: SignUpID) async throws -> SignUp {
        guard let signUp = try await signUps.store.find(id) else { throw SignUpError.notFound }
        return signUp
    }
}

extension SignUps {
    package func approve(_ id: SignUpID, by name: String, audit: AuditDraft, at now: Date) async throws -> SignUp {
        try await DecideSignUp(signUps: self).approve(id, by: name, audit: audit, at: now)
    }

    package func reject(
        _ id: SignUpID, because reason: String, by name: String, audit: AuditDraft, at now: Date
    ) async throws -> SignUp {
        try await DecideSignUp(signUps: self).reject(id, because: reason, by: name, audit: audit, at: now)
    }
}
