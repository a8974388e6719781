import FoundationEssentials
import GatewayContract
import Kernel
import Metering
import Synchronization

/// What tenants' plans allow of what is shared, as of a few seconds ago: it is asked for with every request.
final class PlannedLimits: Sendable {
    /// Null knows no limit.
    struct Limits: Sendable, Equatable {
        static let unlimited = Limits()

        var requestsPerSecond: Int?
        var gatewayConnections: Int?
        /// Bytes per second through one worker.
        var gatewayBandwidth: Int?

        var allowance: TenantAllowance {
            TenantAllowance(connections: gatewayConnections, bytesPerSecond: gatewayBandwidth.map { max($0, 1024) })
        }
    }

    private let lifetime: Duration
    private let read: @Sendable (TenantID) async throws -> Limits
    private let known = Mutex<[TenantID: (limits: Limits, until: ContinuousClock.Instant)]>([:])
    private static let mostKnown = 20_000

    init(lifetime: Duration = .seconds(5), read: @escaping @Sendable (TenantID) async throws -> Limits) {
        self.lifetime = lifetime
        self.read = read
    }

    func of(_ tenant: TenantID) async throws -> Limits {
        let now = ContinuousClock.now
        if let entry = known.withLock({ $0[tenant] }), now < entry.until { return entry.limits }
        let limits = try await read(tenant)
        known.withLock { known in
            if known.count >= Self.mostKnown { known = known.filter { now < $0.value.until } }
            known[tenant] = (limits, now + lifetime)
        }
        return limits
    }
}

extension PlannedLimits.Limits {
    init(_ plan: TenantLimits) {
        self.init(
            requestsPerSecond: plan[.apiRequestsPerSecond], gatewayConnections: plan[.gatewayConnections],
            gatewayBandwidth: plan[.gatewayBandwidth])
    }
}
