import HTTPAPI
import Kernel
import Postgres

/// The second step of a sign-in, and a fresh second factor, by the person's RADIUS server.
struct VerifyRADIUS {
    let prove: ProveRADIUS
    let settings: IdentitySettings

    func callAsFunction(_ request: RADIUSFactorRequest, _ visit: Visit) async throws -> SignInReply {
        let address = visit.request.clientAddress
        try await prove.lockout.admit(address, at: visit.now, in: visit.scope)
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .codeAccepted, prove.database)
        visit.audit.target("user", stored.user.text)
        visit.audit.detail("factor", .string(SecondFactorKind.radius.rawValue))
        // By the sign-in, and by nothing that somebody else could name.
        let proof = try await prove(
            request.answer, of: stored.user, under: ChallengeKey(factorOf: stored.id.text), from: address,
            at: visit.now, in: visit.scope)
        switch proof {
        case .wrong(let nowLocked):
            if nowLocked {
                try await RefuseSignIn(database: prove.database, settings: settings).tellLock(
                    of: stored.user, "", visit.audit, at: visit.now, in: visit.scope)
            }
            throw IdentityError.codeRefused
        case .asked(let prompt):
            visit.audit.detail("step", .string(SignInStep.challenge.rawValue))
            return SignInReply(step: .secondFactor, token: request.token, prompt: prompt)
        case .right:
            return try await prove.database.transaction(in: visit.scope) { tx in
                let (stored, account) = try await advance.hold(request.token, in: tx)
                let outcome = try stored.state.after(.codeAccepted, account.standing, by: .radius, at: visit.now)
                try await visit.audit.write(in: tx)
                let reply = try await advance.move(stored, token: request.token, outcome, account, in: tx)
                if request.remember { try await advance.remember(account, .radius, after: reply, in: tx) }
                return reply
            }
        }
    }

    /// Of somebody who is signed in.
    func stepUp(
        _ request: AnswerRADIUSRequest, _ proof: Proof, from address: String, _ acting: Acting
    ) async throws -> RADIUSReply {
        acting.audit.target("user", acting.user.text)
        guard let place = proof.session?.text ?? proof.token?.text else { throw IdentityError.browserNeeded }
        let said = try await prove(
            request.answer, of: acting.user, under: ChallengeKey(factorOf: place), from: address, at: acting.now,
            in: acting.scope)
        switch said {
        case .wrong: throw IdentityError.codeRefused
        case .asked(let prompt): return RADIUSReply(prompt: prompt)
        case .right:
            try await prove.database.transaction(in: acting.scope) { tx in
                try await DemandFactors.check(
                    .radius, of: acting.user, from: address, now: acting.now, in: acting.scope, tx)
                try await ProfileStore.setSecondFactor(.radius, of: proof, at: acting.now, in: acting.scope, tx)
                try await acting.audit.write(in: tx)
            }
            return RADIUSReply(prompt: nil)
        }
    }
}
