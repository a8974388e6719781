import Assets
import FoundationEssentials
import Kernel
import Testing

@testable import Access

/// The parts of a trial that read nothing.
@Suite struct TriedPolicyTests {
    @Test(arguments: [
        // A Thursday, by definition.
        (0.0, 0, 4, 0), (86_399, 0, 4, 1439), (86_400, 0, 5, 0), (-60, 0, 3, 1439), (-86_400, 0, 3, 0),
        // Kathmandu is a quarter to six ahead, Los Angeles eight hours behind.
        (1_795_000_000, 0, 3, 666), (1_795_000_000, 20_700, 3, 1011), (1_795_000_000, -28_800, 3, 186),
        (1_795_000_000, 46_800, 4, 6),
    ])
    func `a clock on the wall`(_ time: Double, _ ahead: Int, _ weekday: Int, _ minute: Int) {
        let clock = ZoneClock(offsets: [(from: .distantPast, seconds: ahead)])
        #expect(
            clock.moment(at: Date(timeIntervalSince1970: time)) == LocalMoment(weekday: weekday, minute: minute))
    }

    @Test func `a clock that is moved shows another time from that moment on`() {
        let turn = Date(timeIntervalSince1970: 1_792_890_000)
        let clock = ZoneClock(offsets: [(from: turn - 900_000, seconds: 7_200), (from: turn, seconds: 3_600)])
        let (before, after) = (clock.moment(at: turn - 60), clock.moment(at: turn))
        #expect(before.minute == 179 && after.minute == 120 && before.weekday == 7 && after.weekday == 7)
        // What lies before all that is known is like it.
        #expect(clock.moment(at: turn - 86_400 * 20).minute == 180)
    }

    @Test(
        arguments: [
            ("root on web-1", "root", "web-1"), ("? on web-1", nil, "web-1"),
            ("on on on", "on", "on"),
        ] as [(String, String?, String)])
    func `what the trail says was asked for`(_ text: String, _ account: String?, _ asset: String) throws {
        let target = try #require(AttemptTarget(text))
        #expect(target.account?.text == account && target.asset == asset)
    }

    @Test(arguments: ["", "root", "root on", " on web-1", "root at web-1", "on web-1", "@x on web-1", "a:b on web-1"])
    func `anything else is no target`(_ text: String) {
        #expect(AttemptTarget(text) == nil)
    }

    @Test(arguments: [(20, true, 2), (19, false, 1), (9, false, 0)])
    func `what a change opens is looked for as long as there are questions left`(
        _ questions: Int, _ isComplete: Bool, _ opened: Int
    ) throws {
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        let root = OrganizationID.new(at: now)
        let people = (0..<2).map { number in
            PolicyPerson(id: .new(at: now), name: "P\(number)", login: "p\(number)", isActive: true, groups: [])
        }
        let asset = PolicyAsset(
            id: .new(at: now), name: "web-1", isActive: true, nodes: [], organizations: [root],
            accounts: [try AccountName(parsing: "root"), try AccountName(parsing: "deploy")])
        func grant(_ rule: AccountRule) -> PolicyGrant {
            PolicyGrant(
                candidate: CandidateGrant(
                    id: .new(at: now), name: "G", effect: .allow, protocols: [.ssh], actions: [.connect],
                    accounts: [rule], startsAt: now, endsAt: nil, weekly: [], state: .active,
                    moment: LocalMoment(weekday: 1, minute: 0)),
                users: Set(people.map(\.id)), groups: [], assets: [asset.id], nodes: [], organization: root,
                zone: "", createdAt: now)
        }
        // Two grants before and three after, with two accounts: ten for each of the people.
        let standing = try ["pat", "quinn"].map { TriedGrant(grant(.name(try AccountName(parsing: $0)))) }
        let policy = TriedPolicy(
            root: root, isTenantActive: true, people: people, assets: [asset], memberships: [], clocks: [:],
            grants: [TriedGrant(from: nil, to: grant(.all))] + standing)
        let spread = TrialSpread(
            name: "G", grant: nil, people: people.map(\.id), assets: [asset.id], peopleCount: 2, assetCount: 1)
        let found = TrialReplay(policy: policy, now: now, questions: questions).widenings([spread])
        #expect(found.map(\.isComplete) == [isComplete] && found.map(\.opened) == [opened])
    }

    @Test(arguments: [(999, true), (1000, false)])
    func `of more grants than a decision reads the rest opens nothing, denials first`(
        _ denials: Int, _ isOpen: Bool
    ) throws {
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        let root = OrganizationID.new(at: now)
        let person = PolicyPerson(id: .new(at: now), name: "P", login: "p", isActive: true, groups: [])
        let (account, other) = (try AccountName(parsing: "root"), try AccountName(parsing: "deploy"))
        let asset = PolicyAsset(
            id: .new(at: now), name: "web-1", isActive: true, nodes: [], organizations: [root],
            accounts: [account, other])
        func grant(_ effect: Grant.Effect, _ rule: AccountRule) -> TriedGrant {
            TriedGrant(
                PolicyGrant(
                    candidate: CandidateGrant(
                        id: .new(at: now), name: "G", effect: effect, protocols: [.ssh], actions: [.connect],
                        accounts: [rule], startsAt: now, endsAt: nil, weekly: [], state: .active,
                        moment: LocalMoment(weekday: 1, minute: 0)),
                    users: [person.id], groups: [], assets: [asset.id], nodes: [], organization: root, zone: "",
                    createdAt: now))
        }
        // They deny another account, and are read all the same; the one that opens it stands first, as what is changed does.
        let policy = TriedPolicy(
            root: root, isTenantActive: true, people: [person], assets: [asset], memberships: [], clocks: [:],
            grants: [grant(.allow, .all)] + (0..<denials).map { _ in grant(.deny, .name(other)) })
        let pair = try #require(policy.pair(person.id, asset.id))
        #expect(pair.decide(pair.after, account, .ssh, .now(now)).isAllowed == isOpen)
    }

    private static let monday = [1]
    private static let week = [1, 2, 3, 4, 5, 6, 7]

    /// The days of a standing grant and of a denial, before and after; nil where there is none.
    @Test(
        arguments: [
            (nil, monday, week, monday, 1), (nil, week, week, week, 0), (monday, monday, monday, monday, 0),
            (week, monday, week, nil, 1), (week, week, week, monday, 1), (week, monday, week, [1, 2], 0),
            (week, [1, 2], week, monday, 1), (monday, nil, week, nil, 1), (week, nil, monday, nil, 0),
            (week, monday, week, [2], 1),
        ] as [([Int]?, [Int]?, [Int]?, [Int]?, Int)])
    func `what is open at another hour hides nothing of what a change opens at this one`(
        _ grantBefore: [Int]?, _ denialBefore: [Int]?, _ grantAfter: [Int]?, _ denialAfter: [Int]?, _ opened: Int
    ) throws {
        // Half past ten in New York, on a Wednesday.
        let now = Date(timeIntervalSince1970: 1_795_015_800)
        let root = OrganizationID.new(at: now)
        let person = PolicyPerson(id: .new(at: now), name: "P", login: "p", isActive: true, groups: [])
        let asset = PolicyAsset(
            id: .new(at: now), name: "web-1", isActive: true, nodes: [], organizations: [root],
            accounts: [try AccountName(parsing: "root")])
        func policy(_ effect: Grant.Effect, _ days: [Int]?) throws -> PolicyGrant? {
            guard let days else { return nil }
            return PolicyGrant(
                candidate: CandidateGrant(
                    id: .new(at: now), name: "G", effect: effect, protocols: [.ssh], actions: [.connect],
                    accounts: [.all], startsAt: now, endsAt: nil,
                    weekly: [try WeeklyHours(days: days, from: 0, to: 1440)], state: .active,
                    moment: LocalMoment(weekday: 1, minute: 0)),
                users: [person.id], groups: [], assets: [asset.id], nodes: [], organization: root, zone: "here",
                createdAt: now)
        }
        let policy = TriedPolicy(
            root: root, isTenantActive: true, people: [person], assets: [asset], memberships: [],
            clocks: ["here": ZoneClock(offsets: [(from: .distantPast, seconds: -18_000)])],
            grants: [
                TriedGrant(from: try policy(.deny, denialBefore), to: try policy(.deny, denialAfter)),
                TriedGrant(from: try policy(.allow, grantBefore), to: try policy(.allow, grantAfter)),
            ])
        let spread = TrialSpread(
            name: "G", grant: nil, people: [person.id], assets: [asset.id], peopleCount: 1, assetCount: 1)
        let found = TrialReplay(policy: policy, now: now).widenings([spread])
        #expect(found.map(\.opened) == [opened])
    }

    /// Two accounts by one grant after and none before: two questions at each moment that is another, and two for now.
    @Test(arguments: [(8, 0, 2), (7, 1, 1), (4, 1, 1), (3, 2, 0)])
    func `what names no account is judged as long as there are questions left`(
        _ questions: Int, _ leftOut: Int, _ changed: Int
    ) throws {
        let now = Date(timeIntervalSince1970: 1_795_000_000)
        let root = OrganizationID.new(at: now)
        let people = (0..<2).map { number in
            PolicyPerson(id: .new(at: now), name: "P\(number)", login: "p\(number)", isActive: true, groups: [])
        }
        let asset = PolicyAsset(
            id: .new(at: now), name: "web-1", isActive: true, nodes: [], organizations: [root],
            accounts: [try AccountName(parsing: "root"), try AccountName(parsing: "deploy")])
        let grant = PolicyGrant(
            candidate: CandidateGrant(
                id: .new(at: now), name: "G", effect: .allow, protocols: [.ssh], actions: [.connect], accounts: [.all],
                startsAt: now - 100, endsAt: nil, weekly: [], state: .active, moment: LocalMoment(weekday: 1, minute: 0)
            ),
            users: Set(people.map(\.id)), groups: [], assets: [asset.id], nodes: [], organization: root, zone: "",
            createdAt: now - 100)
        let policy = TriedPolicy(
            root: root, isTenantActive: true, people: people, assets: [asset], memberships: [], clocks: [:],
            grants: [TriedGrant(from: nil, to: grant)])
        func attempts(_ account: AccountName?) -> [TrialDeeds] {
            people.map { person in
                TrialDeeds(
                    user: person.id, asset: asset.id, account: account, protocol: .ssh, times: [now - 20, now - 10])
            }
        }
        let replay = TrialReplay(policy: policy, now: now, questions: questions)
        let found = replay.gains(attempts(nil))
        #expect(found.leftOut == leftOut * 2 && found.rows.map(\.changed) == Array(repeating: 2, count: changed))
        // What names one costs no more than ever.
        let named = replay.gains(attempts(try AccountName(parsing: "root")))
        #expect(named.leftOut == 0 && named.rows.count == 2)
    }
}
