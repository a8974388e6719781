import Cryptography
package import FoundationEssentials
package import Kernel
package import Postgres
import Tenancy

// The last step at a gateway.
extension GatewaySignIn {
    /// Lets somebody in whose proof was right just now, if the tenant's rules do, and says so in the trail. A password and a
    /// code forget the failures before them. `attempt` names this way in among others of the same person. Throws if the
    /// person has been shut out meanwhile. What becomes of them is told to `keep` in the transaction that decides it; if that
    /// throws, nothing has become of them.
    @discardableResult
    package func admitted(
        _ person: Person, by way: GatewayWay, showing factor: ProvenFactor? = nil,
        attempt: String = UUID().uuidString, from address: String, at now: Date, in scope: TenantScope,
        keeping keep: (Entry, Transaction) async throws -> Void = { _, _ in }
    ) async throws -> Entry {
        try await enter(
            Entering(person: person, way: way, factor: factor, isResumed: false), attempt,
            from: address, at: now, in: scope, keeping: keep)
    }

    /// The same for somebody who goes on from what they have proven before, with a factor that they show now if any: it has to
    /// stand still, and to be enough by the rules of now.
    package func resumed(
        _ person: Person, by way: GatewayWay, showing factor: ProvenFactor? = nil, attempt: String,
        from address: String, at now: Date, in scope: TenantScope,
        keeping keep: (Entry, Transaction) async throws -> Void = { _, _ in }
    ) async throws -> Entry {
        try await enter(
            Entering(person: person, way: way, factor: factor, isResumed: true), attempt, from: address, at: now,
            in: scope, keeping: keep)
    }

    /// Keeps what somebody has proven who is asked for something more.
    package func remember(
        _ way: GatewayWay, of user: UserID, attempt: String, from address: String, at now: Date, in scope: TenantScope
    ) async throws {
        guard let first = try way.first else { return }
        try await database.transaction(in: scope) { tx in
            try await StandingProof.keep(
                first, of: user, attempt: attempt, from: address,
                until: now + TimeInterval(SignInReviews.lifetime), at: now, in: scope, tx)
        }
    }

    private struct Entering {
        let person: Person
        var way: GatewayWay
        var factor: ProvenFactor?
        let isResumed: Bool
        var proof: StandingProof?
    }

    private func enter(
        _ entering: Entering, _ key: String, from address: String, at now: Date, in scope: TenantScope,
        keeping keep: (Entry, Transaction) async throws -> Void
    ) async throws -> Entry {
        let person = entering.person
        let origin = try await FindOrigin(places: settings.places, tenants: tenants)(address, in: scope)
        let trail = trail(of: address, from: origin, now, scope)
        let attempt = SignInAttempt(
            user: person.id, login: person.login, name: person.name, entrance: .ssh, address: address, origin: origin,
            key: key, now: now, scope: scope)
        return try await database.transaction(in: scope) { tx in
            let entry = try await enter(entering, attempt, trail, tx)
            try await keep(entry, tx)
            return entry
        }
    }

    /// The account is held until the transaction ends: of two who would enter by one attempt at once, the second finds what has
    /// become of the first.
    private func enter(
        _ entering: Entering, _ attempt: SignInAttempt, _ trail: GatewayTrail, _ tx: Transaction
    ) async throws -> Entry {
        let (person, scope) = (entering.person, attempt.scope)
        try await TenantDoor.check(at: attempt.now, in: scope, tx)
        guard let account = try await AccountStore.lock(person.id, in: scope, tx), account.isActive else {
            throw IdentityError.signInRefused
        }
        var entering = entering
        if entering.isResumed, let refusal = try await resume(&entering, account, attempt, trail, tx) {
            return refusal
        }
        // Also after a password, which may have been right some time ago. Whom a provider has proven now has none to
        // change, nor has who comes by one and never had a password here.
        if account.standing.mustChangePassword, !entering.way.isByProvider,
            try await hasPassword(account, in: scope, tx)
        {
            try await trail.kept(out: person, because: "password-change", in: tx)
            return .passwordChangeDue
        }
        switch try await SignInGuard(reviews: reviews).check(attempt, in: tx) {
        case .admitted: break
        case .waits(let ticket, let until):
            try await remember(entering, attempt, until: until, tx)
            return .waits(ticket, until: until)
        case .withdrawn: return .kept(out: "This sign-in was taken back.")
        case .denied(let refusal):
            try await trail.kept(out: person, by: refusal, in: tx)
            return .kept(out: "Signing in is not allowed here and now. Ask your company's administrator.")
        case .rejected(let refusal):
            try await trail.kept(out: person, by: refusal, in: tx)
            return .kept(out: "Nobody agreed to this sign-in.")
        }
        if let proof = entering.proof { try await SignInStore.remove(proof.id, in: scope, tx) }
        try await note(entering.way, attempt, trail, tx)
        return .admitted
    }

    private func note(
        _ way: GatewayWay, _ attempt: SignInAttempt, _ trail: GatewayTrail, _ tx: Transaction
    ) async throws {
        let (user, address, now, scope) = (attempt.user, attempt.address, attempt.now, attempt.scope)
        var key: SSHKeyID?
        if case .publicKey(let blob) = way {
            key = try await SSHKeyStore.touch(
                SSHPublicKey(blob: blob).fingerprint, of: user, at: now, in: scope, tx)
            guard key != nil else { throw IdentityError.signInRefused }
        }
        try await NoticeStranger(attempt: attempt, userAgent: nil)(in: tx) {
            switch way {
            case .password, .passwordAtProvider:
                try await AccountStore.recordSignIn(
                    user, byPassword: !way.isByProvider, from: address, at: now, in: scope, tx)
            case .publicKey, .publicKeyAndCode, .browser, .browserByProvider:
                try await AccountStore.recordKeySignIn(user, from: address, at: now, in: scope, tx)
            }
        }
        let person = Person(id: user, login: attempt.login, name: attempt.name, email: nil, isActive: true)
        try await trail.admitted(person, by: way, key: key, in: tx)
    }

    /// Takes up what was proven before. What keeps the person out, if it stands no longer or is not enough any more; nobody is
    /// asked about them then.
    private func resume(
        _ entering: inout Entering, _ account: Account, _ attempt: SignInAttempt, _ trail: GatewayTrail,
        _ tx: Transaction
    ) async throws -> Entry? {
        let proof = try await StandingProof.find(
            entering.way, of: account.id, attempt: attempt.key, at: attempt.now, in: attempt.scope, tx)
        if let proof {
            entering.proof = proof
            entering.way = entering.way.resumed(from: proof)
            entering.factor = entering.factor ?? proof.factor
            if try await isEnough(entering, account, attempt, tx) { return nil }
            try await SignInStore.remove(proof.id, in: attempt.scope, tx)
        }
        try await reviews.withdraw(attempt.key, account.id, attempt.now, attempt.scope, tx)
        try await trail.kept(out: entering.person, because: proof == nil ? "sign-in-ended" : "second-factor", in: tx)
        return .kept(
            out: proof == nil
                ? "This sign-in was ended meanwhile. Sign in again."
                : "Your company asks for another second factor by now. Sign in again.")
    }

    private func isEnough(
        _ entering: Entering, _ account: Account, _ attempt: SignInAttempt, _ tx: Transaction
    ) async throws -> Bool {
        let address = attempt.address ?? ""
        switch entering.way {
        case .browser, .browserByProvider:
            return try await DemandFactors.suffices(
                entering.factor, of: account, before: .ssh, from: address, now: attempt.now, in: attempt.scope, tx)
        case .password, .passwordAtProvider, .publicKey, .publicKeyAndCode:
            if let factor = entering.factor, factor != .provider {
                return try await DemandFactors.counts(
                    factor, of: account, at: .ssh, from: address,
                    after: entering.way.step == .key ? [.key] : FirstStep.withoutKey, now: attempt.now,
                    in: attempt.scope, tx)
            }
            let demand = try await demand(after: entering.way, attempt, tx)
            return entering.factor == nil ? !demand.isRequired : account.under(demand).standing.counts(.provider)
        }
    }

    private func demand(
        after way: GatewayWay, _ attempt: SignInAttempt, _ tx: Transaction
    ) async throws -> FactorDemand {
        try await DemandFactors.demand(
            of: attempt.user, at: .ssh, from: attempt.address, after: way.step, now: attempt.now,
            in: attempt.scope, tx)
    }

    /// Keeps what is proven for as long as somebody is asked.
    private func remember(
        _ entering: Entering, _ attempt: SignInAttempt, until end: Date, _ tx: Transaction
    ) async throws {
        guard let first = try entering.proof?.first ?? entering.way.first else { return }
        var factor = entering.factor
        if factor == nil, first == .passwordAtProvider, try await demand(after: entering.way, attempt, tx).isRequired {
            // Nothing else was asked for, since the provider has proven it.
            factor = .provider
        }
        try await StandingProof.keep(
            first, factor, of: attempt.user, attempt: attempt.key, from: attempt.address ?? "", until: end,
            at: attempt.now, in: attempt.scope, tx)
    }

    private func hasPassword(_ account: Account, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        if account.passwordHash != nil { return true }
        return try await !IdentityLinkStore.isVouchedFor(account.id, in: scope, tx)
    }
}

extension GatewayWay {
    /// By what it begins; nil for a code after a key that is not said.
    fileprivate var first: StandingProof.First? {
        get throws {
            switch self {
            case .password: .password
            case .passwordAtProvider: .passwordAtProvider
            case .publicKey(let blob): .key(try SSHPublicKey(blob: blob).fingerprint)
            case .publicKeyAndCode: nil
            case .browser: .browser
            case .browserByProvider: .browserByProvider
            }
        }
    }
}
