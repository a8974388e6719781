import Cryptography
package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres
import Tenancy

/// Sign-in for those who stand in front of a gateway, without anything of the web: the caller keeps its own admission
/// between two calls, and says when the person is in.
package struct GatewaySignIn: Sendable {
    /// What follows a password, or the answer to a provider's question.
    package enum PasswordAnswer: Sendable, Equatable {
        /// Right: ask for a code now.
        case codeNeeded(Person)
        /// A provider has proven the second factor too, and its administrators let that count: nothing is missing.
        case complete(Person)
        /// A provider asks something first, in its own words; whether a code is asked for after that.
        case asked(String, codeNeeded: Bool)
        /// Right, but the account has something to do that only the portal can ask for.
        case finishInPortal(Person)
        /// Wrong, unknown, locked or disabled: one answer.
        case refused
    }

    let database: Database
    let hasher: PasswordHasher
    let keys: TenantKeys
    let providers: ProviderSignIn
    let settings: IdentitySettings

    /// The person of this login to whom this key belongs. The caller has checked a signature by the key over this very
    /// connection: the key alone proves nothing, since it is public.
    package func person(
        login: String, publicKey blob: [UInt8], at now: Date, in scope: TenantScope
    ) async throws -> Person? {
        guard let login = Login(login), let key = try? SSHPublicKey(blob: blob) else { return nil }
        return try await SSHKeyStore.owner(of: key, login: login, at: now, in: scope, database)
    }

    /// Checks a password. Throws `IdentityError.busy` when too many are being checked. The conversation is what the caller
    /// knows this person by, and nobody else can name; without one, no question of a provider can be passed on.
    package func password(
        login: String, _ password: Secret, conversation: String? = nil, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws -> PasswordAnswer {
        let start = ContinuousClock.now
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        switch try await prove(login: login, password: password, from: address, at: now, in: scope) {
        case .right(let account, let provider): return ready(account, by: provider)
        case .asked(let pending):
            guard let conversation else { return .refused }
            return try await ask(pending, in: conversation, from: address, at: now, in: scope)
        case .wrong(let account, let nowLocked, let refusal):
            return try await refuse(
                account, login: Login(login), nowLocked, refusal, since: start, from: address, at: now, in: scope)
        }
    }

    /// Hands on the answer to the question that the conversation is about.
    package func answer(
        _ answer: Secret, conversation: String, from address: String, at now: Date, in scope: TenantScope
    ) async throws -> PasswordAnswer {
        let start = ContinuousClock.now
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        let challenge = ProveChallenge(prove: prove, providers: providers, keep: keep)
        let proof: ProveChallenge.Proof
        do {
            proof = try await challenge(
                answer, to: ChallengeKey(conversation: conversation), from: address, at: now, in: scope)
        } catch IdentityError.signInExpired {
            return .refused
        }
        switch proof {
        case .right(let account, let provider, let isSecondFactor):
            return isSecondFactor ? .complete(account.person) : ready(account, by: provider)
        case .asked(let pending): return try await ask(pending, in: conversation, from: address, at: now, in: scope)
        case .wrong(let account, let login, let nowLocked, let refusal):
            return try await refuse(
                account, login: login, nowLocked, refusal, since: start, from: address, at: now, in: scope)
        }
    }

    private var prove: ProvePassword { ProvePassword(database: database, hasher: hasher, providers: providers) }
    private var keep: KeepChallenge { KeepChallenge(database: database, keys: keys) }

    private func ready(_ account: Account, by provider: IdentityProviderID?) -> PasswordAnswer {
        account.standing.isReady(by: provider) ? .codeNeeded(account.person) : .finishInPortal(account.person)
    }

    private func ask(
        _ pending: PendingChallenge, in conversation: String, from address: String, at now: Date, in scope: TenantScope
    ) async throws -> PasswordAnswer {
        try await keep(pending, under: ChallengeKey(conversation: conversation), from: address, at: now, in: scope)
        return .asked(pending.question.prompt, codeNeeded: !pending.isSecondFactor)
    }

    private func refuse(
        _ account: Account?, login: Login?, _ nowLocked: Bool, _ refusal: ProviderRefusal?,
        since start: ContinuousClock.Instant, from address: String, at now: Date, in scope: TenantScope
    ) async throws -> PasswordAnswer {
        let trail = GatewayTrail(database: database, address: address, now: now, scope: scope)
        if let account {
            try await trail.refused(account, nowLocked: nowLocked, refusal)
        } else if let login {
            try await trail.refused(login: login, refusal)
        }
        try await Task.sleep(until: start + settings.refusalFloor(in: scope))
        return .refused
    }

    /// How long refusals take where identity providers are asked.
    package func pace(in scope: TenantScope) -> Duration { settings.refusalFloor(in: scope) }

    /// Checks an authenticator's code of somebody whose password was right. A recovery code does not count here.
    package func code(
        _ code: String, of person: UserID, from address: String, at now: Date, in scope: TenantScope
    ) async throws -> Bool {
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        let proof = try await ProveCode(database: database, keys: keys)(
            code, of: person, allowRecovery: false, at: now, in: scope)
        guard case .wrong(let nowLocked) = proof else { return true }
        let account = try await database.transaction(in: scope) { try await AccountStore.lock(person, in: scope, $0) }
        if let account {
            try await GatewayTrail(database: database, address: address, now: now, scope: scope).refused(
                account, nowLocked: nowLocked)
        }
        return false
    }

    /// Notes that somebody is in, and says so in the trail. `publicKey` is the key that let them in, if one did; a
    /// password and a code forget the failures before them. Throws if the person has been shut out meanwhile.
    package func admitted(
        _ person: Person, publicKey blob: [UInt8]? = nil, from address: String, at now: Date, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            try await TenantDoor.check(at: now, in: scope, tx)
            guard try await AccountStore.lock(person.id, in: scope, tx)?.isActive == true else {
                throw IdentityError.signInRefused
            }
            var key: SSHKeyID?
            if let blob {
                key = try await SSHKeyStore.touch(
                    SSHPublicKey(blob: blob).fingerprint, of: person.id, at: now, in: scope, tx)
                guard key != nil else { throw IdentityError.signInRefused }
                try await AccountStore.recordKeySignIn(person.id, at: now, in: scope, tx)
            } else {
                try await AccountStore.recordSignIn(person.id, at: now, in: scope, tx)
            }
            try await GatewayTrail(database: database, address: address, now: now, scope: scope).admitted(
                person, key: key, in: tx)
        }
    }
}

extension Account {
    var person: Person { Person(id: id, login: login, name: name, email: nil, isActive: isActive) }
}

/// What follows a proof at a gateway, under a name that other modules can write: the module is called like its facade.
package typealias GatewayProof = GatewaySignIn.PasswordAnswer
