import HTTPAPI
import Kernel
import Postgres

// Codes by mail and as text messages: one way for both.
extension Identity {
    var sendCode: SendCode {
        SendCode(database: database, keys: keys, letters: settings.letters, messages: sendSMS, tenants: tenants)
    }

    private func confirming(_ channel: CodeChannel) -> ConfirmChannel {
        ConfirmChannel(channel: channel, database: database, keys: keys, lockout: lockout)
    }

    package func sendEmailCode(_ request: SignInTokenRequest, _ visit: Visit) async throws -> SentCode {
        try await send(by: .email, to: nil, request.token, visit)
    }

    package func sendSMSCode(_ request: SendSMSRequest, _ visit: Visit) async throws -> SentCode {
        try await send(by: .sms, to: request.number, request.token, visit)
    }

    package func enrolEmail(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        try await confirming(.email).enrol(request, timed(visit))
    }

    package func enrolSMS(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        try await confirming(.sms).enrol(request, timed(visit))
    }

    package func sendEmailCode(from address: String, _ acting: Acting) async throws -> SentCode {
        try await send(by: .email, to: nil, from: address, acting)
    }

    package func sendSMSCode(
        _ request: SendOwnSMSRequest, from address: String, _ acting: Acting
    ) async throws -> SentCode {
        try await send(by: .sms, to: request.number, from: address, acting)
    }

    package func addEmailFactor(_ request: StepUpRequest, from address: String, _ acting: Acting) async throws {
        try await confirming(.email).add(request, from: address, acting)
    }

    package func addSMSFactor(_ request: StepUpRequest, from address: String, _ acting: Acting) async throws {
        try await confirming(.sms).add(request, from: address, acting)
    }

    package func removeEmailFactor(_ acting: Acting) async throws {
        try await confirming(.email).remove(acting)
    }

    package func removeSMSFactor(_ acting: Acting) async throws {
        try await confirming(.sms).remove(acting)
    }

    /// To somebody on the way in, who has confirmed the address or number or is about to.
    private func send(
        by channel: CodeChannel, to number: PhoneNumber?, _ token: String, _ visit: Visit
    ) async throws -> SentCode {
        guard let stored = try await SignInStore.find(token, in: visit.scope, database) else {
            throw IdentityError.signInExpired
        }
        let isAsked = stored.state.stage == .secondFactor
        try stored.state.admits(isAsked ? .codeAccepted : .enrolmentConfirmed, at: visit.now)
        visit.audit.target("user", stored.user.text)
        return try await sendCode(
            by: channel, for: isAsked ? .proof : .confirmation(number), to: stored.user,
            from: visit.request.clientAddress, at: visit.now, visit.audit, in: visit.scope)
    }

    /// To somebody who is signed in: to confirm that it is them, or that the address or number is theirs.
    private func send(
        by channel: CodeChannel, to number: PhoneNumber?, from address: String, _ acting: Acting
    ) async throws -> SentCode {
        acting.audit.target("user", acting.user.text)
        let account = try await database.transaction(in: acting.scope) {
            try await AccountStore.lock(acting.user, in: acting.scope, $0)
        }
        let isAsked = account?.standing.asked.contains(channel.factor) == true
        return try await sendCode(
            by: channel, for: isAsked ? .proof : .confirmation(number), to: acting.user, from: address,
            at: acting.now, acting.audit, in: acting.scope)
    }
}
