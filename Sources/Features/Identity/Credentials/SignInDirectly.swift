import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Signs the command line in: password and code against a token for half a day. A provider may ask something in between.
struct SignInDirectly {
    static let name = "cli"

    let prove: ProveDirectly

    func callAsFunction(_ request: DirectSignInRequest, _ visit: Visit) async throws -> DirectSignInReply {
        let answer = try await prove(
            login: request.login, password: request.password, code: request.code,
            from: visit.request.clientAddress, at: visit.now, visit.audit, in: visit.scope)
        return try await reply(answer, token: RandomToken().text.reveal(), request.attempt, visit)
    }

    func callAsFunction(_ request: DirectAnswerRequest, _ visit: Visit) async throws -> DirectSignInReply {
        let factor = ChallengeKey(factorToken: request.token)
        if let open = try await prove.radius.isOpen(factor, at: visit.now, in: visit.scope) {
            let (account, prompt) = try await prove(
                radius: request.answer.reveal(), of: open.user, after: open.after, under: factor,
                from: visit.request.clientAddress,
                at: visit.now, visit.audit, in: visit.scope)
            if let account {
                let proof = DirectProof(account, .radius, at: visit.now, after: open.after)
                return try await finish(proof, request.attempt, visit)
            }
            return Self.asking(request.token, prompt)
        }
        let answer = try await prove(
            answer: request.answer, to: ChallengeKey(token: request.token), code: request.code,
            from: visit.request.clientAddress, at: visit.now, visit.audit, in: visit.scope)
        return try await reply(answer, token: request.token, request.attempt, visit)
    }

    /// `token` is what the sign-in goes on by, if it has to.
    private func reply(
        _ answer: ProveDirectly.Answer, token: String, _ continued: String?, _ visit: Visit
    ) async throws -> DirectSignInReply {
        switch answer {
        case .proven(let proof): return try await finish(proof, continued, visit)
        case .chosen(let account, let provider):
            let prompt = try await prove.radius.open(
                of: account.id, after: provider, under: ChallengeKey(factorToken: token),
                from: visit.request.clientAddress,
                at: visit.now, in: visit.scope)
            return Self.asking(token, prompt)
        case .asked(let pending):
            let shown = try await PassQuestionOn(keep: prove.keep)(pending, token: token, visit)
            return DirectSignInReply(
                asking: DirectChallenge(
                    token: token, prompt: shown.prompt ?? "", codeNeeded: !pending.isSecondFactor))
        }
    }

    private static func asking(_ token: String, _ prompt: String) -> DirectSignInReply {
        DirectSignInReply(asking: DirectChallenge(token: token, prompt: prompt, codeNeeded: false))
    }

    /// `continued` is what this very program was told when it had to wait: nobody else takes the word that it waits for.
    private func finish(
        _ proof: DirectProof, _ continued: String?, _ visit: Visit
    ) async throws -> DirectSignInReply {
        let outcome = try await prove.database.transaction(in: visit.scope) { tx in
            var kept: StandingDirectProof?
            if let continued {
                kept = try await StandingDirectProof.lock(continued, at: visit.now, in: visit.scope, tx)
            }
            // Nor does anybody come in who was disabled since they proved who they are.
            guard try await AccountStore.lock(proof.account.id, in: visit.scope, tx)?.isActive == true else {
                return Outcome.out(.signInExpired, nil)
            }
            // What has ended with the person's other sign-ins, or is somebody else's, is gone on with by nobody.
            let goesOn = kept?.user == proof.account.id
            let attempt = goesOn ? continued ?? "" : RandomToken().text.reveal()
            let outcome = try await enter(proof, attempt, goesOn ? kept : nil, visit, tx)
            if case .token = outcome { try await visit.audit.write(in: tx) }
            return outcome
        }
        switch outcome {
        case .token(let token): return DirectSignInReply(token: token)
        case .waits(let attempt, let review, let asked):
            throw IdentityError.signInWaits(attempt: attempt, asked: asked, until: review.end)
        case .out(let error, let refusal):
            for detail in refusal?.details ?? [] { visit.audit.detail(detail.name, detail.value) }
            throw error
        }
    }

    enum Outcome: Sendable {
        case token(String)
        case waits(attempt: String, WaitingReview, asked: [String])
        case out(IdentityError, SignInRefusal?)
    }

    /// Everything is proven: lets the person in if the tenant's rules do.
    func enter(
        _ proof: DirectProof, _ attempt: String, _ kept: StandingDirectProof?, _ visit: Visit, _ tx: Transaction
    ) async throws -> Outcome {
        let (account, address) = (proof.account, visit.request.clientAddress)
        let signIn = SignInAttempt(
            user: account.id, login: account.login, name: account.name, entrance: .cli, address: address,
            origin: visit.origin, key: StandingDirectProof.key(attempt), now: visit.now, scope: visit.scope)
        let verdict = try await SignInGuard(reviews: visit.reviews).check(signIn, in: tx)
        if case .waits(let ticket, let end) = verdict {
            try await StandingDirectProof.keep(
                proof, attempt, from: address, until: end, at: visit.now, in: visit.scope, tx)
            return .waits(
                attempt: attempt, WaitingReview(ticket: ticket, end: end),
                asked: try await visit.reviews.asked(ticket, visit.scope, tx))
        }
        if let kept { try await SignInStore.remove(kept.id, in: visit.scope, tx) }
        switch verdict {
        case .admitted(let agreed): return .token(try await token(proof, signIn, agreed, visit, tx))
        case .denied(let refusal): return .out(.signInDenied, refusal)
        case .rejected(let refusal): return .out(.signInRejected, refusal)
        case .waits, .withdrawn: return .out(.signInExpired, nil)
        }
    }

    private func token(
        _ proof: DirectProof, _ attempt: SignInAttempt, _ agreed: SignInRuleID?, _ visit: Visit, _ tx: Transaction
    ) async throws -> String {
        let token = RandomToken(prefix: APIToken.prefix)
        let user = proof.account.id
        try await NoticeStranger(attempt: attempt, userAgent: nil)(in: tx) {
            try await AccountStore.recordSignIn(
                user, byPassword: proof.provider == nil, from: attempt.address, at: visit.now, in: visit.scope, tx)
        }
        try await APITokenStore.trim(Self.name, of: user, to: APIToken.most / 2 - 1, in: visit.scope, tx)
        try await APITokenStore.insert(
            .new(at: visit.now), Self.name, of: user, token: token, expiresAt: visit.now + APIToken.directLife,
            secondFactorAt: proof.shown?.at,
            exemptAfter: proof.shown == nil ? SessionExemption(FirstStep(proof.provider)) : nil, agreed: agreed,
            at: visit.now, in: visit.scope, tx)
        return token.text.reveal()
    }
}
