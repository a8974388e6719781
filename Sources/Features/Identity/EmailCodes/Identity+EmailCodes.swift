import HTTPAPI
import Kernel
import Postgres

// Codes by e-mail.
extension Identity {
    var sendCode: SendEmailCode { SendEmailCode(database: database, keys: keys, letters: settings.letters) }
    private var confirmEmail: ConfirmEmail { ConfirmEmail(database: database, keys: keys, lockout: lockout) }

    /// To somebody on the way in, who has confirmed the address or is about to.
    package func sendEmailCode(_ request: SignInTokenRequest, _ visit: Visit) async throws -> SentEmailCode {
        guard let stored = try await SignInStore.find(request.token, in: visit.scope, database) else {
            throw IdentityError.signInExpired
        }
        let isAsked = stored.state.stage == .secondFactor
        try stored.state.admits(isAsked ? .codeAccepted : .enrolmentConfirmed, at: visit.now)
        visit.audit.target("user", stored.user.text)
        return try await sendCode(
            for: isAsked ? .proof : .confirmation, to: stored.user, from: visit.request.clientAddress, at: visit.now,
            visit.audit, in: visit.scope)
    }

    package func enrolEmail(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        try await confirmEmail.enrol(request, timed(visit))
    }

    /// To somebody who is signed in: to confirm that it is them, or that the address is theirs.
    package func sendEmailCode(from address: String, _ acting: Acting) async throws -> SentEmailCode {
        acting.audit.target("user", acting.user.text)
        let account = try await database.transaction(in: acting.scope) {
            try await AccountStore.lock(acting.user, in: acting.scope, $0)
        }
        return try await sendCode(
            for: account?.standing.asked.contains(.email) == true ? .proof : .confirmation, to: acting.user,
            from: address, at: acting.now, acting.audit, in: acting.scope)
    }

    package func addEmailFactor(_ request: StepUpRequest, _ acting: Acting) async throws {
        try await confirmEmail.add(request, acting)
    }

    package func removeEmailFactor(_ acting: Acting) async throws {
        try await confirmEmail.remove(acting)
    }
}
