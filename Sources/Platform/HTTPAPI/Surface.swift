package import FoundationEssentials
package import Kernel

/// A family of endpoints with one kind of caller: tenants, the provider, workers.
package protocol Surface: SendableMetatype {
    associatedtype Caller: Sendable
    static var base: String { get }
}

/// `/api/v1`: people and programs of one tenant.
package enum TenantAPI: Surface {
    package static let base = "/api/v1"

    package struct Caller: Sendable {
        package let scope: TenantScope
        package let actor: Actor

        package init(scope: TenantScope, actor: Actor) {
            self.scope = scope
            self.actor = actor
        }
    }
}

/// Who is calling.
package struct Actor: Sendable, Hashable {
    package let user: UserID

    package init(user: UserID) {
        self.user = user
    }
}

/// A caller that has proven who it is, and what that proof is good for.
package struct Authenticated<Caller: Sendable>: Sendable {
    package enum Means: Sendable { case bearer, cookie }

    package let caller: Caller
    /// Names the caller to the audit trail, the rate limiter and the idempotency store.
    package let subject: String
    package let permissions: Set<Permission>
    package let means: Means
    package let secondFactorAt: Date?

    package init(
        caller: Caller, subject: String, permissions: Set<Permission>, means: Means, secondFactorAt: Date? = nil
    ) {
        self.caller = caller
        self.subject = subject
        self.permissions = permissions
        self.means = means
        self.secondFactorAt = secondFactorAt
    }
}
