import HTTPAPI
import Kernel
import Postgres

/// Tries a whole sign-in with an administrator's own browser: out to the provider and back, every step shown. Nobody is
/// signed in by it, and nothing is changed.
struct TryProviderInBrowser {
    let database: Database
    let providers: ProviderSignIn

    func begin(
        _ id: IdentityProviderID, _ request: RequestFacts, _ response: ResponseDraft, _ acting: Acting
    ) async throws -> BrowserDeparture {
        let candidate = try await find(id, in: acting.scope)
        return try await Depart(database: database, providers: providers)(
            candidate, .tester(acting.user), returnTo: nil, request, response, at: acting.now, in: acting.scope)
    }

    func finish(
        _ id: IdentityProviderID, _ body: FinishBrowserSignIn, _ request: RequestFacts, _ acting: Acting
    ) async throws -> ProviderTest {
        let candidate = try await find(id, in: acting.scope)
        guard body.provider == id, let browser = request.cookie(BrowserAttempt.cookie),
            let taken = try await BrowserAttemptStore.take(
                state: body.state, code: body.answer.code, browser: browser, provider: id,
                traveller: .tester(acting.user), at: acting.now, in: acting.scope, database)
        else { throw IdentityError.signInExpired }
        acting.audit.target("identity-provider", id.text, name: candidate.provider.name)
        let attempt = BrowserAttempt(state: body.state, browser: browser, provider: id, at: request)
        let trial = try await Return(providers: providers)(
            taken, body.answer, of: attempt, candidate, at: acting.now, in: acting.scope)
        var test = ProviderTest(steps: trial.steps, profile: nil, outcome: .refused)
        if case .right(let profile) = trial.answer {
            test = try await JudgeProfile(database: database, signIn: providers)(
                profile, after: trial.steps, nil, candidate.provider, acting)
        }
        acting.audit.detail("outcome", .string(test.outcome.rawValue))
        try await database.transaction(in: acting.scope) { try await acting.audit.write(in: $0) }
        return test
    }

    private func find(_ id: IdentityProviderID, in scope: TenantScope) async throws -> ProviderCandidate {
        guard let candidate = try await IdentityProviderStore.find(id, in: scope, database),
            candidate.provider.settings.takesBrowsers
        else { throw IdentityError.notFound }
        return candidate
    }
}
