import Assets
import FoundationEssentials
import Kernel
import Testing

@testable import Access

/// Grants never combine: what is allowed, one single grant allows as a whole.
@Suite struct CombinationTests {
    private static let now = Date(timeIntervalSince1970: 1_795_000_000)
    private static let moment = LocalMoment(weekday: 3, minute: 666)
    private static let names = ["root", "deploy", "rita"].compactMap { try? AccountName(parsing: $0) }

    /// Numbers that are the same in every run.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private static func candidate(_ random: inout Numbers) throws -> CandidateGrant {
        let hours: [[WeeklyHours]] = [
            [], [], try [WeeklyHours(days: [3], from: 600, to: 700)], try [WeeklyHours(days: [3], from: 700, to: 800)],
            try [WeeklyHours(days: [1, 2], from: 0, to: 1440)],
        ]
        let rules: [[AccountRule]] = [
            [.name(names[0])], [.name(names[1])], [.all], [.same], [.all, .exclude(names[0])],
            [.name(names[0]), .exclude(names[0])],
        ]
        let start = now.addingTimeInterval([-100, -100, -100, 100].randomElement(using: &random)!)
        let end = [nil, 50, 200, -50].randomElement(using: &random)!.map { now.addingTimeInterval($0) }
        return CandidateGrant(
            id: .new(), name: "G", effect: Int.random(in: 0..<12, using: &random) == 0 ? .deny : .allow,
            protocols: Int.random(in: 0..<8, using: &random) == 0 ? [] : [.ssh],
            actions: AccessAction.allCases.filter { _ in Bool.random(using: &random) },
            accounts: rules.randomElement(using: &random)!, startsAt: start, endsAt: end,
            weekly: hours.randomElement(using: &random)!,
            state: Int.random(in: 0..<6, using: &random) == 0 ? .revoked : .active,
            moment: moment)
    }

    /// What a grant says about a question, written again in other words.
    private static func covers(_ grant: CandidateGrant, _ question: AccessQuestion) -> Bool {
        let account = question.account
        var isOpen = false
        for rule in grant.accounts {
            switch rule {
            case .all: isOpen = true
            case .same: isOpen = isOpen || account.text == "rita"
            case .name(let name): isOpen = isOpen || name == account
            case .exclude: break
            }
        }
        for case .exclude(let name) in grant.accounts where name == account { isOpen = false }
        let isNow =
            grant.state == .active && grant.startsAt <= question.at && (grant.endsAt ?? .distantFuture) > question.at
        let isHour =
            grant.weekly.isEmpty
            || grant.weekly.contains { hours in
                hours.days.contains(moment.weekday) && (hours.from..<hours.to).contains(moment.minute)
            }
        return isOpen && isNow && isHour && grant.protocols.contains(.ssh) && grant.actions.contains(question.action)
    }

    @Test(arguments: 0..<40) func `what is allowed is what one grant allows`(_ seed: Int) throws {
        var random = Numbers(state: UInt64(seed) &* 7919 &+ 17)
        for _ in 0..<50 {
            let candidates = try (0..<Int.random(in: 0..<7, using: &random)).map { _ in try Self.candidate(&random) }
            let facts = AccessFacts(
                isTenantActive: true, login: "rita", isUserActive: true, assetName: "web-1", isAssetActive: true,
                hasAccount: true, candidates: candidates)
            for account in Self.names {
                for action in AccessAction.allCases {
                    let question = AccessQuestion(
                        user: .new(), asset: .new(), account: account, protocol: .ssh, action: action, at: Self.now)
                    let decision = facts.decide(question)
                    let covering = candidates.filter { Self.covers($0, question) }
                    let isDenied = covering.contains { $0.effect == .deny }
                    #expect(decision.isAllowed == (!isDenied && !covering.isEmpty))
                    #expect(!decision.reasons.isEmpty && decision.reasons.count <= 5)
                    guard let opening = decision.opening else { continue }
                    let grant = try #require(covering.first { $0.id == opening.grant })
                    // The actions and the end are those of that grant: none borrows from another.
                    #expect(opening.actions == grant.actions)
                    #expect((opening.until ?? .distantFuture) <= (grant.endsAt ?? .distantFuture))
                }
            }
        }
    }

    @Test(arguments: 0..<60) func `the hours are open until the first minute in which they are not`(
        _ seed: Int
    ) throws {
        var random = Numbers(state: UInt64(seed) &* 104_729 &+ 3)
        let hours = try (0..<Int.random(in: 1..<6, using: &random)).map { _ in
            let edges = [0, 360, 480, 720, 1020, 1440]
            let from = edges.dropLast().randomElement(using: &random)!
            let to = edges.filter { $0 > from }.randomElement(using: &random)!
            let days = (1...7).filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
            return try WeeklyHours(days: days.isEmpty ? [3] : days, from: from, to: to)
        }
        for _ in 0..<20 {
            let start = LocalMoment(
                weekday: Int.random(in: 1...7, using: &random), minute: Int.random(in: 0..<1440, using: &random))
            var moment = start
            var minutes = 0
            while hours.contains(where: { $0.contains(moment) }), minutes < 7 * 1440 {
                minutes += 1
                moment =
                    moment.minute == 1439
                    ? LocalMoment(weekday: moment.weekday % 7 + 1, minute: 0)
                    : LocalMoment(weekday: moment.weekday, minute: moment.minute + 1)
            }
            #expect(hours.minutesOpen(from: start) == (minutes == 7 * 1440 ? nil : minutes))
        }
    }

    @Test func `hours around the clock never close`() throws {
        let always = [try WeeklyHours(days: Array(1...7), from: 0, to: 1440)]
        #expect(always.minutesOpen(from: LocalMoment(weekday: 7, minute: 1439)) == nil)
        let nights = [
            try WeeklyHours(days: [5], from: 1320, to: 1440), try WeeklyHours(days: [6], from: 0, to: 360),
        ]
        #expect(nights.minutesOpen(from: LocalMoment(weekday: 5, minute: 1380)) == 420)
        #expect(nights.minutesOpen(from: LocalMoment(weekday: 6, minute: 360)) == 0)
    }
}
