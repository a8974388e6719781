import Cryptography
package import FoundationEssentials
import HTTPAPI
package import Kernel
package import Postgres
import Tenancy

/// Sign-in for those who stand in front of a gateway, without anything of the web: the caller keeps its own admission
/// between two calls, and says when the person is in.
package struct GatewaySignIn: Sendable {
    /// What follows a password, or the answer to a provider's question.
    package enum PasswordAnswer: Sendable, Equatable {
        /// Right: ask for a code now. Whether a provider took the password.
        case codeNeeded(Person, byProvider: Bool)
        /// A provider has proven the second factor too, and its administrators let that count: nothing is missing.
        case complete(Person, byProvider: Bool)
        /// A provider asks something first, in its own words; whether a code is asked for after that.
        case asked(String, codeNeeded: Bool)
        /// Right, but the account has something to do that only the portal can ask for.
        case finishInPortal(Person)
        /// Right, but the second factor is a passkey, which takes a browser.
        case browserNeeded(Person)
        /// Wrong, unknown, locked or disabled: one answer.
        case refused
    }

    /// What becomes of somebody whose proof was right.
    package enum Entry: Sendable, Equatable {
        case admitted
        /// Somebody has to agree first: ask again with the same attempt, until then.
        case waits(TicketID, until: Date)
        /// The tenant's rules keep them out, or who was asked said no. The text is for the person.
        case kept(out: String)

        static let passwordChangeDue = Entry.kept(
            out: "Your password has to be changed: sign in to the portal, which asks for a new one.")
    }

    let database: Database
    let hasher: PasswordHasher
    let keys: TenantKeys
    let providers: ProviderSignIn
    let settings: IdentitySettings
    let tenants: TenantSettings
    let sender: SendCode
    let reviews: SignInReviews

    /// Sends a code to somebody who is about to be asked for one, if that is how they confirm, and what they typed asks for
    /// it: nothing, or the name of a channel. One that was sent a moment ago is as good. False if nothing went there.
    package func sendCode(
        to person: UserID, chosenBy typed: String = "", afterKey: Bool = false, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws -> Bool {
        let account = try await database.transaction(in: scope) { try await AccountStore.lock(person, in: scope, $0) }
        guard let account, let channel = account.standing.channel(chosenBy: typed),
            try await counts(channel.proof, of: account, afterKey, from: address, now, in: scope)
        else { return false }
        do {
            _ = try await sender(by: channel, for: .proof, to: person, from: address, at: now, in: scope)
            try await trail(of: address, now, scope).sentCode(to: person)
            return true
        } catch IdentityError.codeSentLately {
            return true
        } catch IdentityError.codeNotSent, IdentityError.codesUsedUp, IdentityError.numberNotAllowed {
            return false
        }
    }

    /// Checks a password. Throws `IdentityError.busy` when too many are being checked, `addressLocked` when too many were
    /// wrong. The conversation is what the caller
    /// knows this person by, and nobody else can name; without one, no question of a provider can be passed on.
    package func password(
        login: String, _ password: Secret, conversation: String? = nil, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws -> PasswordAnswer {
        let start = ContinuousClock.now
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        switch try await prove(login: login, password: password, from: address, at: now, in: scope) {
        case .right(let account, let provider):
            return ready(try await demanding(account, by: provider, from: address, now, in: scope), by: provider)
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
            let account = try await demanding(account, by: provider, from: address, now, in: scope)
            if isSecondFactor, account.standing.counts(.provider) { return .complete(account.person, byProvider: true) }
            return ready(account, by: provider)
        case .asked(let pending): return try await ask(pending, in: conversation, from: address, at: now, in: scope)
        case .wrong(let account, let login, let nowLocked, let refusal):
            return try await refuse(
                account, login: login, nowLocked, refusal, since: start, from: address, at: now, in: scope)
        }
    }

    private var lockout: Lockout { Lockout(database: database, tenants: tenants) }
    private var prove: ProvePassword {
        ProvePassword(database: database, hasher: hasher, providers: providers, lockout: lockout)
    }
    private var keep: KeepChallenge { KeepChallenge(database: database, keys: keys) }

    private func demanding(
        _ account: Account, by provider: IdentityProviderID?, from address: String, _ now: Date,
        in scope: TenantScope
    ) async throws -> Account {
        try await database.transaction(in: scope) { tx in
            try await DemandFactors.standing(
                of: account, at: .ssh, from: address, by: provider, now: now, in: scope, tx)
        }
    }

    private func ready(_ account: Account, by provider: IdentityProviderID?) -> PasswordAnswer {
        let standing = account.standing
        // Whose password has to be changed is told so after the code, lest a guess at it learns that it was right.
        if standing.canTypeCode, !standing.isExempt {
            return .codeNeeded(account.person, byProvider: provider != nil)
        }
        guard standing.isReady(by: provider) else { return .finishInPortal(account.person) }
        return standing.isExempt
            ? .complete(account.person, byProvider: provider != nil) : .browserNeeded(account.person)
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
        let trail = trail(of: address, now, scope)
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

    /// Checks a code of somebody whose password or key was right: the authenticator's, or one that was
    /// sent. A recovery code does not count here. The factor that it shows; nil if it was wrong.
    package func code(
        _ code: String, of person: UserID, afterKey: Bool = false, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws -> ProvenFactor? {
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        try await lockout.admit(address, at: now, in: scope)
        let proof = try await ProveCode(database: database, keys: keys, lockout: lockout)(
            code, of: person, allowRecovery: false, from: address, at: now, in: scope)
        let account = try await database.transaction(in: scope) { try await AccountStore.lock(person, in: scope, $0) }
        guard case .wrong(let nowLocked) = proof else {
            return try await counts(proof.factor, of: account, afterKey, from: address, now, in: scope)
                ? proof.factor : nil
        }
        if let account {
            try await trail(of: address, now, scope).refused(
                account, nowLocked: nowLocked)
        }
        return nil
    }

    /// What became of an answer to the person's RADIUS server.
    package enum RADIUSAnswer: Sendable, Equatable {
        case right
        /// It asks something more, in its own words.
        case asked(String)
        case refused
    }

    /// Asks for the first answer to the person's RADIUS server, if that is how they confirm, and what they typed in place
    /// of a code says so; nil otherwise. `attempt` names this way in, and nobody else can name it.
    package func askRADIUS(
        chosenBy typed: String, of person: UserID, attempt: String, afterKey: Bool = false, from address: String,
        at now: Date, in scope: TenantScope
    ) async throws -> String? {
        let account = try await database.transaction(in: scope) { try await AccountStore.lock(person, in: scope, $0) }
        guard let account, account.standing.choosesRADIUS(typed),
            try await counts(.radius, of: account, afterKey, from: address, now, in: scope)
        else { return nil }
        return try await radius.open(
            of: person, under: ChallengeKey(factorOf: attempt), from: address, at: now, in: scope)
    }

    /// Hands an answer on to the person's RADIUS server, if one is asked for in this way in; nil if not: what was typed is
    /// something else then, and goes nowhere.
    package func answerRADIUS(
        _ answer: String, of person: UserID, attempt: String, afterKey: Bool = false, from address: String,
        at now: Date, in scope: TenantScope
    ) async throws -> RADIUSAnswer? {
        let key = ChallengeKey(factorOf: attempt)
        guard try await radius.isOpen(key, at: now, in: scope)?.user == person else { return nil }
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        try await lockout.admit(address, at: now, in: scope)
        do {
            switch try await radius(
                answer, of: person, under: key, mustBeOpen: true, from: address, at: now, in: scope)
            {
            case .asked(let prompt): return .asked(prompt)
            case .right:
                let account = try await database.transaction(in: scope) {
                    try await AccountStore.lock(person, in: scope, $0)
                }
                return try await counts(.radius, of: account, afterKey, from: address, now, in: scope)
                    ? .right : .refused
            case .wrong(let nowLocked):
                let account = try await database.transaction(in: scope) {
                    try await AccountStore.lock(person, in: scope, $0)
                }
                if let account {
                    try await trail(of: address, now, scope).refused(
                        account, nowLocked: nowLocked)
                }
                return .refused
            }
        } catch IdentityError.providerUnavailable, IdentityError.roundsUsedUp, IdentityError.signInExpired {
            return .refused
        }
    }

    private var radius: ProveRADIUS {
        ProveRADIUS(database: database, keys: keys, lockout: lockout, providers: providers)
    }

    /// Whether a code is of a kind that counts here, after a key, or whatever else the first step was.
    private func counts(
        _ factor: ProvenFactor, of account: Account?, _ afterKey: Bool, from address: String, _ now: Date,
        in scope: TenantScope
    ) async throws -> Bool {
        guard let account else { return false }
        return try await database.transaction(in: scope) { tx in
            try await DemandFactors.counts(
                factor, of: account, at: .ssh, from: address, after: afterKey ? [.key] : FirstStep.withoutKey,
                now: now, in: scope, tx)
        }
    }

    /// Takes back what this way in waits for: whoever stood there is gone. `keep` is part of the same transaction, in which
    /// nobody else asks about this person; if it throws, nothing is taken back.
    package func left(
        _ user: UserID, attempt: String, at now: Date, in scope: TenantScope,
        keeping keep: (Transaction) async throws -> Void = { _ in }
    ) async throws {
        try await database.transaction(in: scope) { tx in
            _ = try await AccountStore.lock(user, in: scope, tx)
            try await reviews.withdraw(attempt, user, now, scope, tx)
            try await keep(tx)
        }
    }
}

extension Account {
    var person: Person { Person(id: id, login: login, name: name, email: nil, isActive: isActive) }
}

/// What follows a proof at a gateway, under a name that other modules can write: the module is called like its facade.
package typealias GatewayProof = GatewaySignIn.PasswordAnswer

/// What a person's RADIUS server makes of an answer, under such a name too.
package typealias GatewayFactorAnswer = GatewaySignIn.RADIUSAnswer

/// What becomes of whoever has proven who they are, under such a name too.
package typealias GatewayEntry = GatewaySignIn.Entry
