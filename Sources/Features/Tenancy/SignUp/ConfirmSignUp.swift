package import FoundationEssentials
package import HTTPAPI
import Kernel
import Postgres

/// Takes the link of a mail, once: the company is there, or waits for somebody of the provider.
struct ConfirmSignUp {
    let signUps: SignUps

    func callAsFunction(_ token: String, audit: AuditDraft, at now: Date) async throws -> SignUpOutcome {
        let mode = try await signUps.face().mode
        guard mode != .off else { throw SignUpError.closed }
        let signUp = try await signUps.database.transaction(in: ProviderScope()) { tx in
            guard let signUp = try await SignUpStore.lock(token: token, at: now, tx) else { throw SignUpError.over }
            audit.target("sign-up", signUp.id.text, name: signUp.company)
            try await SignUpStore.confirm(signUp.id, at: now, tx)
            if mode == .open {
                try await SignUpStore.decide(signUp.id, .approved, by: "sign-up", reason: nil, at: now, tx)
            }
            try await audit.write(in: tx)
            return signUp
        }
        guard mode == .open else { return SignUpOutcome(state: .waiting, company: signUp.company, invitationUrl: nil) }
        // The address is proven by the link: the next step needs no second mail.
        let created = try await signUps.make(signUp, mailing: false, at: now)
        return SignUpOutcome(state: .approved, company: signUp.company, invitationUrl: created.invitationUrl)
    }
}

extension SignUps {
    package func confirm(_ token: String, audit: AuditDraft, at now: Date) async throws -> SignUpOutcome {
        try await ConfirmSignUp(signUps: self)(token, audit: audit, at: now)
    }
}
