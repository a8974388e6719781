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
            #expect(proven == .done(secondFactorAt: Self.now))
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

    @Test func `nobody is in without a second factor, or with a password that must be changed`() {
        for one in Self.all {
            guard case .done(let at) = try? one.signIn.after(one.event, one.account, at: Self.now) else { continue }
            #expect(!one.account.mustChangePassword)
            #expect(at == Self.now || at == one.signIn.secondFactorAt)
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
