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
    /// The second factors that the person has.
    package let factors: Set<SecondFactorKind>

    package init(mustChangePassword: Bool, factors: Set<SecondFactorKind>) {
        self.mustChangePassword = mustChangePassword
        self.factors = factors
    }

    package var hasSecondFactor: Bool { !factors.isEmpty }

    /// Whether a second factor is all that is missing, where nothing else can be asked for.
    package func isReady(by provider: IdentityProviderID?) -> Bool {
        hasSecondFactor && (provider != nil || !mustChangePassword)
    }

    /// Whether the second factor can be typed, where there is no browser.
    package var canTypeCode: Bool { factors.contains(.authenticator) }

    /// The same account once it has a further factor.
    func adding(_ factor: SecondFactorKind) -> AccountStanding {
        AccountStanding(mustChangePassword: mustChangePassword, factors: factors.union([factor]))
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
        case done(secondFactorAt: Date)

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
    package let tries: Int
    package let expiresAt: Date
    /// Who proved the person in the first step; nil for a password of their own, or an invitation.
    package let provider: IdentityProviderID?

    package init(
        stage: Stage, secondFactorAt: Date? = nil, tries: Int = 0, expiresAt: Date, provider: IdentityProviderID? = nil
    ) {
        self.provider = provider
        self.stage = stage
        self.secondFactorAt = secondFactorAt
        self.tries = tries
        self.expiresAt = expiresAt
    }

    /// What follows the right password, and what follows a provider's word: who proved the person makes no difference
    /// to the second factor, unless the provider proved that too and its administrators let it count.
    package static func afterPassword(
        _ account: AccountStanding, by provider: IdentityProviderID? = nil, secondFactorAt: Date? = nil, at now: Date
    ) -> Outcome {
        next(account, secondFactorAt: provider == nil ? nil : secondFactorAt, provider, at: now)
    }

    /// What follows a passkey that said itself who it is, after its authenticator had verified its person: no other
    /// factor. A password that must be changed has to be, though it was not used: nothing else is open until then.
    package static func afterPasskey(_ account: AccountStanding, at now: Date) -> Outcome {
        next(account, secondFactorAt: now, nil, at: now)
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
            stage: stage, secondFactorAt: secondFactorAt, tries: tries + 1, expiresAt: expiresAt, provider: provider)
    }

    /// What follows a proof. The account is as it stands after the proof: a changed password is no longer to be changed.
    package func after(_ event: Event, _ account: AccountStanding, at now: Date) throws(IdentityError) -> Outcome {
        // The try that brought the proof has been spent already, so the last one still counts.
        guard now < expiresAt, stage == event.stage else { throw .signInExpired }
        switch event {
        case .codeAccepted, .passkeyAccepted, .enrolmentConfirmed, .passkeyEnrolled:
            return Self.next(account, secondFactorAt: now, provider, at: now)
        case .passwordChanged, .invitationAccepted:
            return Self.next(account, secondFactorAt: secondFactorAt, provider, at: now)
        }
    }

    /// A second factor comes before a change of the password: a password that leaked must not be enough to replace it.
    /// Whoever came by a provider has not used the password that is to be changed.
    private static func next(
        _ account: AccountStanding, secondFactorAt: Date?, _ provider: IdentityProviderID?, at now: Date
    ) -> Outcome {
        func wait(_ stage: Stage) -> Outcome {
            .waiting(
                SignIn(stage: stage, secondFactorAt: secondFactorAt, expiresAt: now + lifetime, provider: provider))
        }
        if account.hasSecondFactor, secondFactorAt == nil { return wait(.secondFactor) }
        if account.mustChangePassword, provider == nil { return wait(.changePassword) }
        guard let secondFactorAt else { return wait(.enrol) }
        return .done(secondFactorAt: secondFactorAt)
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
