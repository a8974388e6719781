import FoundationEssentials
package import Kernel

/// Where in its tenant a caller holds which permission: everywhere, or in some organizations with everything below them.
package struct PermissionReach: Sendable, Equatable {
    package var whole: Set<Permission>
    package var parts: [Permission: Set<OrganizationID>]
    /// Where the caller has any role at all; nil for the whole tenant.
    package var home: Set<OrganizationID>?

    package init(
        whole: Set<Permission> = [], parts: [Permission: Set<OrganizationID>] = [:], home: Set<OrganizationID>? = nil
    ) {
        self.whole = whole
        self.parts = parts
        self.home = home
    }

    /// What the caller may do anywhere at all.
    package var anywhere: Set<Permission> { whole.union(parts.keys) }

    /// The part of the tenant in which the permission is held; nil if that is nowhere.
    package func scope(of permission: Permission, in scope: TenantScope) -> TenantScope? {
        if whole.contains(permission) { return scope.wholeTenant }
        guard let places = parts[permission] else { return nil }
        return scope.confined(to: places)
    }

    /// What is held wherever this permission is.
    package func permissions(beside permission: Permission) -> Set<Permission> {
        guard !whole.contains(permission), let places = parts[permission] else { return whole }
        return whole.union(parts.filter { $0.value.isSuperset(of: places) }.keys)
    }
}

extension TenantScope {
    func confined(to organizations: Set<OrganizationID>) -> TenantScope {
        TenantScope(tenant: tenant, organizations: organizations.sorted { $0.uuid.uuidString < $1.uuid.uuidString })
    }
}
