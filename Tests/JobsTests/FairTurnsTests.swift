import FoundationEssentials
import Kernel
import Testing

@testable import Jobs

/// Whose turn it is, and who is asked for at all.
@Suite struct FairTurnsTests {
    private static let most = FairShares(places: 6, ofTenant: 4, ofLine: 2)
    private let tenant = TenantID.new()
    private let other = TenantID.new()

    private func lines(_ count: Int, of tenant: TenantID? = nil) -> [FairLine] {
        (0..<count).map { _ in FairLine(tenant: tenant ?? self.tenant, id: UUID()) }
    }

    private func claimed(_ line: FairLine, found: Int) -> FairItem<DeliveryKind> {
        FairItem(line: line, id: .new(), found: found)
    }

    @Test func `whoever has nothing left is not asked for again until there is news`() throws {
        var turns = FairTurns<DeliveryKind>()
        let all = lines(3)
        turns.hear(all)
        let turn = try #require(turns.next(Self.most))
        #expect(turn.lines == all && turn.limit == 6)
        // One of the first, which has no more; two of the second, of which there may be more; none of the third.
        turns.enter(
            [claimed(all[0], found: 1), claimed(all[1], found: 2), claimed(all[1], found: 2)], of: turn)
        #expect(turns.next(Self.most) == nil, "the second has its share")
        turns.leave(claimed(all[1], found: 2))
        #expect(turns.next(Self.most)?.lines == [all[1]])
        turns.hear([all[2]])
        #expect(turns.next(Self.most)?.lines == [all[1], all[2]])
    }

    @Test func `news that come while somebody is asked for are not lost`() throws {
        var turns = FairTurns<DeliveryKind>()
        let all = lines(1)
        turns.hear(all)
        let turn = try #require(turns.next(Self.most))
        turns.hear(all)
        turns.enter([], of: turn)
        let again = try #require(turns.next(Self.most))
        #expect(again.lines == all)
        turns.enter([], of: again)
        #expect(turns.isEmpty)
    }

    @Test func `what leaves while somebody is asked for hides nothing that is left`() throws {
        var turns = FairTurns<DeliveryKind>()
        let all = lines(1)
        turns.hear(all)
        let first = try #require(turns.next(Self.most))
        let one = claimed(all[0], found: 1)
        turns.enter([one, claimed(all[0], found: 2)], of: first)
        turns.leave(one)
        turns.hear(all)
        // There is room for one, which is found; there may be more.
        let second = try #require(turns.next(Self.most))
        #expect(second.rooms == [1])
        turns.leave(one)
        turns.enter([claimed(all[0], found: 1)], of: second)
        #expect(turns.next(Self.most)?.lines == all)
    }

    @Test func `turns go round, and a tenant leaves room for others`() throws {
        var turns = FairTurns<DeliveryKind>()
        let (mine, theirs) = (lines(9), lines(2, of: other))
        turns.hear(mine + theirs)
        let first = try #require(turns.next(Self.most))
        #expect(first.lines == Array(mine[..<4]) + theirs)
        // All places are taken, and nobody was found to have nothing left: those who were served are the last.
        let some = first.lines.map { claimed($0, found: 2) }
        turns.enter(some, of: first)
        #expect(turns.next(Self.most) == nil)
        for one in some { turns.leave(one) }
        #expect(turns.next(Self.most)?.lines == Array(mine[4..<8]) + theirs)
    }
}
