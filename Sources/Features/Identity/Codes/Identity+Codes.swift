package import HTTPAPI
import Kernel
import Postgres
import Tenancy

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
        _ request: SendOwnSMSRequest, _ caller: TenantAPI.Caller, from address: String, _ acting: Acting
    ) async throws -> SentCode {
        try await send(by: .sms, to: request.number, from: address, acting, Proof(caller))
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
        let advance = AdvanceSignIn(visit: visit)
        let (stored, account) = try await database.transaction(in: visit.scope) { tx in
            try await advance.hold(token, in: tx)
        }
        let isAsked = stored.state.stage == .secondFactor
        try stored.state.admits(isAsked ? .codeAccepted : .enrolmentConfirmed, at: visit.now)
        // What could not be shown or set up here anyway is not sent.
        let isOfUse =
            isAsked
            ? account.standing.asked.contains(channel.factor)
            : account.standing.mayEnrol(channel.factor, stored.state)
        guard isOfUse else { throw IdentityError.codeNotSent }
        return try await sendCode(
            by: channel, for: isAsked ? .proof : .confirmation(number), to: stored.user,
            from: visit.request.clientAddress, at: visit.now, visit.audit, in: visit.scope)
    }

    /// To somebody who is signed in: to confirm that it is them, if that counts by it, or that the address or number is
    /// theirs. A number can be anybody's: whoever has it called confirms first who they are.
    private func send(
        by channel: CodeChannel, to number: PhoneNumber?, from address: String, _ acting: Acting, _ proof: Proof? = nil
    ) async throws -> SentCode {
        acting.audit.target("user", acting.user.text)
        let age = proof == nil ? 0 : try await tenants.value(of: Setting.stepUpAge, in: acting.scope) * 60
        let isAsked = try await database.transaction(in: acting.scope) { tx in
            let account = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            guard account?.standing.asked.contains(channel.factor) == true else {
                if let proof { try await ProfileStore.checkRecent(proof, within: age, acting, tx) }
                return false
            }
            try await DemandFactors.check(
                channel.proof, of: acting.user, from: address, now: acting.now, in: acting.scope, tx)
            return true
        }
        return try await sendCode(
            by: channel, for: isAsked ? .proof : .confirmation(number), to: acting.user, from: address,
            at: acting.now, acting.audit, in: acting.scope)
    }
}
