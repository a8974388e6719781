package import Cryptography
package import Kernel

/// What erasing a tenant needs of others, plugged in from above.
package struct ErasureParts: Sendable {
    /// How many objects the tenant has, wherever they lie.
    package let objects: @Sendable (TenantScope) async throws -> Int
    /// Removes all objects of the tenant; may be called again after a crash.
    package let removeObjects: @Sendable (TenantScope) async throws -> Void
    /// How many bytes were recorded for the tenant.
    package let recordedBytes: @Sendable (TenantScope) async throws -> Int
    /// The installation's key that signs proofs.
    package let signer: EvidenceSigner

    package init(
        objects: @escaping @Sendable (TenantScope) async throws -> Int,
        removeObjects: @escaping @Sendable (TenantScope) async throws -> Void,
        recordedBytes: @escaping @Sendable (TenantScope) async throws -> Int, signer: EvidenceSigner
    ) {
        self.objects = objects
        self.removeObjects = removeObjects
        self.recordedBytes = recordedBytes
        self.signer = signer
    }
}
