import FoundationEssentials
import Kernel
import Testing

@testable import Jobs

/// Who is asked for when a place is free.
@Suite struct FairLaneTests {
    private typealias Parcel = FairItem<DeliveryKind>

    private let tenant = TenantID.new()

    private func parcels(_ count: Int, of found: Int? = nil) -> [Parcel] {
        let line = FairLine(tenant: tenant, id: UUID())
        return (0..<count).map { _ in Parcel(line: line, id: .new(), found: found ?? count) }
    }

    /// Whether somebody is asked for when one of these leaves, all of which the lane has taken.
    private func asks(
        when one: Int, of parcels: [Parcel], leaves places: Int, ofTenant: Int = 9, ofLine: Int = 9
    ) async throws -> Bool {
        let lane = FairLane<DeliveryKind>(
            .quick, FairShares(places: places, ofTenant: ofTenant, ofLine: ofLine))
        lane.hear(parcels.map(\.line))
        let turn = try #require(lane.next())
        lane.enter(parcels, of: turn)
        var calls = lane.wake.calls.makeAsyncIterator()
        #expect(await calls.next() != nil, "it begins by itself")
        #expect(lane.next() == nil, "there is no room for more, or nobody who waits")
        lane.leave(parcels[one])
        lane.wake.stop()
        guard await calls.next() != nil else { return false }
        return lane.next() != nil
    }

    @Test func `a place that is free asks only for those who may wait for it`() async throws {
        let some = parcels(2) + parcels(1)
        #expect(try await !asks(when: 0, of: some, leaves: 9), "all that there was")
        #expect(try await asks(when: 2, of: parcels(2, of: 3) + parcels(1), leaves: 3), "there was no room for more")
        #expect(try await asks(when: 0, of: some, leaves: 9, ofLine: 2), "nor in its line")
        #expect(try await !asks(when: 2, of: some, leaves: 9, ofLine: 2), "in its own there was")
        #expect(try await asks(when: 2, of: parcels(2, of: 3) + parcels(1), leaves: 9, ofTenant: 3))
    }

    @Test func `a place that comes free while others are asked for is not forgotten`() async throws {
        let lane = FairLane<DeliveryKind>(.quick, FairShares(places: 9, ofTenant: 9, ofLine: 1))
        let first = parcels(1)
        lane.hear(first.map(\.line))
        let turn = try #require(lane.next())
        lane.enter(first, of: turn)
        let other = parcels(1)
        lane.hear(other.map(\.line))
        let second = try #require(lane.next())
        lane.leave(first[0])
        lane.enter([], of: second)
        #expect(lane.next()?.lines == [first[0].line], "as many were found in it as there was room for")
    }
}
