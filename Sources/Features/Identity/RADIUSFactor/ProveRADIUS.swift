import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Whether a person's RADIUS server takes what they answer, in one conversation or several questions. Only what was meant
/// for the server goes there: whoever asks has the person choose first.
struct ProveRADIUS {
    enum Proof: Equatable {
        case right
        /// The server wants to know more, in its own words.
        case asked(String)
        case wrong(nowLocked: Bool)
    }

    /// What our own question is, where the person has chosen and nothing has been sent yet.
    static let question = "Code for your RADIUS server, or nothing to be asked by it"

    let database: Database
    let keys: TenantKeys
    let lockout: Lockout
    let providers: ProviderSignIn

    private var keep: KeepChallenge { KeepChallenge(database: database, keys: keys) }

    /// Asks for the first answer on a terminal, where there is one field for everything. Nothing is sent yet.
    func open(
        of user: UserID, after provider: IdentityProviderID? = nil, under key: ChallengeKey, from address: String?,
        at now: Date, in scope: TenantScope
    ) async throws -> String {
        let (candidate, settings) = try await server(of: user, in: scope)
        guard let login = try await login(of: user, in: scope), let first = settings.servers.first else {
            throw IdentityError.providerUnavailable
        }
        let question = ProviderQuestion(prompt: Self.question, state: nil, server: first.hostPort, isOurs: true)
        let challenge = ProviderChallenge(
            first: candidate.provider.id, login, user: user, after: provider, at: now)
        try await keep(
            PendingChallenge(challenge, question, candidate.provider), under: key, from: address, at: now, in: scope)
        return Self.question
    }

    /// Whose conversation is open under a key; nil if there is none that could go on.
    func isOpen(
        _ key: ChallengeKey, at now: Date, in scope: TenantScope
    ) async throws -> (user: UserID, after: IdentityProviderID?)? {
        try await database.transaction(in: scope) { tx in
            try await ChallengeStore.open(key, at: now, in: scope, tx)
        }
    }

    /// Hands an answer on. Where no conversation is open, it is the first word of one, or goes nowhere if one must be.
    func callAsFunction(
        _ answer: String, of user: UserID, under key: ChallengeKey, mustBeOpen: Bool = false, from address: String?,
        at now: Date, in scope: TenantScope
    ) async throws -> Proof {
        let (candidate, _) = try await server(of: user, in: scope)
        let provider = candidate.provider.id
        let attempt = try await lockout.attempt(
            of: user, from: address, at: now, in: scope,
            prepare: { account, tx -> Round? in
                guard account.standing.asked.contains(.radius), let login = Login(account.login) else { return nil }
                let stored = try await ChallengeStore.take(key, in: scope, tx)
                guard stored != nil || !mustBeOpen else { return nil }
                if let stored {
                    guard stored.challenge.admitsAnswer(at: now), stored.challenge.user == user,
                        stored.challenge.provider == provider
                    else { return nil }
                }
                return Round(login: login, stored: stored)
            },
            judge: { _, round in try await judge(answer, round, candidate, key, user, from: address, at: now, in: scope)
            })
        return switch attempt {
        case .right(let proof): proof
        case .wrong(let nowLocked): .wrong(nowLocked: nowLocked)
        }
    }

    private struct Round {
        let login: Login
        let stored: StoredChallenge?
    }

    private func judge(
        _ answer: String, _ round: Round, _ candidate: ProviderCandidate, _ key: ChallengeKey, _ user: UserID,
        from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Lockout.Judgement<Proof> {
        let question: ProviderQuestion?
        do {
            question = if let stored = round.stored { try await keep.question(of: stored, in: scope) } else { nil }
        } catch is SealError {
            throw IdentityError.signInExpired
        }
        let isFirst = question?.isOurs ?? true
        // Counted for good, whatever comes of it: neither guesses nor telephones without end.
        if isFirst {
            let mayBegin = try await database.transaction(in: scope) { tx in
                try await RADIUSFactorStore.begin(at: candidate.provider.id, of: user, at: now, in: scope, tx)
            }
            guard mayBegin else { throw IdentityError.roundsUsedUp }
        }
        let trial = try await providers.confirm(
            candidate, round.login, answer, to: isFirst ? nil : question, from: address, at: now, in: scope)
        let hasRung = isFirst && answer.isEmpty
        if hasRung, try await countsSilence(trial, user, in: scope) { return .wrong }
        switch trial.answer {
        case .right:
            // Each question but the first came in place of an answer that was counted.
            return .right(.right, before: isFirst ? 0 : (round.stored?.challenge.round ?? 1) - 1)
        case .asked(let next):
            let challenge =
                isFirst
                ? ProviderChallenge(
                    first: candidate.provider.id, round.login, user: user, after: round.stored?.challenge.after, at: now
                )
                : round.stored?.challenge.next()
            guard let challenge else { return .wrong }
            try await keep(
                PendingChallenge(challenge, next, candidate.provider), under: key, from: address, at: now, in: scope)
            // Nothing is known after the first word. Another question may be the answer to a wrong answer.
            return .open(.asked(next.prompt), counts: !isFirst)
        case .wrong, .barred, .rejected, .unknown, .ambiguous: return .wrong
        case .unavailable: throw IdentityError.providerUnavailable
        }
    }

    /// Whether nothing came of a telephone that may have rung, time after time: it counts as a wrong answer does.
    private func countsSilence(_ trial: ProviderTrial, _ user: UserID, in scope: TenantScope) async throws -> Bool {
        let isSilent = trial.answer == .unavailable && trial.mayHaveBeenHeard
        let silences = try await database.transaction(in: scope) { tx in
            try await RADIUSFactorStore.note(isSilent: isSilent, of: user, in: scope, tx)
        }
        return silences >= RADIUSFactorStore.silencesThatCount
    }

    /// Also one that is switched off: what counts no longer is asked for before something else is set up.
    private func server(
        of user: UserID, in scope: TenantScope
    ) async throws -> (ProviderCandidate, RADIUSSettings) {
        guard let provider = try await RADIUSFactorStore.provider(of: user, in: scope, database),
            let candidate = try await IdentityProviderStore.find(provider.id, in: scope, database),
            case .radius(let settings) = candidate.provider.settings, settings.use == .secondFactor
        else { throw IdentityError.codeRefused }
        return (candidate, settings)
    }

    private func login(of user: UserID, in scope: TenantScope) async throws -> Login? {
        try await database.transaction(in: scope) { tx in
            try await AccountStore.lock(user, in: scope, tx).flatMap { Login($0.login) }
        }
    }
}

extension AccountStanding {
    /// Whether what was typed where a code was asked for says that the RADIUS server is to be asked: its name, or nothing
    /// where nothing else could be meant.
    func choosesRADIUS(_ typed: String) -> Bool {
        let word = typed.filter { !$0.isWhitespace }.lowercased()
        return factors.contains(.radius)
            && (word == SecondFactorKind.radius.rawValue || word.isEmpty && channels.isEmpty)
    }
}
