import HTTPAPI
import Kernel
import Postgres

/// Tries a provider out as a sign-in would, for administrators: every step is shown, and nothing is changed.
struct TestProvider {
    let database: Database
    let signIn: ProviderSignIn

    func callAsFunction(
        _ id: IdentityProviderID, _ request: TestIdentityProvider, _ acting: Acting
    ) async throws -> ProviderTest {
        guard let candidate = try await IdentityProviderStore.find(id, in: acting.scope, database) else {
            throw IdentityError.notFound
        }
        acting.audit.target("identity-provider", id.text, name: candidate.provider.name)
        guard let login = Login(request.login) else { throw Invalid("is no login here", field: "login") }
        acting.audit.detail("login", .string(login.text))
        acting.audit.detail("withPassword", .bool(request.password != nil))
        let trial: ProviderTrial
        do {
            trial = try await signIn.prover(for: candidate, from: nil, in: acting.scope).prove(login, request.password)
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
        let test = try await judge(trial, login, candidate.provider, acting)
        acting.audit.detail("outcome", .string(test.outcome.rawValue))
        try await database.transaction(in: acting.scope) { try await acting.audit.write(in: $0) }
        return test
    }

    private func judge(
        _ trial: ProviderTrial, _ login: Login, _ provider: IdentityProvider, _ acting: Acting
    ) async throws -> ProviderTest {
        guard case .right(let profile) = trial.answer else {
            let outcome: ProviderTest.Outcome = if case .asked = trial.answer { .asked } else { .refused }
            return ProviderTest(steps: trial.steps, profile: nil, outcome: outcome)
        }
        let admit = AdmitSubject(
            database: database, provider: provider, address: nil, now: acting.now, scope: acting.scope)
        let verdict = try await database.transaction(in: acting.scope) { tx in
            let typed = try await AccountStore.lock(login, in: acting.scope, tx)
            return try await admit.verdict(on: profile, typed: typed?.id, tx)
        }
        var steps = trial.steps
        let outcome: ProviderTest.Outcome
        switch verdict {
        case .known(let account):
            outcome = .known
            steps.append(ProviderStep(.account, .passed, account.login))
        case .link(let account):
            outcome = .linked
            steps.append(ProviderStep(.account, .passed, account.login))
        case .create(let user):
            outcome = .created
            steps.append(ProviderStep(.account, .passed, user.login.text))
        case .refused(let reason):
            steps.append(ProviderStep(.account, .failed, reason.rawValue))
            return ProviderTest(steps: steps, profile: profile, outcome: .refused)
        }
        let rules = GroupRules.matching(provider.rules, profile.groups)
        steps.append(ProviderStep(.rules, .passed, rules.map(\.directoryGroup).joined(separator: "; ")))
        return ProviderTest(steps: steps, profile: profile, outcome: outcome)
    }
}
