import FoundationEssentials
import Kernel
import Synchronization
import Testing

@testable import Jobs

/// Who is asked for when a place is free.
@Suite struct FairLaneTests {
    private struct Parcel: FairItem {
        let tenant: TenantID
        let line: UUID
        let number: Int
    }

    private let tenant = TenantID.new()

    private func parcels(_ count: Int, in line: UUID = UUID()) -> [Parcel] {
        (0..<count).map { Parcel(tenant: tenant, line: line, number: $0) }
    }

    /// Whether the lane calls when one of these leaves, all of which it has taken.
    private func calls(
        when one: Int, of parcels: [Parcel], leaves places: Int, ofTenant: Int = 9, ofLine: Int = 9
    ) async throws -> Bool {
        let shares = FairShares(places: places, ofTenant: ofTenant, ofLine: ofLine)
        let lane = FairLane<Parcel>(shares) { _, _, _ in parcels }
        var calls = lane.wake.calls.makeAsyncIterator()
        #expect(await calls.next() != nil, "it begins by itself")
        #expect(try await lane.take(lane.free) == parcels)
        lane.leave(parcels[one])
        #expect(lane.free == places - parcels.count + 1)
        lane.wake.stop()
        return await calls.next() != nil
    }

    @Test func `a place that is free asks only for those who may wait for it`() async throws {
        let some = parcels(2) + parcels(1)
        #expect(try await !calls(when: 0, of: some, leaves: 9), "all that there was")
        #expect(try await calls(when: 2, of: some, leaves: 3), "there was no room for more")
        #expect(try await calls(when: 0, of: some, leaves: 9, ofLine: 2), "nor in its line")
        #expect(try await !calls(when: 2, of: some, leaves: 9, ofLine: 2), "in its own there was")
        #expect(try await calls(when: 2, of: some, leaves: 9, ofTenant: 3))
    }

    @Test func `a place that comes free while others are asked for is not forgotten`() async throws {
        let first = parcels(1)
        let taken = Mutex(false)
        let lanes = Mutex<[FairLane<Parcel>]>([])
        let lane = FairLane<Parcel>(FairShares(places: 9, ofTenant: 9, ofLine: 1)) { _, _, _ in
            guard taken.withLock({ $0 }) else { return first }
            lanes.withLock { $0 }.first?.leave(first[0])
            return []
        }
        lanes.withLock { $0 = [lane] }
        defer { lanes.withLock { $0 = [] } }
        var calls = lane.wake.calls.makeAsyncIterator()
        #expect(await calls.next() != nil)
        #expect(try await lane.take(lane.free) == first)
        taken.withLock { $0 = true }
        #expect(try await lane.take(lane.free).isEmpty)
        lane.wake.stop()
        #expect(await calls.next() != nil)
    }
}
