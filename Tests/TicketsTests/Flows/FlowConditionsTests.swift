import Access
import Assets
import FoundationEssentials
import Kernel
import Testing

@testable import Tickets

/// For which requests a flow is, and how risky a request is: facts and conditions against a table that is written apart from
/// the code.
@Suite struct FlowConditionsTests {
    private static let ops = GroupID.new()
    private static let staff = GroupID.new()

    /// One production server and one for tests, asked for by somebody in operations, on a Wednesday at ten for an hour.
    static let facts = DraftFacts(
        kind: .access, organization: .new(), organizations: 1, groups: [ops],
        assets: [target(["env": "prod", "site": "north"]), target(["env": "test"])],
        accounts: [try! AccountName("deploy")],
        actions: [.connect], hasPrivilegedAccount: false, duration: 3600, moment: LocalMoment(weekday: 3, minute: 600))

    static func target(_ labels: [String: String], platform: String = "linux") -> DraftFacts.Target {
        DraftFacts.Target(
            id: .new(), platform: platform,
            labels: Set(labels.map { DraftFacts.Label(key: $0.key, value: $0.value) }))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let conditions: FlowConditions
        var strictly = false
        var change: @Sendable (inout DraftFacts) -> Void = { _ in }
        let fits: Bool
    }

    static let noon = try! WeeklyHours(days: [1, 2, 3, 4, 5], from: 540, to: 1080)

    static let cases: [Case] = [
        Case(testDescription: "nothing is asked for", conditions: FlowConditions(), fits: true),
        Case(testDescription: "its kind", conditions: FlowConditions(kinds: [.general, .access]), fits: true),
        Case(testDescription: "another kind", conditions: FlowConditions(kinds: [.general]), fits: false),
        Case(
            testDescription: "a group", conditions: FlowConditions(groups: [FlowGroup(id: staff), FlowGroup(id: ops)]),
            fits: true),
        Case(testDescription: "another group", conditions: FlowConditions(groups: [FlowGroup(id: staff)]), fits: false),
        Case(
            testDescription: "a label of one asset",
            conditions: FlowConditions(labels: [FlowLabel(key: "env", value: "prod")]),
            fits: true),
        Case(
            testDescription: "the label of every asset",
            conditions: FlowConditions(labels: [FlowLabel(key: "env", value: "test")], assets: .all), fits: false),
        Case(
            testDescription: "a lenient flow wants its label of every asset",
            conditions: FlowConditions(labels: [FlowLabel(key: "env", value: "test")]), strictly: true, fits: false),
        Case(
            testDescription: "every asset has one of the labels",
            conditions: FlowConditions(
                labels: [FlowLabel(key: "env", value: "test"), FlowLabel(key: "site", value: "north")], assets: .all),
            fits: true),
        Case(
            testDescription: "any value of a key",
            conditions: FlowConditions(labels: [FlowLabel(key: "env")], assets: .all),
            fits: true),
        Case(
            testDescription: "a key that none has", conditions: FlowConditions(labels: [FlowLabel(key: "tier")]),
            fits: false),
        Case(
            testDescription: "labels of no assets", conditions: FlowConditions(labels: [FlowLabel(key: "env")]),
            strictly: true, change: { $0.assets = [] }, fits: false),
        Case(
            testDescription: "its platform", conditions: FlowConditions(platforms: ["linux"], assets: .all), fits: true),
        Case(testDescription: "another platform", conditions: FlowConditions(platforms: ["windows"]), fits: false),
        Case(
            testDescription: "label and platform of the same asset",
            conditions: FlowConditions(labels: [FlowLabel(key: "env", value: "prod")], platforms: ["windows"]),
            change: { $0.assets.append(target([:], platform: "windows")) }, fits: false),
        Case(testDescription: "privileged, and it is not", conditions: FlowConditions(privileged: true), fits: false),
        Case(
            testDescription: "privileged by its name", conditions: FlowConditions(privileged: true),
            change: { $0.accounts.append(try! AccountName("Root")) }, fits: true),
        Case(
            testDescription: "privileged by its mark", conditions: FlowConditions(privileged: true),
            change: { $0.hasPrivilegedAccount = true }, fits: true),
        Case(
            testDescription: "unprivileged, and it is not", conditions: FlowConditions(privileged: false),
            change: { $0.hasPrivilegedAccount = true }, fits: false),
        Case(testDescription: "as long as the longest", conditions: FlowConditions(longest: 3600), fits: true),
        Case(
            testDescription: "longer than the longest", conditions: FlowConditions(longest: 3600),
            change: { $0.duration = 3601 }, fits: false),
        Case(testDescription: "as short as the shortest", conditions: FlowConditions(shortest: 3600), fits: true),
        Case(testDescription: "shorter than the shortest", conditions: FlowConditions(shortest: 3601), fits: false),
        Case(testDescription: "in the hours", conditions: FlowConditions(hours: [noon]), fits: true),
        Case(
            testDescription: "at the end of the hours", conditions: FlowConditions(hours: [noon]),
            change: { $0.moment = LocalMoment(weekday: 3, minute: 1080) }, fits: false),
        Case(
            testDescription: "on a Sunday", conditions: FlowConditions(hours: [noon]),
            change: { $0.moment = LocalMoment(weekday: 7, minute: 600) }, fits: false),
        Case(
            testDescription: "outside of the hours", conditions: FlowConditions(hours: [noon], outsideHours: true),
            fits: false),
        Case(
            testDescription: "outside of the hours on a Sunday",
            conditions: FlowConditions(hours: [noon], outsideHours: true),
            change: { $0.moment = LocalMoment(weekday: 7, minute: 600) }, fits: true),
        Case(testDescription: "its risk", conditions: FlowConditions(risks: [.low, .medium]), fits: true),
        Case(testDescription: "another risk", conditions: FlowConditions(risks: [.high]), fits: false),
        Case(
            testDescription: "all but one of what is asked for",
            conditions: FlowConditions(
                kinds: [.access], groups: [FlowGroup(id: ops)], labels: [FlowLabel(key: "env")], platforms: ["linux"],
                privileged: false, shortest: 60, longest: 60, hours: [noon], risks: [.low]), fits: false),
        Case(
            testDescription: "all of what is asked for",
            conditions: FlowConditions(
                kinds: [.access], groups: [FlowGroup(id: ops)], labels: [FlowLabel(key: "env")], platforms: ["linux"],
                privileged: false, shortest: 60, longest: 7200, hours: [noon], risks: [.low]), fits: true),
    ]

    @Test(arguments: cases) func `a flow is for a request when all that it asks for holds`(_ one: Case) {
        var facts = Self.facts
        one.change(&facts)
        let risk = RiskScore(facts).risk
        #expect(
            one.conditions.fit(facts, one.conditions.risks.isEmpty ? risk : .low, strictly: one.strictly) == one.fits)
    }

    struct RiskCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout DraftFacts) -> Void
        let risk: TicketRisk
        let codes: Set<RiskReason.Code>
    }

    static let risks: [RiskCase] = [
        RiskCase(testDescription: "production", change: { _ in }, risk: .low, codes: [.production]),
        RiskCase(testDescription: "no production", change: { $0.assets = [] }, risk: .low, codes: []),
        RiskCase(
            testDescription: "root",
            change: {
                $0.accounts = [try! AccountName("root")]; $0.assets = []
            }, risk: .medium,
            codes: [.privilegedAccount]),
        RiskCase(
            testDescription: "root on production", change: { $0.accounts = [try! AccountName("root")] }, risk: .medium,
            codes: [.privilegedAccount, .production]),
        RiskCase(
            testDescription: "root on production at night",
            change: {
                $0.accounts = [try! AccountName("root")]
                $0.moment = LocalMoment(weekday: 3, minute: 30)
            }, risk: .high, codes: [.privilegedAccount, .production, .outsideHours]),
        RiskCase(
            testDescription: "a day and a second", change: { $0.duration = 86_401 }, risk: .medium,
            codes: [.production, .longerThanDay]),
        RiskCase(
            testDescription: "more than a week", change: { $0.duration = 700_000 }, risk: .medium,
            codes: [.production, .longerThanWeek]),
        RiskCase(
            testDescription: "eleven assets", change: { $0.assets = (0..<11).map { _ in target([:]) } }, risk: .low,
            codes: [.manyAssets]),
        RiskCase(
            testDescription: "several organizations, with files taken out",
            change: {
                $0.organizations = 2
                $0.actions = [.connect, .download]
            }, risk: .medium, codes: [.production, .severalOrganizations, .takesFilesOut]),
        RiskCase(
            testDescription: "breaking the glass",
            change: {
                $0.kind = TicketKindName(rawValue: "break-glass")
                $0.assets = []
            }, risk: .high, codes: [.breakGlass]),
        RiskCase(
            testDescription: "a role",
            change: {
                $0.kind = RoleKind.kind
                $0.assets = []
            }, risk: .high, codes: [.role]),
    ]

    @Test(arguments: risks) func `risk is a sum whose parts are told`(_ one: RiskCase) {
        var facts = Self.facts
        one.change(&facts)
        let score = RiskScore(facts)
        #expect(score.risk == one.risk && Set(score.reasons.map(\.code)) == one.codes, "\(score.points)")
    }

    @Test func `why a flow was chosen names what held and nothing else`() {
        let conditions = FlowConditions(
            kinds: [.general, .access],
            groups: [FlowGroup(id: Self.staff, name: "Staff"), FlowGroup(id: Self.ops, name: "Ops")],
            labels: [FlowLabel(key: "env", value: "prod"), FlowLabel(key: "tier")], privileged: false, longest: 7200,
            hours: [Self.noon], risks: [.low])
        #expect(
            conditions.because(Self.facts, .low) == [
                "kind=access", "group=Ops", "label=env:prod", "unprivileged", "at-most=7200", "hours", "risk=low",
            ])
    }

    @Test func `different people have to fill all levels`() {
        let people = (0..<4).map { _ in UserID.new() }
        func level(_ indices: [Int], _ quorum: Int = 1) -> (people: Set<UserID>, quorum: Int) {
            (Set(indices.map { people[$0] }), quorum)
        }
        #expect(FlowPlan.unfilled([level([0]), level([1])]) == nil)
        #expect(FlowPlan.unfilled([level([]), level([1])]) == 1)
        #expect(FlowPlan.unfilled([level([0]), level([0])]) == 2)
        #expect(FlowPlan.unfilled([level([0, 1]), level([0])]) == nil)
        #expect(FlowPlan.unfilled([level([0, 1], 2), level([0, 2])]) == nil)
        #expect(FlowPlan.unfilled([level([0, 1], 2), level([0, 1])]) == 2)
        #expect(FlowPlan.unfilled([level([0, 1], 3), level([2])]) == 1)
        #expect(FlowPlan.unfilled([level([0, 1, 2], 2), level([0, 1, 3], 2)]) == nil)
        #expect(FlowPlan.unfilled([level([0, 1, 2], 2), level([0, 1, 2], 2)]) == 2)
    }
}
