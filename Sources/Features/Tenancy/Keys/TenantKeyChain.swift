package import Cryptography
package import Kernel

/// A tenant's keys in the clear: the current one seals, all of them open. Pure.
package struct TenantKeyChain: Sendable {
    package let current: TenantKey
    package let all: [TenantKey]

    package init(current: TenantKey, all: [TenantKey]) {
        self.current = current
        self.all = all
    }

    package func seal(_ bytes: [UInt8], table: String, row: String, version: Int) throws -> SealedValue {
        let sealed = try Envelope.seal(bytes, key: current, binding: binding(table, row, version))
        return SealedValue(tenantKey: current.id, bytes: sealed)
    }

    package func open(_ sealed: [UInt8], table: String, row: String, version: Int) throws(SealError) -> [UInt8] {
        try Envelope.open(sealed, keys: all, binding: binding(table, row, version))
    }

    /// The same value under the current key.
    package func rewrap(_ sealed: [UInt8], table: String, row: String, version: Int) throws -> SealedValue {
        let bytes = try Envelope.rewrap(sealed, from: all, to: current, binding: binding(table, row, version))
        return SealedValue(tenantKey: current.id, bytes: bytes)
    }

    private func binding(_ table: String, _ row: String, _ version: Int) -> Binding {
        Binding(tenant: current.tenant, table: table, row: row, version: version)
    }
}

/// A sealed value and the tenant key that opens it, which stands in a column of its own so that rotation finds it.
package struct SealedValue: Sendable, Equatable {
    package let tenantKey: TenantKeyID
    package let bytes: [UInt8]
}
