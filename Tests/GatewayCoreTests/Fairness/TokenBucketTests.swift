import GatewayContract
import Kernel
import Testing

@testable import GatewayCore

@Suite struct TokenBucketTests {
    let start = ContinuousClock.now

    @Test func `over any time no more than the burst and the rate goes through`() {
        var bucket = TokenBucket(rate: 1000, burst: 500, at: start)
        var numbers = FairQueueTests.Numbers(state: 7)
        var taken = 0
        var now = start
        for _ in 0..<5000 {
            now = now.advanced(by: .milliseconds(Int.random(in: 0...20, using: &numbers)))
            let part = bucket.take(upTo: Int.random(in: 1...300, using: &numbers), at: now)
            if Bool.random(using: &numbers) {
                bucket.giveBack(part)
            } else {
                taken += part
            }
            let passed = Double((now - start) / .milliseconds(1)) / 1000
            #expect(Double(taken) <= 500 + 1000 * passed + 1)
        }
        let passed = Double((now - start) / .milliseconds(1)) / 1000
        #expect(Double(taken) > 900 * passed, "somebody who always wants gets nearly the rate")
    }

    @Test func `what could not wait is paid back, and a debt is a burst at most`() {
        var bucket = TokenBucket(rate: 1000, burst: 500, at: start)
        #expect(bucket.take(upTo: 500, at: start) == 500)
        bucket.charge(100_000, at: start)
        #expect(bucket.take(upTo: 10, at: start.advanced(by: .milliseconds(490))) == 0)
        #expect(bucket.take(upTo: 1000, at: start.advanced(by: .milliseconds(600))) == 100)
        #expect(bucket.wait(for: 250, at: start.advanced(by: .milliseconds(600))) == .milliseconds(250))
    }

    @Test func `a new rate holds from now on`() {
        var bucket = TokenBucket(rate: 1000, burst: 1000, at: start)
        _ = bucket.take(upTo: 1000, at: start)
        bucket.change(rate: 10_000, burst: 50, at: start)
        #expect(bucket.take(upTo: 1000, at: start.advanced(by: .seconds(1))) == 50)
    }

    @Test func `a share without a rate is no limit, and one that gets a rate is held to it`() {
        let share = TenantShare()
        #expect(share.take(1 << 20, at: start) == 1 << 20)
        share.set(TenantAllowance(connections: nil, bytesPerSecond: 1000, burstBytes: 2000), at: start)
        #expect(share.take(5000, at: start) == 2000)
        share.settle(taken: 2000, moved: 500, at: start)
        #expect(share.take(5000, at: start) == 1500)
        share.set(.unlimited, at: start)
        #expect(share.take(5000, at: start) == 5000)
    }

    @Test func `a tenant opens as many sessions as it may, others are not counted`() {
        let registry = SessionRegistry()
        let (acme, bolt) = (TenantID.new(), TenantID.new())
        func session(_ tenant: TenantID) -> LiveSession {
            LiveSession(id: .new(), tenant: tenant, recording: .new())
        }
        let two = TenantAllowance(connections: 2, bytesPerSecond: nil)
        let first = session(acme)
        #expect(registry.add(first, within: two) != nil)
        #expect(registry.add(session(acme), within: two) != nil)
        #expect(registry.add(session(acme), within: two) == nil)
        #expect(registry.add(session(bolt), within: two) != nil)
        #expect(registry.count == 3)
        registry.remove(first)
        #expect(registry.add(session(acme), within: two) != nil)
    }
}
