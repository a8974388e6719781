import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import LDAP
import Outbound
import Postgres
import Tenancy

/// Asks the providers of a tenant about a login and a password. One way for web, command line and SSH.
struct ProviderSignIn {
    enum Answer {
        case admitted(Account, IdentityProviderID)
        /// The account is the one that the subject is linked to, for the counter.
        case refused(ProviderRefusal, linked: UserID?)
    }

    let database: Database
    let keys: TenantKeys
    let directories: ProviderDirectories

    func ask(
        _ candidates: [ProviderCandidate], _ login: Login, _ password: Secret, typed: UserID?, from address: String?,
        at now: Date, in scope: TenantScope
    ) async throws -> Answer {
        let start = ContinuousClock.now
        defer { directories.note(.now - start, in: scope) }
        var last = ProviderRefusal(provider: nil, reason: .unknown)
        for candidate in candidates {
            let provider = candidate.provider
            func refusal(_ reason: ProviderRefusal.Reason, _ cause: String = "") -> ProviderRefusal {
                ProviderRefusal(provider: provider.id, reason: reason, cause: cause)
            }
            let trial = try await prover(for: candidate, in: scope).prove(login, password)
            switch trial.answer {
            case .right(let profile):
                let admit = AdmitSubject(
                    database: database, provider: provider, address: address, now: now, scope: scope)
                switch try await admit(profile, typed: typed) {
                case .admitted(let account): return .admitted(account, provider.id)
                case .refused(let reason): return .refused(refusal(reason), linked: nil)
                }
            case .wrong(let subject):
                let user = try await linked(subject, to: provider.id, in: scope)
                return .refused(refusal(.wrongPassword, trial.cause), linked: user)
            case .ambiguous: return .refused(refusal(.ambiguous, trial.cause), linked: nil)
            case .unavailable: last = refusal(.unavailable, trial.cause)
            case .unknown: if last.reason != .unavailable { last = refusal(.unknown) }
            }
        }
        return .refused(last, linked: nil)
    }

    /// What speaks to the provider.
    func prover(for candidate: ProviderCandidate, in scope: TenantScope) async throws -> any PasswordProver {
        let secret = try await open(candidate, in: scope)
        switch candidate.provider.settings {
        case .ldap(let settings):
            return LDAPProver(
                settings: settings, secret: secret.flatMap(LDAPPassword.init), client: directories.ldap,
                egress: .guarded(allow: try await directories.openings(scope)), party: scope.tenant.text)
        }
    }

    /// What reads everybody whom the provider has.
    func reader(
        of candidate: ProviderCandidate, _ sync: IdentitySync, into staging: IdentitySyncStaging
    ) async throws -> ReadDirectory {
        let secret = try await open(candidate, in: staging.scope)
        switch candidate.provider.settings {
        case .ldap(let settings):
            return ReadDirectory(
                settings: settings, filter: sync.filter, wantsGroups: !candidate.provider.rules.isEmpty,
                client: directories.ldap, secret: secret.flatMap(LDAPPassword.init),
                egress: .guarded(allow: try await directories.openings(staging.scope)), staging: staging)
        }
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
