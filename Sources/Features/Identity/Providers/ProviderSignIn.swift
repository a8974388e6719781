import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import LDAP
import Outbound
import Postgres
import RADIUS
import Tenancy

/// Asks the providers of a tenant about a login and a password. One way for web, command line and SSH.
struct ProviderSignIn {
    enum Answer {
        case admitted(Account, IdentityProviderID)
        /// The account is the one that the subject is linked to, for the counter.
        case refused(ProviderRefusal, linked: UserID?)
        /// The provider wants to know more first.
        case asked(ProviderCandidate, ProviderQuestion)
    }

    let database: Database
    let keys: TenantKeys
    let directories: ProviderDirectories
    let catalogue: PermissionCatalogue
    let tenants: TenantSettings

    func ask(
        _ candidates: [ProviderCandidate], _ login: Login, _ password: Secret, typed: UserID?, from address: String?,
        at now: Date, in scope: TenantScope
    ) async throws -> Answer {
        let start = ContinuousClock.now
        defer { directories.note(.now - start, in: scope) }
        var last = ProviderRefusal(provider: nil, reason: .unknown)
        var lastLinked: UserID?
        for candidate in candidates {
            guard let prover = try await prover(for: candidate, from: address, at: now, in: scope) else { continue }
            let trial = try await prover.prove(login, password)
            let answer = try await settle(trial, candidate, typed: typed, from: address, at: now, in: scope)
            guard case .refused(let refusal, let linked) = answer, Self.goesOn(after: trial.answer) else {
                return answer
            }
            // A no is remembered, whatever others did not say: otherwise passwords could be guessed for nothing while
            // another provider is down.
            if refusal.weight >= last.weight {
                last = refusal
                lastLinked = linked ?? lastLinked
            }
        }
        return .refused(last, linked: lastLinked)
    }

    /// Hands the answer to a provider's question on to it.
    func answer(
        _ question: ProviderQuestion, of candidate: ProviderCandidate, _ login: Login, _ answer: Secret, typed: UserID?,
        from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Answer {
        let start = ContinuousClock.now
        defer { directories.note(.now - start, in: scope) }
        let prover = try await prover(for: candidate, from: address, at: now, in: scope)
        guard let prover = prover as? any QuestionProver else {
            // It was of another kind when it asked.
            return .refused(ProviderRefusal(provider: candidate.provider.id, reason: .unavailable), linked: nil)
        }
        let trial = try await prover.answer(question, login, answer)
        return try await settle(trial, candidate, typed: typed, from: address, at: now, in: scope)
    }

    /// Has RADIUS servers confirm who somebody is whom others have proven: by a first word, or the answer to a question.
    func confirm(
        _ candidate: ProviderCandidate, _ login: Login, _ answer: String, to question: ProviderQuestion?,
        from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> ProviderTrial {
        guard case .radius(let settings) = candidate.provider.settings, let name = settings.name(of: login),
            let prover = try await prover(for: candidate, from: address, at: now, in: scope) as? RADIUSProver
        else { return ProviderTrial(answer: .unavailable, steps: []) }
        guard let question else { return try await prover.begin(name, answer) }
        return try await prover.answer(question, name, Secret(answer))
    }

    /// What finds the person here whom a provider has proven.
    func admitting(
        by provider: IdentityProvider, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> AdmitSubject {
        let days = try await tenants.value(of: Setting.keyProviderDays, in: scope)
        return AdmitSubject(
            database: database, catalogue: catalogue, provider: provider, keyDays: days, address: address, now: now,
            scope: scope)
    }

    /// What hands a login and a password to the provider; nil for one that takes the browser.
    func prover(
        for candidate: ProviderCandidate, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> (any PasswordProver)? {
        if candidate.provider.settings.takesBrowsers { return nil }
        let secret = try await open(candidate, in: scope)
        let egress = EgressPolicy.guarded(allow: try await directories.openings(scope))
        let naming = candidate.provider.rules.namedAttributes
        switch candidate.provider.settings {
        case .oidc, .saml, .cas, .oauth2, .messenger: return nil
        case .ldap(let settings):
            return LDAPProver(
                settings: settings, secret: secret.flatMap(LDAPPassword.init), client: directories.ldap,
                egress: egress, party: scope.tenant.text, now: now, naming: naming)
        case .radius(let settings):
            guard let (shared, radSec) = secret.flatMap(settings.keyed) else { return NoProver() }
            return RADIUSProver(
                settings: settings, secret: shared, radSec: radSec, client: directories.radius, egress: egress,
                party: scope.tenant.text, address: address, naming: naming)
        }
    }

    /// Whether the next provider is asked: not after one that knows the login.
    private static func goesOn(after answer: ProviderTrial.Answer) -> Bool {
        switch answer {
        case .rejected, .unavailable, .unknown: true
        case .right, .wrong, .barred, .asked, .ambiguous: false
        }
    }

    private func settle(
        _ trial: ProviderTrial, _ candidate: ProviderCandidate, typed: UserID?, from address: String?, at now: Date,
        in scope: TenantScope
    ) async throws -> Answer {
        let provider = candidate.provider
        func refused(_ reason: ProviderRefusal.Reason, linked: UserID? = nil) -> Answer {
            .refused(ProviderRefusal(provider: provider.id, reason: reason, cause: trial.cause), linked: linked)
        }
        switch trial.answer {
        case .right(let profile):
            let admit = try await admitting(by: provider, from: address, at: now, in: scope)
            switch try await admit(profile, typed: typed) {
            case .admitted(let account): return .admitted(account, provider.id)
            case .bound: return refused(.notLinked)
            case .refused(let reason):
                return .refused(ProviderRefusal(provider: provider.id, reason: reason), linked: nil)
            }
        case .wrong(let subject):
            return refused(.wrongPassword, linked: try await linked(subject, to: provider.id, in: scope))
        case .barred(let subject, let reason):
            return refused(reason, linked: try await linked(subject, to: provider.id, in: scope))
        case .rejected(let subject):
            return refused(.rejected, linked: try await linked(subject, to: provider.id, in: scope))
        case .asked(let question): return .asked(candidate, question)
        case .ambiguous: return refused(.ambiguous)
        case .unavailable: return refused(.unavailable)
        case .unknown: return .refused(ProviderRefusal(provider: provider.id, reason: .unknown), linked: nil)
        }
    }

    /// What sends the browser to the provider and reads what it brings back.
    func browserProver(
        for candidate: ProviderCandidate, at now: Date, in scope: TenantScope
    ) async throws -> any BrowserProver {
        let naming = candidate.provider.rules.namedAttributes
        switch candidate.provider.settings {
        case .ldap, .radius: throw IdentityError.notFound
        case .oidc(let settings):
            return OIDCProver(
                settings: settings, secret: try await open(candidate, in: scope), provider: candidate.provider.id,
                web: directories.web, opened: try await directories.openings(scope), now: now, scope: scope,
                naming: naming)
        case .saml(let settings): return try await samlProver(for: candidate, settings, at: now, in: scope)
        case .cas(let settings):
            return CASProver(
                settings: settings, provider: candidate.provider.id, web: directories.web,
                opened: try await directories.openings(scope), database: database, now: now, scope: scope,
                naming: naming)
        case .oauth2(let settings):
            return OAuth2Prover(
                settings: settings, secret: try await open(candidate, in: scope), provider: candidate.provider.id,
                web: directories.web, opened: try await directories.openings(scope), scope: scope, naming: naming)
        case .messenger(let settings):
            guard let secret = try await open(candidate, in: scope) else { throw IdentityError.providerUnavailable }
            let opened = try await directories.openings(scope)
            let wants = MessengerWants(candidate.provider.rules)
            guard let messenger = settings.messenger(with: secret) else {
                return try Slack.prover(
                    settings, secret: secret, provider: candidate.provider.id, web: directories.web, opened: opened,
                    wants: wants, at: now, in: scope)
            }
            return MessengerProver(
                messenger: messenger, settings: settings, secret: secret, provider: candidate.provider.id,
                web: directories.web, opened: opened, wants: wants, now: now, scope: scope)
        }
    }

    func samlProver(
        for candidate: ProviderCandidate, _ settings: SAMLSettings, at now: Date, in scope: TenantScope
    ) async throws -> SAMLProver {
        guard let secret = try await open(candidate, in: scope) else { throw IdentityError.providerUnavailable }
        return SAMLProver(
            settings: settings, pair: try SAMLKeys.open(secret), provider: candidate.provider.id,
            opened: try await directories.openings(scope), now: now, naming: candidate.provider.rules.namedAttributes)
    }

    /// What reads everybody whom the provider has.
    func reader(
        of candidate: ProviderCandidate, _ sync: IdentitySync, into staging: IdentitySyncStaging
    ) async throws -> ReadDirectory {
        guard case .ldap(let settings) = candidate.provider.settings else { throw IdentityError.nothingToSync }
        let secret = try await open(candidate, in: staging.scope)
        return ReadDirectory(
            settings: settings, filter: sync.filter, rules: RuleReader(candidate.provider.rules, foldsCase: true),
            imported: sync.importsGroups ? .groups(matching: sync.groupFilter) : .nothing,
            client: directories.syncs, secret: secret.flatMap(LDAPPassword.init),
            egress: .guarded(allow: try await directories.openings(staging.scope)), staging: staging)
    }

    private func open(_ candidate: ProviderCandidate, in scope: TenantScope) async throws -> String? {
        guard let sealed = candidate.sealedSecret else { return nil }
        let bytes = try await keys.open(
            sealed, table: IdentityProviderStore.table, row: candidate.provider.id.text, version: 1, in: scope)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func linked(
        _ subject: String?, to provider: IdentityProviderID, in scope: TenantScope
    ) async throws -> UserID? {
        guard let subject else { return nil }
        return try await database.transaction(in: scope) { tx in
            try await IdentityLinkStore.user(of: subject, at: provider, in: scope, tx)
        }
    }
}

/// A provider without the secret that it cannot be spoken to without.
private struct NoProver: PasswordProver {
    func prove(_ login: Login, _ password: Secret?) async throws -> ProviderTrial {
        ProviderTrial(answer: .unavailable, steps: [ProviderStep(.connect, .failed, "there is no secret")])
    }
}

extension ProviderRefusal {
    /// Which one of several is told and counted.
    fileprivate var weight: Int {
        switch reason {
        case .unknown: 0
        case .unavailable: 1
        default: 2
        }
    }
}
