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
}
