import Foundation

@testable import Tickets

/// What has to come of everything that can happen to a request, written apart from the product and in another way: people
/// are numbers, and everything is worked out anew from a log of what happened.
struct TicketOracle {
    struct Level {
        var seats: [Int]
        var lateSeats: [Int]
        var quorum: Int
        var deadline: Int
        var escalation: Int?
        var reminder: Int?
        var lapseRejects: Bool
        var needsPasskey: Bool
        var opened: Int?
        var escalated = false
        var reminded = false
    }

    struct Answer {
        var level: Int
        var who: Int
        var seat: Int
        var isYes: Bool
    }

    enum End: String { case approved, rejected, withdrawn, expired }
    enum Verdict: Equatable {
        case refused(TicketError)
        case taken(level: Int, seat: Int)
    }

    let requester: Int
    let isParallel: Bool
    var levels: [Level]
    var log: [Answer] = []
    var end: End?
    /// Pairs of accounts with one address.
    var sameAddress: [(Int, Int)]
    /// How often what is asked for was made smaller.
    var version = 0
    var duration = 3600
    var approvals = 0

    /// All accounts of the person: whatever can be reached by shared addresses.
    func accounts(of who: Int) -> Set<Int> {
        var found: Set<Int> = [who]
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for (one, other) in sameAddress where found.contains(one) != found.contains(other) {
                found.formUnion([one, other])
                isGrowing = true
            }
        }
        return found
    }

    func yes(_ level: Int) -> Int { log.count { $0.level == level && $0.isYes } }
    func isDone(_ level: Int) -> Bool { yes(level) >= levels[level].quorum }
    var open: [Int] { end == nil ? levels.indices.filter { levels[$0].opened != nil && !isDone($0) } : [] }
    func isLate(at now: Int) -> Bool { open.contains { levels[$0].opened! + levels[$0].deadline <= now } }

    /// Everybody who has answered or in whose seat somebody has, with all their accounts.
    var spent: Set<Int> { log.reduce(into: []) { $0.formUnion(accounts(of: $1.who).union(accounts(of: $1.seat))) } }

    func seats(_ level: Int) -> [Int] {
        let one = levels[level]
        return one.seats + (one.escalated ? one.lateSeats.filter { !one.seats.contains($0) } : [])
    }

    func verdict(
        on who: Int, isYes: Bool, seenVersion: Int, only: Int?, duration wanted: Int?, absent: Set<Int>,
        hasProof: Bool, at now: Int
    ) -> Verdict {
        if end != nil { return .refused(.notOpen) }
        if isLate(at: now) { return .refused(.expired) }
        if let only, !open.contains(only) { return .refused(.levelDone) }
        let asker = accounts(of: requester)
        if asker.contains(who) { return .refused(.ownTicket) }
        var choices: [(level: Int, seat: Int)] = []
        for level in only.map({ [$0] }) ?? open where seats(level).contains(who) { choices.append((level, who)) }
        for level in only.map({ [$0] }) ?? open {
            for seat in seats(level) where seat != who && absent.contains(seat) && !asker.contains(seat) {
                choices.append((level, seat))
            }
        }
        if choices.isEmpty { return .refused(.notYours) }
        if spent.contains(who) { return .refused(.alreadyDecided) }
        guard let choice = choices.first(where: { !spent.contains($0.seat) }) else { return .refused(.alreadyDecided) }
        if seenVersion != version { return .refused(.changed) }
        if isYes {
            if levels[choice.level].needsPasskey, !hasProof { return .refused(.needsPasskey) }
            if let wanted, wanted > duration { return .refused(.wider) }
        }
        return .taken(level: choice.level, seat: choice.seat)
    }

    mutating func take(_ level: Int, who: Int, seat: Int, isYes: Bool, duration wanted: Int?, at now: Int) {
        log.append(Answer(level: level, who: who, seat: seat, isYes: isYes))
        guard isYes else {
            end = .rejected
            return
        }
        if let wanted, wanted != duration {
            duration = wanted
            version += 1
        }
        if levels.indices.allSatisfy(isDone) {
            end = .approved
            approvals += 1
        } else if open.isEmpty, let next = levels.firstIndex(where: { $0.opened == nil }) {
            levels[next].opened = now
        }
    }

    mutating func pass(to now: Int) {
        if let late = open.first(where: { levels[$0].opened! + levels[$0].deadline <= now }) {
            end = levels[late].lapseRejects ? .rejected : .expired
            return
        }
        for level in open {
            let one = levels[level]
            if let after = one.escalation, after < one.deadline, one.opened! + after <= now {
                levels[level].escalated = true
            }
            if let after = one.reminder, after < one.deadline, one.opened! + after <= now {
                levels[level].reminded = true
            }
        }
    }

    func reassignment(level: Int, from: Int, to: Int, by who: Int, at now: Int) -> TicketError? {
        if end != nil || !levels.indices.contains(level) || isDone(level) { return .notOpen }
        if isLate(at: now) { return .expired }
        let asker = accounts(of: requester)
        if asker.contains(who) || asker.contains(to) { return .ownTicket }
        let planned = levels[level].seats + levels[level].lateSeats
        if !planned.contains(from) { return .notYours }
        if log.contains(where: { $0.level == level && $0.seat == from }) || spent.contains(to) {
            return .alreadyDecided
        }
        let others = planned.filter { $0 != from }
        if others.contains(where: { accounts(of: $0).contains(to) }) { return .seatTaken }
        var after = self
        after.handOver(level, from, to)
        return after.canStillPass ? nil : .noApprovers(level: level + 1)
    }

    mutating func handOver(_ level: Int, _ from: Int, _ to: Int) {
        levels[level].seats = levels[level].seats.map { $0 == from ? to : $0 }
        levels[level].lateSeats = levels[level].lateSeats.map { $0 == from ? to : $0 }
    }

    /// Whether different people can be found for all answers that are missing, by trying.
    var canStillPass: Bool {
        let gone = spent.union(accounts(of: requester))
        let places = levels.indices.filter { !isDone($0) }.flatMap { level in
            Array(
                repeating: Set((levels[level].seats + levels[level].lateSeats).filter { !gone.contains($0) }),
                count: levels[level].quorum - yes(level))
        }
        func fill(_ place: Int, _ used: Set<Int>) -> Bool {
            if place == places.count { return true }
            return places[place].contains { !used.contains($0) && fill(place + 1, used.union(accounts(of: $0))) }
        }
        return fill(0, [])
    }
}
