import FoundationEssentials
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
        let test: ProviderTest
        do {
            if let prover = try await signIn.prover(
                for: candidate, from: nil, at: acting.now, in: acting.scope)
            {
                test = try await ask(prover, request, candidate.provider, acting)
            } else {
                test = try await reach(candidate, acting)
            }
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
        acting.audit.detail("outcome", .string(test.outcome.rawValue))
        try await database.transaction(in: acting.scope) { try await acting.audit.write(in: $0) }
        return test
    }

    private func ask(
        _ prover: any PasswordProver, _ request: TestIdentityProvider, _ provider: IdentityProvider, _ acting: Acting
    ) async throws -> ProviderTest {
        guard let text = request.login, let login = Login(text) else {
            throw Invalid("is no login here", field: "login")
        }
        acting.audit.detail("login", .string(login.text))
        acting.audit.detail("withPassword", .bool(request.password != nil))
        let factor = (prover as? RADIUSProver).flatMap { $0.settings.use == .secondFactor ? $0 : nil }
        let trial: ProviderTrial
        if let factor, let code = request.password {
            guard let name = factor.settings.name(of: login) else {
                throw Invalid("is no name at these servers", field: "login")
            }
            trial = try await factor.begin(name, code.reveal())
        } else {
            trial = try await prover.prove(login, request.password)
        }
        guard case .right(let profile) = trial.answer else {
            let outcome: ProviderTest.Outcome = if case .asked = trial.answer { .asked } else { .refused }
            return ProviderTest(steps: trial.steps, profile: nil, outcome: outcome)
        }
        if factor != nil { return try await found(login, after: trial.steps, acting) }
        return try await JudgeProfile(database: database, signIn: signIn)(
            profile, after: trial.steps, login, provider, acting)
    }

    /// What servers that confirm people say is about those who are here, and takes nobody in.
    private func found(_ login: Login, after steps: [ProviderStep], _ acting: Acting) async throws -> ProviderTest {
        let account = try await database.transaction(in: acting.scope) { tx in
            try await AccountStore.lock(login, in: acting.scope, tx)
        }
        let step =
            account.map { ProviderStep(.account, .passed, $0.login) }
            ?? ProviderStep(.account, .failed, ProviderRefusal.Reason.noAccount.rawValue)
        return ProviderTest(steps: steps + [step], profile: nil, outcome: account == nil ? .refused : .reached)
    }

    private func reach(_ candidate: ProviderCandidate, _ acting: Acting) async throws -> ProviderTest {
        let prover = try await signIn.browserProver(for: candidate, at: acting.now, in: acting.scope)
        let steps = try await prover.tryOut()
        let isReady = steps.allSatisfy { $0.outcome == .passed }
        return ProviderTest(steps: steps, profile: nil, outcome: isReady ? .reached : .refused)
    }
}

/// What would become of somebody whom a provider has proven.
struct JudgeProfile {
    let database: Database
    let signIn: ProviderSignIn

    /// A login counts where it was typed; a browser comes back with whoever it found.
    func callAsFunction(
        _ profile: ProviderProfile, after steps: [ProviderStep], _ login: Login?, _ provider: IdentityProvider,
        _ acting: Acting
    ) async throws -> ProviderTest {
        let admit = try await signIn.admitting(by: provider, from: nil, at: acting.now, in: acting.scope)
        let verdict = try await database.transaction(in: acting.scope) { tx in
            var typed: Account?
            if let login { typed = try await AccountStore.lock(login, in: acting.scope, tx) }
            return try await admit.verdict(on: profile, typed: typed?.id, tx)
        }
        var steps = steps
        let outcome: ProviderTest.Outcome
        switch verdict {
        case .known(let account), .bound(let account):
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
        let rules = RuleReader(provider.rules, foldsCase: provider.settings.foldsCase).matching(profile)
        steps.append(ProviderStep(.rules, .passed, rules.map(\.words).joined(separator: "; ")))
        return ProviderTest(steps: steps, profile: profile, outcome: outcome, rules: rules)
    }
}
