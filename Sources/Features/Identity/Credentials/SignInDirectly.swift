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
            if let account { return try await finish(account, nil, request.attempt, visit) }
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
        case .proven(let account, let exemption): return try await finish(account, exemption, continued, visit)
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
        _ account: Account, _ exemption: SessionExemption?, _ continued: String?, _ visit: Visit
    ) async throws -> DirectSignInReply {
        let continuation = continued ?? RandomToken().text.reveal()
        let token = RandomToken(prefix: APIToken.prefix)
        let address = visit.request.clientAddress
        let attempt = SignInAttempt(
            user: account.id, login: account.login, name: account.name, entrance: .cli, address: address,
            key: "cli \(RandomToken.hash(of: continuation).hex)", now: visit.now, scope: visit.scope)
        let verdict = try await prove.database.transaction(in: visit.scope) { tx in
            let verdict = try await SignInGuard(reviews: visit.reviews).check(attempt, in: tx)
            guard case .admitted(let agreed) = verdict else { return verdict }
            try await NoticeStranger(attempt: attempt, userAgent: nil)(in: tx) {
                try await AccountStore.recordSignIn(account.id, from: address, at: visit.now, in: visit.scope, tx)
            }
            try await APITokenStore.trim(Self.name, of: account.id, to: APIToken.most / 2 - 1, in: visit.scope, tx)
            try await APITokenStore.insert(
                .new(at: visit.now), Self.name, of: account.id, token: token,
                expiresAt: visit.now + APIToken.directLife, secondFactorAt: exemption == nil ? visit.now : nil,
                exemptAfter: exemption, agreed: agreed,
                at: visit.now,
                in: visit.scope, tx)
            try await visit.audit.write(in: tx)
            return verdict
        }
        switch verdict {
        case .admitted: break
        case .denied(let refusal):
            for detail in refusal.details { visit.audit.detail(detail.name, detail.value) }
            throw IdentityError.signInDenied
        case .rejected(let refusal):
            for detail in refusal.details { visit.audit.detail(detail.name, detail.value) }
            throw IdentityError.signInRejected
        case .waits, .withdrawn: throw IdentityError.signInWaits(attempt: continuation)
        }
        return DirectSignInReply(token: token.text.reveal())
    }
}
