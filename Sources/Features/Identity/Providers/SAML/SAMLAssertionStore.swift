import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// The rows of assertions that were used, each for as long as it could be used again.
enum SAMLAssertionStore {
    /// Whether it is the first time.
    static func use(
        _ assertion: String, of provider: IdentityProviderID, until end: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool {
        try await tx.first(
            """
            insert into saml_assertions (tenant_id, identity_provider_id, assertion_hash, expires_at)
            values (\(scope.tenant), \(provider), \(Hash256.of(Array(assertion.utf8)).bytes), \(end))
            on conflict do nothing returning true
            """
        ) { try $0.next(Bool.self) } ?? false
    }
}
