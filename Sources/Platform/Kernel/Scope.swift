/// Whose data a store call may touch. There is no query without one; the database enforces it by row-level security.
package protocol Scope: Sendable, Hashable {}

/// One tenant's data, and nothing else's.
package struct TenantScope: Scope {
    package let tenant: TenantID
    /// The organizations that a caller is confined to, each with everything below it; nil for the whole tenant.
    package let organizations: [OrganizationID]?

    package init(tenant: TenantID, organizations: [OrganizationID]? = nil) {
        self.tenant = tenant
        self.organizations = organizations
    }

    /// The tenant as a whole: for what holds for an organization but was decided above it, and never to show more than
    /// the caller may see.
    package var wholeTenant: TenantScope { TenantScope(tenant: tenant) }
}

/// The hosting provider: tenants, plans, workers and usage; never what is inside a tenant.
package struct ProviderScope: Scope {
    package init() {}
}

/// Background work that belongs to no tenant, such as claiming jobs or looking up a host name. The reason is logged.
package struct SystemScope: Scope {
    package let reason: String

    package init(reason: String) {
        self.reason = reason
    }
}

/// The erasing of one tenant that is closed for good: deletes what is the tenant's, also what nobody else may, and does
/// nothing else. The database refuses it for a tenant whose grace period is not over.
package struct ErasureScope: Scope {
    package let tenant: TenantID

    package init(tenant: TenantID) {
        self.tenant = tenant
    }
}
