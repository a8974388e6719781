package import Kernel

/// A sync that was due and could not be started.
package struct MissedSync: Sendable {
    package let tenant: TenantID
    package let provider: IdentityProviderID
    package let error: any Error
}
