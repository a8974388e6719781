package import Kernel

/// Lines of one pace in which something waits, as far as one pump knows, in the order of their turns, and what it has at hand.
/// Pure.
///
/// Which they are is looked up when there is news, and not whenever a place is free: what waits for receivers who are ill
/// costs those who answer nothing. Whoever is forgotten here by mistake is found at the next look around.
package struct FairTurns<Kind: IDKind>: Sendable {
    private var hand = FairHand()
    private var lines: [FairLine] = []
    /// When each was heard of last, by a clock that ticks with what happens here.
    private var heard: [FairLine: Int] = [:]
    private var ticks = 0

    package init() {}

    package var isEmpty: Bool { lines.isEmpty }
    package var taken: Int { hand.taken }

    /// Something waits in these.
    package mutating func hear(_ lines: [FairLine]) {
        ticks += 1
        for line in lines where heard.updateValue(ticks, forKey: line) == nil { self.lines.append(line) }
    }

    /// Whose turn it is: no more than there are places, and nobody whose share is taken.
    package func next(_ most: FairShares) -> FairTurn? {
        let limit = most.places - hand.taken
        guard limit > 0 else { return nil }
        var (chosen, rooms): ([FairLine], [Int]) = ([], [])
        var (tenants, beside): ([TenantID: Int], [TenantID: Int]) = ([:], [:])
        for line in lines {
            let room = most.ofLine - hand.lines[line, default: 0]
            let whole = most.ofTenant - hand.tenants[line.tenant, default: 0]
            guard room > 0, beside[line.tenant, default: 0] < whole else { continue }
            chosen.append(line)
            rooms.append(room)
            tenants[line.tenant] = whole
            beside[line.tenant, default: 0] += 1
            if chosen.count == limit { break }
        }
        guard !chosen.isEmpty else { return nil }
        return FairTurn(lines: chosen, rooms: rooms, tenants: tenants, limit: limit, moment: ticks)
    }

    /// What came of a turn. Whoever has nothing left is forgotten, unless there was news of it meanwhile; the others go to the
    /// end.
    package mutating func enter(_ claimed: [FairItem<Kind>], of turn: FairTurn) {
        var (got, found): ([FairLine: Int], [FairLine: Int]) = ([:], [:])
        var ofTenant: [TenantID: Int] = [:]
        for item in claimed {
            got[item.line, default: 0] += 1
            found[item.line] = item.found
            ofTenant[item.line.tenant, default: 0] += 1
        }
        hand.enter(claimed.map(\.line))
        let served = Set(turn.lines)
        let left = zip(turn.lines, turn.rooms).filter { line, room in
            guard heard[line, default: 0] <= turn.moment else { return true }
            if let count = got[line], let seen = found[line] {
                // As many were looked for as there was room.
                return count < seen || seen >= room
            }
            // Others may have taken all that could be claimed.
            return claimed.count >= turn.limit
                || ofTenant[line.tenant, default: 0] >= turn.tenants[line.tenant, default: 0]
        }.map(\.0)
        lines = lines.filter { !served.contains($0) } + left
        for line in served.subtracting(left) { heard[line] = nil }
    }

    package mutating func leave(_ item: FairItem<Kind>) { hand.leave(item.line) }
}

/// Lines that get their turn, with the room that each of them and each of their tenants has, and the moment at which it
/// began: what leaves meanwhile makes room for the next turn.
package struct FairTurn: Sendable {
    package let lines: [FairLine]
    package let rooms: [Int]
    let tenants: [TenantID: Int]
    package let limit: Int
    let moment: Int
}
