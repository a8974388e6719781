import Foundation
import Jobs
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Messaging

/// Whose turn it is, and who is asked for at all.
@Suite struct DeliveryQueueTests {
    private static let most = FairShares(places: 6, ofTenant: 4, ofLine: 2)
    private let tenant = TenantID.new()
    private let other = TenantID.new()

    private func endpoints(_ count: Int, of tenant: TenantID? = nil) -> [WaitingEndpoint] {
        (0..<count).map { _ in WaitingEndpoint(tenant: tenant ?? self.tenant, webhook: .new()) }
    }

    private func claimed(_ endpoint: WaitingEndpoint, found: Int) -> ClaimedDelivery {
        ClaimedDelivery(tenant: endpoint.tenant, webhook: endpoint.webhook, delivery: .new(), found: found)
    }

    @Test func `whoever has nothing left is not asked for again until there is news`() throws {
        var queue = DeliveryQueue()
        let all = endpoints(3)
        queue.hear(all)
        let turn = try #require(queue.next(Self.most))
        #expect(turn.endpoints == all && turn.limit == 6)
        // One of the first, which has no more; two of the second, of which there may be more; none of the third.
        queue.enter(
            [claimed(all[0], found: 1), claimed(all[1], found: 2), claimed(all[1], found: 2)], of: turn)
        #expect(queue.next(Self.most) == nil, "the second has its share")
        queue.leave(claimed(all[1], found: 2))
        #expect(queue.next(Self.most)?.endpoints == [all[1]])
        queue.hear([all[2]])
        #expect(queue.next(Self.most)?.endpoints == [all[1], all[2]])
    }

    @Test func `news that come while somebody is asked for are not lost`() throws {
        var queue = DeliveryQueue()
        let all = endpoints(1)
        queue.hear(all)
        let turn = try #require(queue.next(Self.most))
        queue.hear(all)
        queue.enter([], of: turn)
        let again = try #require(queue.next(Self.most))
        #expect(again.endpoints == all)
        queue.enter([], of: again)
        #expect(queue.isEmpty)
    }

    @Test func `what leaves while somebody is asked for hides nothing that is left`() throws {
        var queue = DeliveryQueue()
        let all = endpoints(1)
        queue.hear(all)
        let first = try #require(queue.next(Self.most))
        let one = claimed(all[0], found: 1)
        queue.enter([one, claimed(all[0], found: 2)], of: first)
        queue.leave(one)
        queue.hear(all)
        // There is room for one, which is found; there may be more.
        let second = try #require(queue.next(Self.most))
        #expect(second.rooms == [1])
        queue.leave(one)
        queue.enter([claimed(all[0], found: 1)], of: second)
        #expect(queue.next(Self.most)?.endpoints == all)
    }

    @Test func `turns go round, and a tenant leaves room for others`() throws {
        var queue = DeliveryQueue()
        let (mine, theirs) = (endpoints(9), endpoints(2, of: other))
        queue.hear(mine + theirs)
        let first = try #require(queue.next(Self.most))
        #expect(first.endpoints == Array(mine[..<4]) + theirs)
        // All places are taken, and nobody was found to have nothing left: those who were served are the last.
        let some = first.endpoints.map { claimed($0, found: 2) }
        queue.enter(some, of: first)
        #expect(queue.next(Self.most) == nil)
        for one in some { queue.leave(one) }
        #expect(queue.next(Self.most)?.endpoints == Array(mine[4..<8]) + theirs)
    }

    @Test func `what waits for those who are ill is no part of what serves those who answer`() async throws {
        let post = try await Post()
        let (healthy, _) = try await post.hook("healthy")
        for number in 0..<5 {
            let (ill, _) = try await post.hook("ill \(number)")
            for _ in 0..<3 { try await post.send(to: ill) }
        }
        _ = try await post.stage.test.superuser().execute(
            """
            update webhooks set pace = 'slow', resting_until = case when name = 'ill 4' then now() + interval '1 year' end
            where name <> 'healthy'
            """)
        try await post.send(to: healthy)
        let claims = DeliveryClaims(database: post.stage.database)
        for waiting in [
            try await claims.waiting(at: post.stage.now),
            try await claims.waiting(of: [post.scope.tenant], at: post.stage.now),
        ] {
            #expect(waiting.filter { $0.1 == .quick }.map(\.0.webhook) == [healthy])
            #expect(waiting.filter { $0.1 == .slow }.count == 4, "one that rests is not asked for")
        }
        #expect(try await claims.waiting(of: [.new()], at: post.stage.now).isEmpty)
    }
}
