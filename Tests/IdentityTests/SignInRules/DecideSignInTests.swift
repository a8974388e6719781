import Foundation
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// The rules against a model that is written apart from them and knows no shortcuts.
@Suite struct DecideSignInTests {
    /// Repeats itself: what fails once fails again.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
        }
    }

    // MARK: The model

    /// Every address as a number, IPv4 below 2³² and IPv6 above it.
    private static func number(_ text: String) -> UInt128 {
        let plain = text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
        if !plain.contains(":") {
            return plain.split(separator: ".").reduce(0) { $0 * 256 + UInt128($1)! }
        }
        let sides = plain.components(separatedBy: "::")
        let left = sides[0].split(separator: ":"), right = sides.count > 1 ? sides[1].split(separator: ":") : []
        let zeros = Array(repeating: Substring("0"), count: 8 - left.count - right.count)
        return (left + zeros + right).reduce(0) { $0 << 16 + UInt128($1, radix: 16)! }
    }

    private static func isInside(_ address: String, _ set: String) -> Bool {
        let isLong = { (text: String) in text.contains(":") && !text.hasPrefix("::ffff:") }
        if let dash = set.firstIndex(of: "-") {
            let (first, last) = (String(set[..<dash]), String(set[set.index(after: dash)...]))
            guard isLong(address) == isLong(first) else { return false }
            return number(first) <= number(address) && number(address) <= number(last)
        }
        let parts = set.split(separator: "/").map(String.init)
        guard isLong(address) == isLong(parts[0]) else { return false }
        let width = isLong(address) ? 128 : 32
        let prefix = parts.count > 1 ? Int(parts[1])! : width
        return number(address) >> UInt128(width - prefix) == number(parts[0]) >> UInt128(width - prefix)
    }

    /// Every minute of the week, one by one.
    private static func minutes(of hours: SignInHours) -> Set<Int> {
        var open: Set<Int> = []
        for day in hours.days {
            var minute = (day - 1) * 1440 + hours.from
            let last = hours.to > hours.from ? (day - 1) * 1440 + hours.to : day * 1440 + hours.to
            while minute < last {
                open.insert(minute % 10_080)
                minute += 1
            }
        }
        return open
    }

    private static func model(
        _ rules: [SignInRule], _ user: UserID, _ groups: Set<GroupID>, _ roles: Set<RoleID>, _ address: String,
        _ moment: WallClock
    ) -> SignInRule? {
        for rule in rules where rule.enabled {
            var isMeant = rule.everyone
            for one in rule.who {
                if one.user == user { isMeant = true }
                if let group = one.group, groups.contains(group) { isMeant = true }
                if let role = one.role, roles.contains(role) { isMeant = true }
            }
            let isFrom = rule.sources.isEmpty || rule.sources.map(\.text).contains { isInside(address, $0) }
            let week = (moment.weekday - 1) * 1440 + moment.minute
            let isOpen = rule.hours.isEmpty || rule.hours.contains { minutes(of: $0).contains(week) }
            if isMeant && isFrom && isOpen { return rule }
        }
        return nil
    }

    // MARK: The comparison

    private static let addresses = [
        "10.0.0.0", "10.0.0.1", "10.0.0.9", "10.0.0.10", "10.0.1.0", "10.255.255.255", "11.0.0.0", "192.168.1.7",
        "::ffff:10.0.0.1", "::ffff:192.168.1.7", "2001:db8::1", "2001:db8::ffff", "2001:db8:1::1", "fe80::1", "::1",
        "::",
        "0.0.0.0", "255.255.255.255",
    ]
    private static let sets = [
        "10.0.0.1", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.1-10.0.0.9", "::ffff:10.0.0.1", "192.168.1.0-192.168.1.255",
        "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::/48", "2001:db8::1-2001:db8::ffff", "fe80::/10", "::1",
        "10.0.0.8/29", "255.255.255.255", "::ffff:10.0.0.1-::ffff:10.0.0.9",
    ]

    @Test func `the rule that decides is the one that a naive reading of the rules finds`() throws {
        var dice = Dice(state: 20_261_128)
        let users = (0..<3).map { _ in UserID.new() }
        let groups = (0..<3).map { _ in GroupID.new() }, roles = (0..<3).map { _ in RoleID.new() }
        func member() -> PeopleReference {
            switch Int.random(in: 0..<3, using: &dice) {
            case 0: PeopleReference(.user(users.randomElement(using: &dice)!))
            case 1: PeopleReference(.group(groups.randomElement(using: &dice)!))
            default: PeopleReference(.role(roles.randomElement(using: &dice)!))
            }
        }
        func hours() throws -> SignInHours {
            let from = [0, 30, 480, 1080, 1320, 1439].randomElement(using: &dice)!
            let to = [0, 1, 120, 360, 1080, 1440].filter { $0 != from }.randomElement(using: &dice)!
            return try SignInHours(
                days: (1...7).filter { _ in Bool.random(using: &dice) } + [Int.random(in: 1...7, using: &dice)],
                from: from, to: to)
        }
        func rule() throws -> SignInRule {
            let everyone = Int.random(in: 0..<3, using: &dice) == 0
            let action = SignInRule.Action.allCases.randomElement(using: &dice)!
            return try SignInRule(
                id: .new(), name: "r", enabled: Int.random(in: 0..<5, using: &dice) > 0, everyone: everyone,
                who: everyone ? [] : (0...Int.random(in: 0...2, using: &dice)).map { _ in member() },
                sources: (0..<Int.random(in: 0...2, using: &dice)).map { _ in
                    AddressSet(Self.sets.randomElement(using: &dice)!)!
                }, hours: try (0..<Int.random(in: 0...2, using: &dice)).map { _ in try hours() }, action: action,
                asked: action == .review ? [member()] : [])
        }
        var decided = 0
        for _ in 0..<4_000 {
            let rules = try (0..<Int.random(in: 0...5, using: &dice)).map { _ in try rule() }
            let user = users.randomElement(using: &dice)!
            let (mine, held) = (
                Set(groups.filter { _ in Bool.random(using: &dice) }),
                Set(roles.filter { _ in Bool.random(using: &dice) })
            )
            let address = Self.addresses.randomElement(using: &dice)!
            let moment = WallClock(
                weekday: Int.random(in: 1...7, using: &dice),
                minute: [0, 29, 30, 119, 120, 359, 360, 479, 480, 1079, 1080, 1319, 1320, 1439]
                    .randomElement(using: &dice)!)
            let found = rules.deciding(
                SignInCircumstances(
                    user: user, groups: mine, roles: held, address: ClientAddress(address).bytes, moment: moment))
            let expected = Self.model(rules, user, mine, held, address, moment)
            #expect(found == expected, "\(address) \(moment) \(rules)")
            if expected != nil { decided += 1 }
        }
        // Neither everything nor nothing: the comparison has something to say.
        #expect((500...3_500).contains(decided))
    }

    @Test func `an address that cannot be read is kept out by rules about places, and let in by none`() throws {
        func rules(_ action: SignInRule.Action) throws -> [SignInRule] {
            [
                try SignInRule(
                    id: .new(), name: "r", everyone: true, sources: [AddressSet("10.0.0.0/8")!], action: action,
                    asked: action == .review ? [PeopleReference(.user(.new()))] : [])
            ]
        }
        let nowhere = SignInCircumstances(
            user: .new(), groups: [], roles: [], address: ClientAddress("a place").bytes,
            moment: WallClock(weekday: 1, minute: 0))
        #expect(try rules(.deny).deciding(nowhere)?.action == .deny)
        #expect(try rules(.review).deciding(nowhere)?.action == .review)
        #expect(try rules(.allow).deciding(nowhere) == nil)
        #expect(try rules(.notify).deciding(nowhere) == nil)
        #expect(ClientAddress("fe80::1%eth0").bytes == ClientAddress("fe80::1").bytes)
        #expect(ClientAddress(nil).bytes == nil)
    }

    @Test(arguments: [
        "", "10.0.0.0/33", "10.0.0.1/24", "10.0.0.9-10.0.0.1", "10.0.0.1-2001:db8::1", "10.0.0.1-", "-10.0.0.1",
        "10.0.0.1-10.0.0.2-10.0.0.3", "10.0.0.0/8-10.0.0.9", "10.1", "example.com", "10.0.0.1 ", "::/129",
        "::ffff:10.0.0.0/104", "010.0.0.1",
    ])
    func `what is no address, network or range is refused`(text: String) {
        #expect(AddressSet(text) == nil)
    }

    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Asia/Kathmandu"])
    func `the clock on the wall is right on the days when clocks are changed`(zone: String) async throws {
        let house = try await House()
        let (scope, _) = try await house.makeTenant()
        _ = try await house.test.superuser().execute(
            "update tenants set time_zone = \(zone) where tenant_id = \(scope.tenant)")
        let user = try #require(try await house.identity.directory.user(login: "ada", in: scope)).id
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        // 29 March and 25 October 2026 in Europe, 8 March and 1 November in America, 5 April and 4 October on Lord Howe.
        for start in [1_774_731_600.0, 1_792_872_000, 1_772_920_800, 1_793_491_200, 1_775_311_200, 1_791_036_000] {
            for step in stride(from: 0, to: 86_400.0 * 1.5, by: 1_740) {
                let moment = Date(timeIntervalSince1970: start + step)
                let found = try await house.test.database.transaction(in: scope) { tx in
                    try await SignInRuleStore.circumstances(of: user, from: nil, at: moment, in: scope, tx)?.moment
                }
                let parts = calendar.dateComponents([.weekday, .hour, .minute], from: moment)
                let weekday = (parts.weekday! + 5) % 7 + 1
                #expect(found == WallClock(weekday: weekday, minute: parts.hour! * 60 + parts.minute!), "\(moment)")
            }
        }
    }
}
