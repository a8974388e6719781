import FoundationEssentials
import HTTPAPI
import Kernel
import Testing

@testable import Identity

/// Of whom a second factor is asked, as a pure function.
@Suite struct DecideFactorsTests {
    private static let (bob, group, role) = (UserID.new(), GroupID.new(), RoleID.new())
    private static let inside: [UInt8] = [10, 1, 2, 3]

    private static func one(
        _ user: UserID = bob, isAdministrator: Bool = false, wantsIt: Bool = false, at entrance: SignInEntrance = .web,
        from address: [UInt8]? = inside, after: FirstStep = .password
    ) -> FactorCircumstances {
        FactorCircumstances(
            user: user, groups: [group], roles: [role], isAdministrator: isAdministrator, wantsIt: wantsIt,
            entrance: entrance, address: address, after: after)
    }

    private static func rules(_ level: FactorLevel, _ rules: FactorRule...) -> FactorRules {
        FactorRules(level: level, rules: rules, version: 1)
    }

    @Test func `the level is for those whom no rule means`() {
        let expected: [(FactorLevel, isAdministrator: Bool, wantsIt: Bool, asked: Bool)] = [
            (.all, false, false, true), (.all, true, false, true), (.all, false, true, true),
            (.administrators, false, false, false), (.administrators, true, false, true),
            (.administrators, false, true, true), (.off, false, false, false), (.off, true, false, false),
            (.off, false, true, true), (.off, true, true, true),
        ]
        for (level, isAdministrator, wantsIt, asked) in expected {
            let person = Self.one(isAdministrator: isAdministrator, wantsIt: wantsIt)
            #expect(Self.rules(level).demand(person) == FactorDemand(isRequired: asked), "\(level)")
        }
        #expect(FactorRuleStore.standard.demand(Self.one()) == .required)
    }

    @Test func `the first rule that fits decides, whatever the level says`() throws {
        let skip = try FactorRule(name: "skip", who: [PeopleReference(.user(Self.bob))], action: .skip)
        let require = try FactorRule(name: "require", everyone: true, action: .require, factors: [.passkey])
        let off = try FactorRule(name: "off", enabled: false, everyone: true, action: .require)
        for level in FactorLevel.allCases {
            #expect(Self.rules(level, skip, require).demand(Self.one()) == .none)
            #expect(Self.rules(level, off, skip, require).demand(Self.one()) == .none)
            let demand = FactorDemand(isRequired: true, counted: [.passkey])
            #expect(Self.rules(level, require, skip).demand(Self.one()) == demand)
            #expect(Self.rules(level, skip, require).demand(Self.one(.new())) == demand)
        }
    }

    @Test func `a rule means people, entrances, places and first steps, all of them`() throws {
        let office = try #require(AddressSet("10.0.0.0/8"))
        for member in [
            PeopleReference(.user(Self.bob)), PeopleReference(.group(Self.group)), PeopleReference(.role(Self.role)),
        ] {
            let rule = try FactorRule(
                name: "x", who: [member], entrances: [.ssh, .cli], sources: [office], after: [.provider], action: .skip)
            for entrance in SignInEntrance.allCases {
                for after in FirstStep.allCases {
                    for address in [Self.inside, [192, 0, 2, 1]] {
                        let person = Self.one(at: entrance, from: address, after: after)
                        let fits = entrance != .web && after == .provider && address == Self.inside
                        #expect(Self.rules(.all, rule).demand(person).isRequired == !fits)
                    }
                }
            }
        }
        let others = try FactorRule(
            name: "x",
            who: [PeopleReference(.user(.new())), PeopleReference(.group(.new())), PeopleReference(.role(.new()))],
            action: .skip)
        #expect(Self.rules(.all, others).demand(Self.one()).isRequired)
    }

    @Test func `an address that cannot be read is asked by a rule about places, and let off by none`() throws {
        let office = try #require(AddressSet("10.0.0.0/8"))
        let skip = try FactorRule(name: "x", everyone: true, sources: [office], action: .skip)
        let require = try FactorRule(
            name: "x", everyone: true, sources: [office], action: .require, factors: [.passkey])
        #expect(Self.rules(.all, skip).demand(Self.one(from: nil)) == .required)
        #expect(
            Self.rules(.off, require).demand(Self.one(from: nil))
                == FactorDemand(isRequired: true, counted: [.passkey]))
    }

    @Test func `what a rule does not count is asked for only where there is nothing else, and opens nothing alone`()
        throws
    {
        let now = House.start
        let kinds: [Set<SecondFactorKind>] = [
            [], [.authenticator], [.passkey], [.email], [.authenticator, .passkey], [.authenticator, .passkey, .email],
        ]
        let counted: [Set<CountedFactor>] = [
            [], [.passkey], [.authenticator], [.email], [.provider], [.passkey, .provider], [.authenticator, .email],
            [.sms], [.radius], [.face],
        ]
        for (has, counts) in kinds.flatMap({ has in counted.map { (has, $0) } }) {
            let demand = FactorDemand(isRequired: true, counted: counts)
            let account = AccountStanding(mustChangePassword: false, factors: has).under(demand)
            let good = has.filter { kind in counts.isEmpty || counts.contains { $0.rawValue == kind.rawValue } }
            #expect(account.factors == good && account.asked == (good.isEmpty ? has : good))
            #expect(SignIn.afterPassword(account, at: now).step == (has.isEmpty ? .enrol : .secondFactor))
            for proof in ProvenFactor.allCases {
                let signIn = SignIn(stage: .secondFactor, expiresAt: now + 60)
                let step = try signIn.after(.codeAccepted, account, by: proof, at: now).step
                let isGood =
                    switch proof {
                    case .provider: counts.isEmpty || counts.contains(.provider)
                    case .recovery: !good.isEmpty && (counts.isEmpty || counts.contains(.authenticator))
                    case .authenticator, .passkey, .email, .sms, .radius, .face:
                        good.contains { $0.rawValue == proof.rawValue }
                    }
                // A provider's word that does not count is as if it had not been said.
                let isShown = good.isEmpty && (proof != .provider || has.isEmpty)
                #expect(
                    step == (isGood ? .done : isShown ? .enrol : .secondFactor), "\(has) \(counts) \(proof)")
            }
            // What is set up has to count, too.
            let proven = SignIn(stage: .enrol, secondFactorAt: now, by: .authenticator, expiresAt: now + 60)
            for kind in [SecondFactorKind.authenticator, .passkey] {
                let mayBe = counts.isEmpty || counts.contains { $0.rawValue == kind.rawValue }
                #expect(account.mayEnrol(kind, proven) == (mayBe && good.isEmpty))
                #expect(account.adding(kind).factors.contains(kind) == (mayBe || good.contains(kind)))
            }
            let byPasskey = SignIn.afterPasskey(account, at: now).step
            #expect((byPasskey == .done) == (good.contains(.passkey)))
        }
    }

    @Test func `where none is asked, the first step is enough, and a password that must be changed is changed`() {
        let now = House.start
        for factors: Set<SecondFactorKind> in [[], [.authenticator], [.passkey]] {
            let account = AccountStanding(mustChangePassword: false, factors: factors).under(.none)
            #expect(SignIn.afterPassword(account, at: now) == .done(nil))
            #expect(SignIn.afterPassword(account, by: .new(), at: now) == .done(nil))
            #expect(SignIn.afterPasskey(account, at: now) == .done(ShownFactor(at: now, by: .passkey)))
            let changing = AccountStanding(mustChangePassword: true, factors: factors).under(.none)
            #expect(SignIn.afterPassword(changing, at: now).step == .changePassword)
            #expect(account.isReady(by: nil) && !changing.isReady(by: nil))
        }
    }

    @Test func `a key is a first step: the level and every rule hold after it, unless they mean another one`() throws {
        let office = try #require(AddressSet("10.0.0.0/8"))
        func rule(
            _ action: FactorRule.Action, at entrances: [SignInEntrance] = [], after: [FirstStep] = [],
            from sources: [AddressSet] = []
        ) throws -> FactorRule {
            try FactorRule(
                name: "x", everyone: true, entrances: entrances, sources: sources, after: after, action: action)
        }
        let (key, anywhere) = (Self.one(at: .ssh, after: .key), try rule(.require))
        func asks(_ level: FactorLevel, _ rules: FactorRule..., of person: FactorCircumstances? = nil) -> Bool {
            FactorRules(level: level, rules: rules, version: 1).demand(person ?? key).isRequired
        }
        #expect(asks(.all) && !asks(.administrators) && !asks(.off))
        #expect(asks(.administrators, of: Self.one(isAdministrator: true, at: .ssh, after: .key)))
        #expect(asks(.off, of: Self.one(wantsIt: true, at: .ssh, after: .key)))
        #expect(asks(.off, anywhere))
        #expect(try asks(.off, rule(.require, at: [.ssh])) && asks(.off, rule(.require, after: [.key])))
        // What lets a password or a provider's word alone in says nothing about keys.
        for after in [FirstStep.password, .provider] {
            #expect(try asks(.all, rule(.skip, after: [after])))
            #expect(try !asks(.off, rule(.require, after: [after])))
        }
        #expect(try asks(.all, rule(.skip, at: [.web, .cli])))
        // What lets everything in there, or keys, lets a key alone in, and nothing else.
        let alone = try rule(.skip, at: [.ssh], after: [.key])
        #expect(try !asks(.all, rule(.skip, at: [.ssh])) && !asks(.all, alone, anywhere))
        #expect(asks(.all, anywhere, alone))
        for after in FirstStep.withoutKey { #expect(asks(.all, alone, of: Self.one(at: .ssh, after: after))) }
        let inside = try rule(.skip, after: [.key], from: [office])
        #expect(!asks(.all, inside))
        #expect(asks(.all, inside, of: Self.one(at: .ssh, from: [192, 0, 2, 1], after: .key)))
    }

    @Test func `rules that mean nobody, or count something where nothing is asked, are refused`() {
        #expect(throws: Invalid.self) { try FactorRule(name: "x", action: .require) }
        #expect(throws: Invalid.self) {
            try FactorRule(name: "x", everyone: true, who: [PeopleReference(.user(.new()))], action: .require)
        }
        #expect(throws: Invalid.self) { try FactorRule(name: "x", everyone: true, action: .skip, factors: [.passkey]) }
    }
}
