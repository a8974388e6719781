import Cryptography
import HTTPAPI
import Kernel
import Postgres

/// Shows whoever signs in what a provider asks, and keeps the question until the answer comes.
struct PassQuestionOn {
    let keep: KeepChallenge

    func callAsFunction(_ pending: PendingChallenge, token: String, _ visit: Visit) async throws -> SignInReply {
        try await keep(
            pending, under: ChallengeKey(token: token), from: visit.request.clientAddress, at: visit.now,
            in: visit.scope)
        visit.audit.detail("login", .string(pending.challenge.login.text))
        visit.audit.detail("provider", .string(pending.challenge.provider.text))
        visit.audit.detail("step", .string(SignInStep.challenge.rawValue))
        return SignInReply(step: .challenge, token: token, prompt: pending.question.prompt)
    }
}

/// The answer to a provider's question, in the browser: what follows is what follows a password.
struct AnswerChallenge {
    let prove: ProveChallenge
    let settings: IdentitySettings

    func callAsFunction(_ request: AnswerRequest, _ visit: Visit) async throws -> SignInReply {
        let start = ContinuousClock.now
        let database = prove.prove.database
        let proof = try await prove(
            request.answer, to: ChallengeKey(token: request.token), from: visit.request.clientAddress, at: visit.now,
            in: visit.scope)
        switch proof {
        case .asked(let pending):
            return try await PassQuestionOn(keep: prove.keep)(pending, token: request.token, visit)
        case .wrong(let account, let login, let nowLocked, let refusal):
            throw try await RefuseSignIn(database: database, settings: settings)(
                account, login: login.text, nowLocked: nowLocked, refusal, since: start, visit.audit, at: visit.now,
                in: visit.scope)
        case .right(let account, let provider, let isSecondFactor):
            visit.audit.target("user", account.id.text, name: account.login)
            visit.audit.detail("provider", .string(provider.text))
            if isSecondFactor { visit.audit.detail("secondFactor", .string("provider")) }
            return try await database.transaction(in: visit.scope) { tx in
                let advance = AdvanceSignIn(visit: visit)
                let account = try await advance.demanding(account, by: provider, in: tx)
                let outcome = SignIn.afterPassword(
                    account.standing, by: provider, secondFactorAt: isSecondFactor ? visit.now : nil, at: visit.now)
                let reply = try await advance.begin(outcome, account, by: provider, in: tx)
                visit.audit.detail("step", .string(reply.step.rawValue))
                try await visit.audit.write(in: tx)
                return reply
            }
        }
    }
}
