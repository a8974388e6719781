package import Kernel

/// The workers that a tenant's sessions may go through: those of its pools that carry all of its labels. Pure.
package struct TenantPinning: WireValue, Equatable {
    /// The pool of tenants that are bound to nothing. A worker of another pool serves nobody but who is bound to it.
    package static let shared = TenantPinning(pools: ["default"])

    package let pools: [String]
    package let labels: [WorkerLabel]

    package init(pools: [String], labels: [WorkerLabel] = []) {
        self.pools = pools
        self.labels = labels
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("pools", \.pools, .array(of: .text(1...63), 1...32))
        Field("labels", \.labels, .array(of: WorkerLabel.schema, 0...32).otherwise([]))
    }

    package func allows(_ place: WorkerPlace) -> Bool {
        pools.contains(place.pool) && labels.allSatisfy(place.labels.contains)
    }
}
