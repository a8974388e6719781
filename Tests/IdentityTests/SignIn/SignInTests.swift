import FoundationEssentials
import Kernel
import Testing

@testable import Identity

/// The state machine, in every state and with every event.
@Suite struct SignInTests {
    private static let now = House.start
    private static let accounts = [(false, false), (false, true), (true, false), (true, true)].map {
        AccountStanding(mustChangePassword: $0, factors: $1 ? [.passkey] : [])
    }

    private struct Case {
        let signIn: SignIn
        let event: SignIn.Event
        let account: AccountStanding
    }

    private static let all: [Case] = SignIn.Stage.allCases.flatMap { stage in
        [nil, now - 5].flatMap { (proven: Date?) in
            SignIn.Event.allCases.flatMap { event in
                accounts.map { account in
                    Case(
                        signIn: SignIn(stage: stage, secondFactorAt: proven, expiresAt: now + 60), event: event,
                        account: account)
                }
            }
        }
    }

    @Test func `the right password never suffices`() {
        for account in Self.accounts {
            let outcome = SignIn.afterPassword(account, at: Self.now)
            let expected: SignInStep =
                account.hasSecondFactor ? .secondFactor : account.mustChangePassword ? .changePassword : .enrol
            #expect(outcome.step == expected)
        }
    }

    @Test func `a second factor of a provider stands for ours, and comes with nobody else's word`() {
        for account in Self.accounts {
            let proven = SignIn.afterPassword(account, by: .new(), secondFactorAt: Self.now, at: Self.now)
            #expect(proven == .done(ShownFactor(at: Self.now, by: .provider)))
            let own = SignIn.afterPassword(account, secondFactorAt: Self.now, at: Self.now)
            #expect(own == SignIn.afterPassword(account, at: Self.now))
        }
    }

    @Test func `only a code can be typed where there is no browser`() {
        let kinds: [(Set<SecondFactorKind>, ready: Bool, typed: Bool)] = [
            ([], false, false), ([.passkey], true, false), ([.authenticator], true, true),
            ([.authenticator, .passkey], true, true),
        ]
        for (factors, ready, typed) in kinds {
            let account = AccountStanding(mustChangePassword: false, factors: factors)
            #expect(account.isReady(by: nil) == ready && account.canTypeCode == typed)
            #expect(!AccountStanding(mustChangePassword: true, factors: factors).isReady(by: nil))
        }
    }

    @Test func `a proof counts only in the stage that asks for it`() {
        for one in Self.all {
            let outcome = try? one.signIn.after(one.event, one.account, at: Self.now)
            #expect((outcome != nil) == (one.event.stage == one.signIn.stage))
            let admitted: Void? = try? one.signIn.admits(one.event, at: Self.now)
            #expect((admitted != nil) == (one.event.stage == one.signIn.stage))
        }
    }

    @Test func `whoever comes by a link sets nothing up, and changes no password`() throws {
        for account in Self.accounts {
            let begun = try? SignIn.afterLink(account, at: Self.now)
            // A second factor comes first in any case; what has to be changed is told of once it was shown.
            #expect(begun?.step == (account.hasSecondFactor ? .secondFactor : nil))
            if case .waiting(let signIn)? = begun { #expect(signIn.byLink && signIn.byKey) }
        }
        var isIn = 0
        for one in Self.all {
            let signIn = SignIn(
                stage: one.signIn.stage, secondFactorAt: one.signIn.secondFactorAt, expiresAt: one.signIn.expiresAt,
                byKey: true, byLink: true)
            #expect(!one.account.mayEnrol(.authenticator, signIn) && !one.account.mayEnrol(.passkey, signIn))
            guard let outcome = try? signIn.after(one.event, one.account, by: .passkey, at: Self.now) else { continue }
            #expect([.done, .secondFactor].contains(outcome.step), "\(one)")
            if case .waiting(let next) = outcome { #expect(next.byLink && next.byKey) }
            if outcome.step == .done { isIn += 1 }
            #expect(try signIn.spendingTry(at: Self.now).byLink)
        }
        #expect(isIn > 0)
        let lapsed = AccountStanding(mustChangePassword: false, factors: [], lapsed: [.email], mayAdd: [])
        let begun = try SignIn.afterLink(lapsed, at: Self.now)
        guard case .waiting(let signIn) = begun else { return #expect(begun.step == .secondFactor) }
        #expect(throws: IdentityError.signInExpired) {
            try signIn.after(.codeAccepted, lapsed, by: .email, at: Self.now)
        }
    }

    @Test func `nobody is in without a second factor, or with a password that must be changed`() {
        for one in Self.all {
            guard case .done(let shown) = try? one.signIn.after(one.event, one.account, at: Self.now) else { continue }
            #expect(!one.account.mustChangePassword)
            #expect(shown != nil && (shown?.at == Self.now || shown?.at == one.signIn.secondFactorAt))
        }
    }

    @Test func `a second factor that exists is asked for before the password may be changed`() {
        for one in Self.all where one.account.hasSecondFactor && one.signIn.secondFactorAt == nil {
            guard let outcome = try? one.signIn.after(one.event, one.account, at: Self.now),
                [.passwordChanged, .invitationAccepted].contains(one.event)
            else { continue }
            #expect(outcome.step == .secondFactor)
        }
    }

    @Test func `every step starts with fresh tries and a fresh end`() {
        for one in Self.all {
            guard case .waiting(let next) = try? one.signIn.after(one.event, one.account, at: Self.now) else {
                continue
            }
            #expect(next.tries == 0 && next.expiresAt == Self.now + SignIn.lifetime)
        }
    }

    @Test func `what counts no longer opens nothing by itself, and is shown before something else is set up`() throws {
        let some: [Set<SecondFactorKind>] = [[], [.authenticator], [.passkey], [.email], [.authenticator, .email]]
        for (factors, lapsed) in some.flatMap({ factors in some.map { (factors, $0) } }) {
            let account = AccountStanding(
                mustChangePassword: false, factors: factors, lapsed: lapsed, mayAdd: [])
            let asked = factors.isEmpty ? lapsed : factors
            let first = SignIn.afterPassword(account, at: Self.now)
            #expect(first.step == (asked.isEmpty ? .enrol : .secondFactor))
            for proof in ProvenFactor.allCases {
                let signIn = SignIn(stage: .secondFactor, expiresAt: Self.now + 60)
                let outcome = try signIn.after(.codeAccepted, account, by: proof, at: Self.now)
                let isGood =
                    proof == .provider || (proof == .recovery && !factors.isEmpty)
                    || factors.contains { $0.rawValue == proof.rawValue }
                #expect(outcome.step == (isGood ? .done : factors.isEmpty ? .enrol : .secondFactor))
                // Kept over a change of the password, as what it was.
                let changing = SignIn(
                    stage: .changePassword, secondFactorAt: Self.now, by: proof, expiresAt: Self.now + 60)
                #expect(try changing.after(.passwordChanged, account, at: Self.now).step == outcome.step)
                #expect(account.mayEnrol(.authenticator, changing) == factors.isEmpty)
            }
            let unproven = SignIn(stage: .enrol, expiresAt: Self.now + 60)
            #expect(account.mayEnrol(.authenticator, unproven) == asked.isEmpty)
        }
    }

    @Test func `what somebody has is what counts, and an address that is another one does not`() {
        let all = [false, true]
        for app in all {
            for passkey in all {
                for email in all {
                    for same in all {
                        for has in all {
                            for on in all {
                                let codes = HeldFactors.Codes(
                                    isHeld: email, isCurrent: same, isOn: on, hasPlace: has)
                                let held = HeldFactors(
                                    authenticator: app, passkey: passkey, codes: [.email: codes])
                                #expect(
                                    held.counted.contains(.authenticator) == app
                                        && held.counted.contains(.passkey) == passkey)
                                #expect(held.counted.contains(.email) == (email && same && on))
                                #expect(held.lapsed == (email && !(same && on) ? [.email] : []))
                                #expect(held.mayAdd == (on && has && !(email && same) ? [.email] : []))
                            }
                        }
                    }
                }
            }
        }
    }

    @Test func `a sign-in ends with its time and with its tries`() throws {
        var signIn = SignIn(stage: .secondFactor, expiresAt: Self.now + 60)
        #expect(throws: IdentityError.signInExpired) { try signIn.admits(.codeAccepted, at: Self.now + 60) }
        for _ in 0..<SignIn.mostTries {
            try signIn.admits(.codeAccepted, at: Self.now)
            signIn = try signIn.spendingTry(at: Self.now)
        }
        #expect(throws: IdentityError.signInExpired) { try signIn.admits(.codeAccepted, at: Self.now) }
        #expect(throws: IdentityError.signInExpired) { try signIn.spendingTry(at: Self.now) }
        let account = AccountStanding(mustChangePassword: false, factors: [.authenticator])
        // The last try was spent on the proof that comes now.
        #expect(try signIn.after(.codeAccepted, account, at: Self.now).step == .done)
        #expect(throws: IdentityError.signInExpired) {
            try signIn.after(.codeAccepted, account, at: Self.now + 60)
        }
    }
}
