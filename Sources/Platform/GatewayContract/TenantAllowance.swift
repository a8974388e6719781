package import Kernel

/// How much of one worker a tenant may take, over all of its sessions there. Null knows no limit.
package struct TenantAllowance: WireValue, Equatable {
    package static let unlimited = TenantAllowance(connections: nil, bytesPerSecond: nil)

    /// Sessions that are open at once.
    package let connections: Int?
    /// Both ways together.
    package let bytesPerSecond: Int?
    /// How much may be ahead of that rate; a second's worth if nothing is said.
    package let burstBytes: Int?

    package init(connections: Int?, bytesPerSecond: Int?, burstBytes: Int? = nil) {
        self.connections = connections
        self.bytesPerSecond = bytesPerSecond
        self.burstBytes = burstBytes
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("connections", \.connections, .int(0...1_000_000))
        Field("bytesPerSecond", \.bytesPerSecond, .int(1024...Counters.most))
        Field("burstBytes", \.burstBytes, .int(1024...Counters.most))
    }
}

/// What a tenant may take of a worker as it is now: plans change while sessions run.
package struct TenantLease: WireValue, Equatable {
    package let tenant: TenantID
    package let allowance: TenantAllowance

    package init(tenant: TenantID, allowance: TenantAllowance) {
        self.tenant = tenant
        self.allowance = allowance
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant)
        Field("allowance", \.allowance)
    }
}
