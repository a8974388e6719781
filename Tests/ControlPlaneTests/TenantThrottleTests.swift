import GatewayContract
import HTTPAPI
import HTTPTypes
import Kernel
import Synchronization
import Testing

@testable import ControlPlane

/// How often a tenant's people and programs may call, by its plan.
@Suite struct TenantThrottleTests {
    let acme = TenantScope(tenant: .new())
    let bolt = TenantScope(tenant: .new())

    func request(_ scope: TenantScope, token: String) -> Incoming {
        let headers: HTTPFields = [.authorization: "Bearer \(token)"]
        let facts = RequestFacts(traceID: "t", clientAddress: "192.0.2.1", host: "x", headers: headers)
        return Incoming(method: .get, facts: facts, host: .tenant(scope))
    }

    /// One call a second for Acme; Bolt may call as it likes.
    func throttle() -> TenantThrottle {
        let acme = acme.tenant
        return TenantThrottle(
            limits: PlannedLimits { $0 == acme ? PlannedLimits.Limits(requestsPerSecond: 1) : .unlimited })
    }

    /// Calls until it is told to wait; a machine that needs a second for each of a hundred calls would never be.
    func exhaust(_ throttle: TenantThrottle, token: String) async -> Problem? {
        for _ in 0..<100 {
            do {
                try await throttle.take(acme.tenant, request(acme, token: token))
            } catch {
                return error as? Problem
            }
        }
        return nil
    }

    @Test func `what a plan allows is counted over all of a tenant's programs`() async throws {
        let throttle = throttle()
        let problem = try #require(await exhaust(throttle, token: "one"))
        #expect(problem.type == .tooMany)
        #expect(problem.headers[.retryAfter] == "1")
        #expect(await exhaust(throttle, token: "two")?.type == .tooMany)
        for _ in 0..<200 { try await throttle.take(bolt.tenant, request(bolt, token: "one")) }
    }

    @Test func `a plan that allows nothing is not one without a limit`() async throws {
        let throttle = TenantThrottle(limits: PlannedLimits { _ in PlannedLimits.Limits(requestsPerSecond: 0) })
        #expect(await exhaust(throttle, token: "one")?.type == .tooMany)
    }

    @Test func `who was told to wait is told again before anybody looks at the credential`() async throws {
        let throttle = throttle()
        try throttle.check(request(acme, token: "one"))
        // It is told for a second: a machine that stands still for that long has another try.
        var isTold = false
        for _ in 0..<50 where !isTold {
            _ = await exhaust(throttle, token: "one")
            isTold = (try? throttle.check(request(acme, token: "one"))) == nil
        }
        #expect(isTold)
        // Somebody else, or the same token on another company's host, was not told so.
        try throttle.check(request(acme, token: "two"))
        try throttle.check(request(bolt, token: "one"))
    }

    @Test func `a plan is asked for once in a while, and not with every call`() async throws {
        let asked = Mutex(0)
        let limits = PlannedLimits(lifetime: .seconds(3600)) { _ in
            asked.withLock { $0 += 1 }
            return PlannedLimits.Limits(gatewayConnections: 3, gatewayBandwidth: 10)
        }
        for _ in 0..<10 { _ = try await limits.of(acme.tenant) }
        #expect(asked.withLock { $0 } == 1)
        _ = try await limits.of(bolt.tenant)
        #expect(asked.withLock { $0 } == 2)
        // What is too little to work with is rounded up.
        #expect(
            try await limits.of(acme.tenant).allowance == TenantAllowance(connections: 3, bytesPerSecond: 1024))
    }
}
