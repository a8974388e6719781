import Access
import Assets
import Foundation
import Kernel
import Testing

@testable import Tickets

/// Random sequences of what can happen to a request, on the machine and on the oracle at once.
@Suite struct TicketModelTests {
    /// As many as the product is held to.
    static let sequences = 100_000

    @Test func `whatever happens in whatever order, machine and oracle agree, and every request ends`() async {
        let tallies = await withTaskGroup(of: Tally.self) { group in
            for part in 0..<4 {
                group.addTask {
                    var tally = Tally()
                    for seed in stride(from: part, to: Self.sequences, by: 4) {
                        var walk = TicketWalk(seed: UInt64(seed))
                        walk.run(&tally)
                        // For a minute there would be no thread for any other test.
                        await Task.yield()
                    }
                    return tally
                }
            }
            return await group.reduce(into: Tally()) { $0.add($1) }
        }
        // A walk that never gets anywhere would prove nothing.
        for end in ["approved", "rejected", "withdrawn", "expired"] {
            #expect(tallies.counts[end, default: 0] * 50 > Self.sequences, "\(tallies.counts)")
        }
        for seen in [
            "taken in another's seat", "narrowed", "escalated", "reminded", "reassigned",
            "reassigned of an escalation", "raised by a floor", "held by a floor", "refused ownTicket",
            "refused alreadyDecided", "refused changed", "refused needsPasskey", "refused levelDone",
            "refused notYours", "refused expired", "refused wider", "refused seatTaken", "refused noApprovers",
        ] {
            #expect(tallies.counts[seen, default: 0] > 10, "\(seen): \(tallies.counts)")
        }
    }

    struct Tally: Sendable {
        var counts: [String: Int] = [:]

        mutating func note(_ what: String) { counts[what, default: 0] += 1 }
        mutating func add(_ other: Tally) { counts.merge(other.counts, uniquingKeysWith: +) }
    }
}

/// The same numbers again for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// One request's life.
struct TicketWalk {
    private static let people = (0..<9).map { _ in UserID.new() }
    private static let start = Date(timeIntervalSince1970: 1_795_000_000)

    private let seed: UInt64
    private var numbers: SeededNumbers
    private var oracle: TicketOracle
    private var ticket: TicketProgress
    private var digests: [[UInt8]]
    private var now = 0
    /// Who is away, and who answers for them.
    private var absent: [(from: Int, to: Int)] = []

    /// What a company asks for at least, where it does.
    private let floor: Floor?
    /// The flow has fewer levels than that, so nothing would have been opened.
    private let isHeld: Bool

    init(seed: UInt64) {
        self.seed = seed
        var numbers = SeededNumbers(seed: seed)
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &numbers) < percent }
        func some(_ count: ClosedRange<Int>) -> [Int] {
            Array((0..<9).shuffled(using: &numbers).prefix(Int.random(in: count, using: &numbers)))
        }
        var levels = (0..<Int.random(in: 1...5, using: &numbers)).map { _ in
            var seats = some(1...5)
            // Those who ask, or their other accounts, sit there by mistake at times.
            if !chance(10) { seats.removeAll { $0 == 0 } }
            if seats.isEmpty { seats = [1] }
            let deadline = Int.random(in: 50...500, using: &numbers)
            return TicketOracle.Level(
                seats: seats, lateSeats: chance(40) ? some(1...3).filter { !seats.contains($0) } : [],
                quorum: min(seats.count, Int.random(in: 1...3, using: &numbers)), deadline: deadline,
                escalation: chance(50) ? Int.random(in: 1...600, using: &numbers) : nil,
                reminder: chance(50) ? Int.random(in: 1...600, using: &numbers) : nil, lapseRejects: chance(30),
                needsPasskey: chance(20))
        }
        let planned = levels
        let (least, quorum, key) = (Int.random(in: 0...3, using: &numbers), chance(50) ? 2 : 1, chance(50))
        if chance(25), levels.allSatisfy({ $0.seats.count >= quorum }) {
            floor = Floor([ApprovalFloor(name: "Floor", levels: least, quorum: quorum, needsPasskey: key)])
            isHeld = levels.count < least
            for index in levels.indices where !isHeld {
                levels[index].quorum = max(levels[index].quorum, quorum)
                if key { levels[index].needsPasskey = true }
            }
        } else {
            floor = nil
            isHeld = false
        }
        let pairs = (0..<Int.random(in: 0...3, using: &numbers)).map { _ in
            (Int.random(in: 0..<9, using: &numbers), Int.random(in: 0..<9, using: &numbers))
        }.filter { $0.0 != $0.1 }
        var oracle = TicketOracle(
            requester: 0, isParallel: chance(30), levels: levels, sameAddress: pairs)
        for index in oracle.levels.indices where oracle.isParallel || index == 0 { oracle.levels[index].opened = 0 }
        for index in oracle.levels.indices where oracle.levels[index].escalation == nil {
            oracle.levels[index].lateSeats = []
        }
        self.oracle = oracle
        var laid = oracle
        for index in planned.indices {
            laid.levels[index].quorum = planned[index].quorum
            laid.levels[index].needsPasskey = planned[index].needsPasskey
        }
        ticket = Self.ticket(laid, above: isHeld ? nil : floor)
        digests = [ticket.digest]
        self.numbers = numbers
    }

    private static func ticket(_ oracle: TicketOracle, above floor: Floor?) -> TicketProgress {
        func seats(_ list: [Int]) -> [Seat] { list.map { Seat(user: people[$0], reason: .named) } }
        let plan = FlowPlan(
            flow: .new(), flowName: "Model",
            levels: oracle.levels.map { level in
                PlannedLevel(
                    name: "Level", seats: seats(level.seats), quorum: level.quorum, deadline: level.deadline,
                    reminder: level.reminder, lapse: level.lapseRejects ? .rejected : .expired,
                    escalation: level.escalation.map { .init(after: $0, seats: seats(level.lateSeats)) },
                    needsPasskey: level.needsPasskey)
            }, isParallel: oracle.isParallel, approvesItself: false)
        let ask = TicketAsk(
            assets: [], accounts: [], protocols: [], actions: [], startsAt: nil, duration: oracle.duration)
        return TicketProgress(
            TicketDraft(kind: .general, ask: ask, reason: "x"), id: .new(), by: people[0],
            on: floor?.raised(plan) ?? plan, at: start)
    }

    private var moment: Date { Self.start.addingTimeInterval(Double(now)) }
    private var people: SamePeople {
        SamePeople(
            oracle.sameAddress.enumerated().flatMap { index, pair in
                [
                    (user: Self.people[pair.0], address: "\(index)"), (user: Self.people[pair.1], address: "\(index)"),
                ]
            })
    }

    private mutating func anybody() -> Int { Int.random(in: 0..<9, using: &numbers) }
    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &numbers) < percent }

    mutating func run(_ tally: inout TicketModelTests.Tally) {
        if let floor {
            let isRefused = (try? floor.check(levels: oracle.levels.count, of: "Model", lasting: 1)) == nil
            hold(isRefused == isHeld, "the levels that a floor asks for")
            tally.note(isHeld ? "held by a floor" : "raised by a floor")
        }
        for _ in 0..<Int.random(in: 3...25, using: &numbers) {
            switch Int.random(in: 0..<100, using: &numbers) {
            case ..<62: decide(&tally)
            case ..<72: pass(Int.random(in: 1...60, using: &numbers), &tally)
            case ..<74: pass(Int.random(in: 100...2000, using: &numbers), &tally)
            case ..<82: hand()
            case ..<92: reassign(&tally)
            case ..<94: withdraw(&tally)
            case ..<96:
                let pair = (anybody(), anybody())
                if pair.0 != pair.1, oracle.end == nil { oracle.sameAddress.append(pair) }
            default:
                // Time goes by, and the sweep comes late.
                now += Int.random(in: 1...100, using: &numbers)
            }
            agree()
        }
        // Whatever waits comes to its end by itself.
        var rounds = 0
        while oracle.end == nil, rounds < 20 {
            pass(501, &tally)
            agree()
            rounds += 1
        }
        hold(ticket.state.word != .open)
        hold(oracle.approvals <= 1)
        tally.note(oracle.end?.rawValue ?? "open")
        never()
    }

    private mutating func decide(_ tally: inout TicketModelTests.Tally) {
        // Mostly somebody whose turn it is, so that walks get far.
        var who = anybody()
        let level = oracle.open.randomElement(using: &numbers)
        if let level, chance(70), let seat = oracle.seats(level).randomElement(using: &numbers) {
            who = absent.filter { $0.from == seat }.map(\.to).randomElement(using: &numbers) ?? seat
        }
        let isYes = !chance(6)
        let seen = chance(90) ? oracle.version : Int.random(in: 0...oracle.version, using: &numbers)
        let only = chance(25) ? Int.random(in: 0..<oracle.levels.count, using: &numbers) : nil
        let wanted: Int? = chance(15) ? [600, 1200, 1800, 3600, 7200].randomElement(using: &numbers) : nil
        let hasProof = chance(70)
        let away = Set(absent.filter { $0.to == who }.map(\.from))
        let verdict = oracle.verdict(
            on: who, isYes: isYes, seenVersion: seen, only: only, duration: wanted, absent: away, hasProof: hasProof,
            at: now)
        let before = ticket
        let result = Result { () throws(TicketError) in
            try ticket.decided(
                by: Self.people[who], isYes ? .approved : .rejected, on: digests[seen], onlyAt: only.map { $0 + 1 },
                narrowing: Narrowing(duration: wanted), handedOver: Set(away.map { Self.people[$0] }), among: people,
                hasProof: hasProof, at: moment)
        }
        switch (verdict, result) {
        case (.refused(let expected), .failure(let error)):
            hold(error == expected)
            tally.note("refused \(String(describing: error).prefix { $0 != "(" })")
        case (.taken(let level, let seat), .success(let step)):
            hold(step.level == level + 1 && (step.onBehalfOf ?? Self.people[who]) == Self.people[seat])
            hold(before.answers.count + 1 == step.progress.answers.count)
            ticket = step.progress
            let version = oracle.version
            oracle.take(level, who: who, seat: seat, isYes: isYes, duration: wanted, at: now)
            if oracle.version > version {
                digests.append(ticket.digest)
                tally.note("narrowed")
            }
            if seat != who { tally.note("taken in another's seat") }
        default: Issue.record("seed \(seed): \(verdict), and \(result)")
        }
    }

    private mutating func pass(_ seconds: Int, _ tally: inout TicketModelTests.Tally) {
        now += seconds
        oracle.pass(to: now)
        let (after, happenings) = ticket.ticked(at: moment)
        ticket = after
        for happening in happenings {
            switch happening {
            case .reminded: tally.note("reminded")
            case .escalated: tally.note("escalated")
            case .lapsed: tally.note("lapsed")
            }
        }
        // Nothing is due any more, so a sweep that comes twice does nothing.
        hold(ticket.ticked(at: moment) == (ticket, []))
        hold(ticket.due.map { $0 > moment } ?? true)
    }

    private mutating func hand() {
        if chance(30) {
            absent = []
        } else {
            let pair = (from: anybody(), to: anybody())
            if pair.from != pair.to { absent.append(pair) }
        }
    }

    private mutating func reassign(_ tally: inout TicketModelTests.Tally) {
        let level = Int.random(in: 0..<oracle.levels.count, using: &numbers)
        let planned = oracle.levels[level].seats + oracle.levels[level].lateSeats
        let from = planned.randomElement(using: &numbers) ?? anybody()
        let (to, by) = (anybody(), chance(80) ? from : anybody())
        let expected = oracle.reassignment(level: level, from: from, to: to, by: by, at: now)
        let result = Result { () throws(TicketError) in
            try ticket.reassigned(
                level: level + 1, from: Self.people[from], to: Self.people[to], by: Self.people[by], name: "x",
                among: people, at: moment)
        }
        switch (expected, result) {
        case (let expected?, .failure(let error)):
            hold(error == expected)
            tally.note("refused \(String(describing: error).prefix { $0 != "(" })")
        case (nil, .success(let after)):
            ticket = after
            tally.note(oracle.levels[level].lateSeats.contains(from) ? "reassigned of an escalation" : "reassigned")
            oracle.handOver(level, from, to)
        default: Issue.record("seed \(seed): \(String(describing: expected)), and \(result)")
        }
    }

    private mutating func withdraw(_ tally: inout TicketModelTests.Tally) {
        let who = chance(60) ? 0 : anybody()
        let result = Result { () throws(TicketError) in try ticket.withdrawn(by: Self.people[who], at: moment) }
        switch result {
        case .success(let after):
            hold(who == 0 && oracle.end == nil)
            ticket = after
            oracle.end = .withdrawn
        case .failure(let error):
            hold(error == (who == 0 ? .notOpen : .notFound) && (who != 0 || oracle.end != nil))
        }
    }

    /// Machine and oracle tell the same.
    private func agree() {
        hold(ticket.state.word.rawValue == oracle.end?.rawValue ?? "open")
        hold(ticket.openLevels.map { $0 - 1 } == oracle.open)
        hold(ticket.answers.count == oracle.log.count)
        hold(ticket.levels.map { $0.escalatedAt != nil } == oracle.levels.map(\.escalated))
        hold(ticket.levels.map { $0.remindedAt != nil } == oracle.levels.map(\.reminded))
    }

    /// What must not be, whatever the rules are.
    private func never() {
        let accounts = ticket.answers.map { [$0.user, $0.seat] }
        for index in accounts.indices {
            for account in accounts[index] {
                for other in accounts.indices where other > index {
                    hold(!accounts[other].contains(account), "one person decided twice")
                }
            }
            hold(!accounts[index].contains(Self.people[0]), "a request of one's own")
        }
        guard ticket.state.word == .approved else { return }
        for level in ticket.levels {
            hold(level.answers.count { $0.outcome == .approved } >= level.plan.quorum)
            hold(!level.answers.contains { $0.outcome == .rejected })
        }
    }

    /// Millions of times: the macro would take longer than the machine.
    private func hold(
        _ isSo: Bool, _ what: String = "machine and oracle differ", _ place: SourceLocation = #_sourceLocation
    ) {
        if !isSo { Issue.record("seed \(seed): \(what)", sourceLocation: place) }
    }
}
