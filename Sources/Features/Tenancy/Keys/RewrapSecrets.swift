import Cryptography
package import FoundationEssentials
import Jobs
package import Kernel

/// What a feature that keeps sealed values implements, so that they follow when the tenant's key is rotated.
package protocol SecretRewrapping: Sendable {
    /// The table, for the log.
    var name: String { get }
    /// Puts up to `limit` values that another key seals under `chain.current`, and tells how many it found.
    ///
    /// Each value commits on its own, so a run that breaks off is simply repeated.
    func rewrap(_ limit: Int, with chain: TenantKeyChain, in scope: TenantScope) async throws -> Int
    /// How many values are under another key than this one.
    func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int
}

/// Moves every secret of a tenant under its current key, in small steps that may break off anywhere, and destroys the
/// keys before that nothing refers to any more.
package struct RewrapSecrets: Sendable {
    package static let kind = "tenancy.rewrap"
    private static let step = 200

    private let keys: TenantKeys
    private let features: [any SecretRewrapping]

    package init(keys: TenantKeys, features: [any SecretRewrapping]) {
        self.keys = keys
        self.features = features
    }

    package func callAsFunction(in scope: TenantScope, at now: Date) async throws {
        let chain = try await keys.load(in: scope)
        for feature in features {
            while try await feature.rewrap(Self.step, with: chain, in: scope) == Self.step {
                try Task.checkCancellation()
            }
        }
        // A node that has not heard of the rotation seals with the key before for a minute: it is kept for longer.
        for id in try await keys.store.retired(before: now - RotateTenantKey.delay + 1, in: scope) {
            guard try await waiting(besides: chain.current.id, in: scope) == 0 else { return }
            _ = try await keys.store.destroy(id, in: scope)
        }
        keys.forget(scope.tenant)
    }

    /// How many values still have to follow.
    package func waiting(besides current: TenantKeyID, in scope: TenantScope) async throws -> Int {
        var count = 0
        for feature in features { count += try await feature.waiting(besides: current, in: scope) }
        return count
    }
}
