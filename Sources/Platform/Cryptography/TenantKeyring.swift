package import Kernel

/// A tenant's key in the clear: it wraps the keys of single values, and of recordings.
///
/// A tenant has one key per version; the newest one seals, all of them open. Destroying the wrapped ones erases the
/// tenant's secrets, in every backup too.
package struct TenantKey: Sendable {
    package let id: TenantKeyID
    package let tenant: TenantID
    package let version: Int
    private let key: DataKey

    fileprivate init(id: TenantKeyID, tenant: TenantID, version: Int, key: DataKey) {
        self.id = id
        self.tenant = tenant
        self.version = version
        self.key = key
    }

    /// nonce ‖ ciphertext ‖ tag.
    package func seal(_ plaintext: [UInt8], associated: [UInt8]) throws -> [UInt8] {
        try key.seal(plaintext, associated: associated)
    }

    package func open(_ sealed: some RandomAccessCollection<UInt8>, associated: [UInt8]) throws(SealError) -> [UInt8] {
        try key.open(sealed, associated: associated)
    }

    fileprivate func wrapped(by master: MasterKey) throws -> WrappedTenantKey {
        let associated = WrappedTenantKey.associated(id: id, tenant: tenant, version: version)
        let bytes = try key.reveal().withBytes { try master.wrap(Array($0), associated: associated) }
        return WrappedTenantKey(id: id, tenant: tenant, version: version, master: master.id, bytes: bytes)
    }
}

/// A tenant's key as it is stored.
package struct WrappedTenantKey: Sendable, Equatable {
    package let id: TenantKeyID
    package let tenant: TenantID
    package let version: Int
    /// The id of the master key that opens it.
    package let master: String
    package let bytes: [UInt8]

    package init(id: TenantKeyID, tenant: TenantID, version: Int, master: String, bytes: [UInt8]) {
        self.id = id
        self.tenant = tenant
        self.version = version
        self.master = master
        self.bytes = bytes
    }

    fileprivate static func associated(id: TenantKeyID, tenant: TenantID, version: Int) -> [UInt8] {
        AssociatedData("gatehouse tenant key 1").adding(tenant.text).adding(id.text).adding(version).bytes
    }
}

/// Makes, opens and re-wraps tenants' keys. Where they are stored is not its business.
package struct TenantKeyring: Sendable {
    private let master: MasterKey

    package init(master: MasterKey) {
        self.master = master
    }

    /// A fresh key for a tenant: its first one, or the next version when keys are rotated.
    package func makeKey(
        for tenant: TenantID, version: Int, id: TenantKeyID = .new()
    ) throws -> (key: TenantKey, wrapped: WrappedTenantKey) {
        let key = TenantKey(id: id, tenant: tenant, version: version, key: DataKey())
        return (key, try key.wrapped(by: master))
    }

    package func unwrap(_ wrapped: WrappedTenantKey) throws(SealError) -> TenantKey {
        guard wrapped.master == master.id else { throw .unknownKey }
        let associated = WrappedTenantKey.associated(
            id: wrapped.id, tenant: wrapped.tenant, version: wrapped.version)
        let bytes = try master.unwrap(wrapped.bytes, associated: associated)
        return TenantKey(
            id: wrapped.id, tenant: wrapped.tenant, version: wrapped.version, key: try DataKey(bytes))
    }

    /// The same key under another master key, when that one is replaced.
    package func rewrap(_ wrapped: WrappedTenantKey, for other: MasterKey) throws -> WrappedTenantKey {
        try unwrap(wrapped).wrapped(by: other)
    }
}
