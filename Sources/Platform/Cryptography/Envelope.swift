import FoundationEssentials
package import Kernel

/// The one place in the database where a sealed value may lie: moved to another row, it does not open.
package struct Binding: Sendable, Equatable {
    package let tenant: TenantID
    package let table: String
    package let row: String
    package let version: Int

    package init(tenant: TenantID, table: String, row: String, version: Int) {
        self.tenant = tenant
        self.table = table
        self.row = row
        self.version = version
    }

    fileprivate var associated: AssociatedData {
        AssociatedData("gatehouse envelope 1").adding(tenant.text).adding(table).adding(row).adding(version)
    }
}

/// Values at rest: each one under a data key of its own, which the tenant's key wraps.
///
/// Layout: format (1) ‖ tenant key id (16) ‖ wrapped data key (60) ‖ nonce ‖ ciphertext ‖ tag. Rotating a tenant's key
/// re-wraps the data key and leaves the value alone.
package enum Envelope {
    private static let format: UInt8 = 1
    private static let wrappedBytes = 12 + 32 + 16
    private static let headBytes = 1 + 16 + wrappedBytes

    package static func seal(_ plaintext: [UInt8], key: TenantKey, binding: Binding) throws -> [UInt8] {
        guard key.tenant == binding.tenant else { throw SealError.unknownKey }
        let data = DataKey()
        let value = try data.seal(plaintext, associated: binding.associated.bytes)
        return try head(wrapping: data, key: key, binding: binding) + value
    }

    /// The value, if the binding is the one it was sealed for and its tenant key is among the keys.
    package static func open(_ sealed: [UInt8], keys: [TenantKey], binding: Binding) throws(SealError) -> [UInt8] {
        try dataKey(of: sealed, keys: keys, binding: binding)
            .open(sealed[headBytes...], associated: binding.associated.bytes)
    }

    /// The same value, its data key wrapped by another key of the tenant.
    package static func rewrap(
        _ sealed: [UInt8], from keys: [TenantKey], to key: TenantKey, binding: Binding
    ) throws -> [UInt8] {
        guard key.tenant == binding.tenant else { throw SealError.unknownKey }
        let data = try dataKey(of: sealed, keys: keys, binding: binding)
        return try head(wrapping: data, key: key, binding: binding) + sealed[headBytes...]
    }

    /// Which tenant key a value needs.
    package static func keyID(of sealed: [UInt8]) throws(SealError) -> TenantKeyID {
        guard sealed.count >= headBytes + 12 + 16, sealed[0] == format else { throw .format }
        return sealed[1..<17].withUnsafeBytes { TenantKeyID(UUID(uuid: $0.loadUnaligned(as: uuid_t.self))) }
    }

    private static func head(wrapping data: DataKey, key: TenantKey, binding: Binding) throws -> [UInt8] {
        let wrapped = try data.reveal().withBytes {
            try key.seal(Array($0), associated: binding.associated.adding(key.id.text).bytes)
        }
        return [format] + withUnsafeBytes(of: key.id.uuid.uuid) { Array($0) } + wrapped
    }

    private static func dataKey(
        of sealed: [UInt8], keys: [TenantKey], binding: Binding
    ) throws(SealError) -> DataKey {
        let id = try keyID(of: sealed)
        guard let key = keys.first(where: { $0.id == id && $0.tenant == binding.tenant }) else { throw .unknownKey }
        let bytes = try key.open(
            sealed[17..<headBytes], associated: binding.associated.adding(key.id.text).bytes)
        return try DataKey(bytes)
    }
}
