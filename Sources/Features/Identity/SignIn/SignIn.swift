package import FoundationEssentials
package import Kernel

/// What a person has to do next to be signed in; the words on the wire.
package enum SignInStep: String, Sendable, CaseIterable {
    case done
    /// A provider has a question before it says who this is.
    case challenge
    case secondFactor = "second-factor"
    case enrol
    case changePassword = "change-password"
    /// Somebody else has to agree first.
    case review
}

/// What an account asks of a sign-in, whichever way it comes: web, command line or SSH.
package struct AccountStanding: Sendable, Equatable {
    package let mustChangePassword: Bool
    /// The second factors that the person has, and that count.
    package let factors: Set<SecondFactorKind>
    /// Those that the person has and that count no longer. Where there is no other, they are asked for all the same
    /// before one is set up that counts: a password must not be enough for that.
    let lapsed: Set<SecondFactorKind>
    /// By what codes can become a factor.
    let mayAdd: Set<CodeChannel>
    /// What is asked here and now; a second factor of any kind, unless somebody has looked at the tenant's rules.
    let demand: FactorDemand

    package init(mustChangePassword: Bool, factors: Set<SecondFactorKind>) {
        self.init(mustChangePassword: mustChangePassword, factors: factors, lapsed: [], mayAdd: [])
    }

    init(mustChangePassword: Bool, held: HeldFactors) {
        self.init(
            mustChangePassword: mustChangePassword, factors: held.counted, lapsed: held.lapsed,
            mayAdd: held.mayAdd)
    }

    init(
        mustChangePassword: Bool, factors: Set<SecondFactorKind>, lapsed: Set<SecondFactorKind>,
        mayAdd: Set<CodeChannel>,
        demand: FactorDemand = .required
    ) {
        self.demand = demand
        self.mustChangePassword = mustChangePassword
        self.factors = factors
        self.lapsed = lapsed
        self.mayAdd = mayAdd
    }

    /// What nobody has looked up yet: it opens nothing, and lets nothing be set up.
    static let unread = AccountStanding(
        mustChangePassword: true, factors: [], lapsed: Set(SecondFactorKind.allCases), mayAdd: [])

    /// The same account where this is demanded: what does not count there has lapsed.
    func under(_ demand: FactorDemand) -> AccountStanding {
        let all = factors
        return AccountStanding(
            mustChangePassword: mustChangePassword, factors: all.filter(demand.counts),
            lapsed: lapsed.union(all.filter { !demand.counts($0) }), mayAdd: mayAdd, demand: demand)
    }

    /// Whether the first step is enough.
    var isExempt: Bool { !demand.isRequired }

    /// What the person is asked for.
    var asked: Set<SecondFactorKind> { factors.isEmpty ? lapsed : factors }

    /// What the person can set up who has nothing that counts.
    var enrollable: Set<SecondFactorKind> {
        let all = Set<SecondFactorKind>([.authenticator, .passkey]).union(mayAdd.map(\.factor))
        return all.filter(demand.counts)
    }

    /// Whether a proof is one that counts. A recovery code stands in for a factor that counts, not for one that does not.
    func counts(_ proof: ProvenFactor) -> Bool {
        switch proof {
        case .provider: demand.counts(proof)
        case .recovery: !factors.isEmpty && demand.counts(proof)
        case .authenticator, .passkey, .email, .sms, .radius, .face: proof.own.map(factors.contains) ?? false
        }
    }

    /// Whether a factor may be set up on the way in: there is none that counts, and what there is besides was shown.
    /// Nobody sets one up who came by a link.
    func mayEnrol(_ factor: SecondFactorKind, _ signIn: SignIn) -> Bool {
        !signIn.byLink && enrollable.contains(factor) && factors.isEmpty
            && (lapsed.isEmpty || signIn.secondFactorAt != nil)
    }

    package var hasSecondFactor: Bool { !factors.isEmpty }

    /// Whether a second factor is all that is missing, where nothing else can be asked for.
    package func isReady(by provider: IdentityProviderID?) -> Bool {
        (hasSecondFactor || isExempt) && (provider != nil || !mustChangePassword)
    }

    /// Whether the second factor can be typed, where there is no browser.
    package var canTypeCode: Bool { !factors.isDisjoint(with: [.authenticator, .email, .sms, .radius]) }

    /// By what a code can be sent to somebody who is asked for one.
    var channels: [CodeChannel] { CodeChannel.allCases.filter { factors.contains($0.factor) } }

    /// Whether one is left that counts if all of this kind are taken away.
    func has(besides factor: SecondFactorKind) -> Bool { !factors.subtracting([factor]).isEmpty }

    /// The same account once it has a further factor.
    func adding(_ factor: SecondFactorKind) -> AccountStanding {
        AccountStanding(
            mustChangePassword: mustChangePassword, factors: factors.union([factor]),
            lapsed: lapsed.subtracting([factor]), mayAdd: mayAdd.filter { $0.factor != factor }, demand: demand
        ).under(demand)
    }

    /// The same account once its password was changed.
    func withNewPassword() -> AccountStanding {
        AccountStanding(
            mustChangePassword: false, factors: factors, lapsed: lapsed, mayAdd: mayAdd, demand: demand)
    }
}

/// A sign-in under way: what was proven, and what it waits for. Pure; the store keeps it between two requests.
package struct SignIn: Sendable, Equatable {
    /// What the sign-in waits for. An invitation is one whose first proof is the token itself.
    package enum Stage: String, Sendable, CaseIterable {
        case secondFactor = "second-factor"
        case enrol
        case changePassword = "change-password"
        case invitation
        /// Everything is proven, and a rule asks for somebody's word.
        case review
    }

    /// A proof that has already been checked.
    package enum Event: Sendable, Equatable, CaseIterable {
        case codeAccepted
        case passkeyAccepted
        case enrolmentConfirmed
        case passkeyEnrolled
        case passwordChanged
        case invitationAccepted
    }

    package enum Outcome: Sendable, Equatable {
        case waiting(SignIn)
        /// Nil where none is asked for and none was shown.
        case done(ShownFactor?)

        /// The next step, in the words of the wire.
        package var step: SignInStep {
            switch self {
            case .waiting(let signIn): signIn.step
            case .done: .done
            }
        }
    }

    package static let lifetime: TimeInterval = 10 * 60
    package static let invitationLifetime: TimeInterval = 3 * 24 * 60 * 60
    package static let mostTries = 5

    package let stage: Stage
    package let secondFactorAt: Date?
    /// By what it was shown; nil if it was not.
    package let secondFactorBy: ProvenFactor?
    package let tries: Int
    package let expiresAt: Date
    /// Who proved the person in the first step; nil for a password of their own, or an invitation.
    package let provider: IdentityProviderID?
    /// Whether a passkey alone, or a link, proved the person: no password was used.
    package let byKey: Bool
    /// Whether it was a link: somebody else asked for it, so it opens what is set up already and sets nothing up.
    package let byLink: Bool

    package init(
        stage: Stage, secondFactorAt: Date? = nil, by proof: ProvenFactor? = nil, tries: Int = 0, expiresAt: Date,
        provider: IdentityProviderID? = nil, byKey: Bool = false, byLink: Bool = false
    ) {
        self.provider = provider
        self.byKey = byKey
        self.byLink = byLink
        self.stage = stage
        self.secondFactorAt = secondFactorAt
        secondFactorBy = secondFactorAt == nil ? nil : proof ?? .authenticator
        self.tries = tries
        self.expiresAt = expiresAt
    }

    /// What follows the right password, and what follows a provider's word: who proved the person makes no difference
    /// to the second factor, unless the provider proved that too and its administrators let it count.
    package static func afterPassword(
        _ account: AccountStanding, by provider: IdentityProviderID? = nil, secondFactorAt: Date? = nil, at now: Date
    ) -> Outcome {
        let proven = provider == nil ? nil : secondFactorAt
        return next(account, proven.map { ShownFactor(at: $0, by: .provider) }, provider, at: now)
    }

    /// What follows a link that another system of the company's asked for: what the person has already is asked for.
    /// Whoever has nothing to show sets it up elsewhere, where they prove who they are.
    package static func afterLink(_ account: AccountStanding, at now: Date) throws(IdentityError) -> Outcome {
        try next(account, nil, nil, byKey: true, at: now).comingByLink(or: .finishInPortal)
    }

    /// What follows a passkey that said itself who it is, after its authenticator had verified its person: no other
    /// factor, where passkeys count. A password that must be changed has to be, though it was not used: nothing else is
    /// open until then.
    package static func afterPasskey(_ account: AccountStanding, at now: Date) -> Outcome {
        if !account.mustChangePassword, account.isExempt || account.counts(.passkey) {
            return .done(ShownFactor(at: now, by: .passkey))
        }
        return next(account, ShownFactor(at: now, by: .passkey), nil, byKey: true, at: now)
    }

    /// Everything that an invitation needs: nobody can use it twice, and it ends after three days.
    package static func invitation(at now: Date) -> SignIn {
        SignIn(stage: .invitation, expiresAt: now + invitationLifetime)
    }

    package var step: SignInStep {
        switch stage {
        case .secondFactor: .secondFactor
        case .enrol: .enrol
        case .changePassword, .invitation: .changePassword
        case .review: .review
        }
    }

    /// Whether the sign-in may take a proof of this kind now; called before the proof is even looked at.
    package func admits(_ event: Event, at now: Date) throws(IdentityError) {
        guard now < expiresAt, stage == event.stage, tries < Self.mostTries else { throw .signInExpired }
    }

    /// The sign-in with one more try spent. The try is spent before the code is compared, so that parallel guesses count.
    package func spendingTry(at now: Date) throws(IdentityError) -> SignIn {
        guard now < expiresAt, tries < Self.mostTries else { throw .signInExpired }
        return SignIn(
            stage: stage, secondFactorAt: secondFactorAt, by: secondFactorBy, tries: tries + 1, expiresAt: expiresAt,
            provider: provider, byKey: byKey, byLink: byLink)
    }

    /// What follows a proof. The account is as it stands after the proof: a changed password is no longer to be changed.
    /// A code that is not an authenticator's says of what it is.
    package func after(
        _ event: Event, _ account: AccountStanding, by code: ProvenFactor = .authenticator, at now: Date
    ) throws(IdentityError) -> Outcome {
        // The try that brought the proof has been spent already, so the last one still counts.
        guard now < expiresAt, stage == event.stage else { throw .signInExpired }
        let outcome = following(event, account, by: code, at: now)
        return byLink ? try outcome.comingByLink(or: .signInExpired) : outcome
    }

    private func following(
        _ event: Event, _ account: AccountStanding, by code: ProvenFactor, at now: Date
    ) -> Outcome {
        switch event {
        case .codeAccepted, .enrolmentConfirmed:
            return Self.next(account, ShownFactor(at: now, by: code), provider, byKey: byKey, at: now)
        case .passkeyAccepted, .passkeyEnrolled:
            return Self.next(account, ShownFactor(at: now, by: .passkey), provider, byKey: byKey, at: now)
        case .passwordChanged, .invitationAccepted:
            return Self.next(account, shown, provider, byKey: byKey, at: now)
        }
    }

    var shown: ShownFactor? {
        secondFactorAt.flatMap { at in secondFactorBy.map { ShownFactor(at: at, by: $0) } }
    }

    /// A second factor comes before a change of the password: a password that leaked must not be enough to replace it.
    /// Whoever came by a provider has not used the password that is to be changed.
    private static func next(
        _ account: AccountStanding, _ shown: ShownFactor?, _ provider: IdentityProviderID?, byKey: Bool = false,
        at now: Date
    ) -> Outcome {
        let counts = shown.map { account.counts($0.by) } ?? false
        // What does not count stands for nothing that does, and a provider's word for nothing that the person has.
        let shown = counts || (!account.hasSecondFactor && shown?.by != .provider) ? shown : nil
        func wait(_ stage: Stage) -> Outcome {
            .waiting(
                SignIn(
                    stage: stage, secondFactorAt: shown?.at, by: shown?.by, expiresAt: now + lifetime,
                    provider: provider, byKey: byKey))
        }
        if !account.asked.isEmpty, shown == nil, !account.isExempt { return wait(.secondFactor) }
        if account.mustChangePassword, provider == nil { return wait(.changePassword) }
        if let shown, counts { return .done(shown) }
        return account.isExempt ? .done(nil) : wait(.enrol)
    }
}

extension SignIn.Outcome {
    /// The same for whoever came by a link, which leads to no second factor and no password that is new.
    fileprivate func comingByLink(or refusal: IdentityError) throws(IdentityError) -> SignIn.Outcome {
        guard case .waiting(let signIn) = self else { return self }
        guard signIn.stage == .secondFactor else { throw refusal }
        return .waiting(
            SignIn(
                stage: signIn.stage, secondFactorAt: signIn.secondFactorAt, by: signIn.secondFactorBy,
                expiresAt: signIn.expiresAt, byKey: true, byLink: true))
    }
}

extension SignIn.Event {
    var stage: SignIn.Stage {
        switch self {
        case .codeAccepted, .passkeyAccepted: .secondFactor
        case .enrolmentConfirmed, .passkeyEnrolled: .enrol
        case .passwordChanged: .changePassword
        case .invitationAccepted: .invitation
        }
    }
}
