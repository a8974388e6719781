package import HTTPAPI
package import Kernel

/// A role as somebody holds it: what it allows, and where.
struct HeldRole {
    let organization: OrganizationID
    /// Whether it ends by itself.
    let isLent: Bool
    let builtIn: BuiltInRole?
    let codes: [String]
}

extension PermissionCatalogue {
    /// What may be done in a part of a tenant. Whatever is not here is of the tenant as a whole, and a role at an
    /// organization does not give it: settings of the tenant, keys, webhooks, invoices.
    package static let divided: Set<Permission> = Set(
        [
            "access.explain", "access.try", "accounts.manage", "accounts.read", "accounts.reveal", "assets.manage",
            "assets.read",
            "assets.requestable", "audit.read", "check-outs.manage", "check-outs.read", "commands.read", "flows.manage",
            "flows.read", "grants.manage",
            "grants.read", "groups.manage", "groups.read", "organization-settings.manage", "organization-settings.read",
            "organizations.manage",
            "organizations.read", "sessions.read", "sessions.replay", "sessions.terminate", "tickets.read",
            "users.manage", "users.read",
        ].map(Permission.init))

    /// What is about the caller's own things, wherever they lie: grants decide what those are, not organizations.
    package static let personal: Set<Permission> = Set(
        [
            "assets.mine", "events.follow", "profile.read", "profile.use", "roles.read", "secrets.mine",
            "sessions.mine",
            "tickets.decide", "tickets.delegate", "tickets.open", "tickets.see",
        ].map(Permission.init))

    /// By what somebody decides who comes in, what others may do, and by what rules: it would outlive a role that is lent. So
    /// such a role gives the work that it is for, and none of this.
    package static let deciding: Set<Permission> = Set(
        [
            "approval-rules.manage", "break-glass.manage", "duties.manage", "endpoints.manage", "flows.manage",
            "grants.manage", "groups.manage",
            "identity-providers.manage", "keys.manage", "mail-server.manage", "messenger-channels.manage",
            "organization-settings.manage", "organizations.manage", "roles.manage", "settings.manage",
            "sign-in-links.issue", "sign-in-rules.manage", "support.manage", "users.manage", "webhooks.manage",
        ].map(Permission.init))

    /// What these roles allow, and where. `chosen` is the organization that the caller looks at, with everything above
    /// it: whatever can be confined then is.
    ///
    /// Where duties are separated, roles that go with no single duty, all of them together, give what every person may do
    /// and no more: whatever was bound, and however it came to be.
    func reach(
        _ roles: [HeldRole], in scope: TenantScope, chosen: (id: OrganizationID, above: [OrganizationID])?,
        dutiesSeparated: Bool
    ) -> PermissionReach {
        let all = roles.reduce(into: Set<Permission>()) { $0.formUnion(permissions(of: $1)) }
        let kept = dutiesSeparated ? separated(all, by: roles.compactMap(\.builtIn)) : all
        let root = OrganizationID.root(of: scope.tenant)
        let places = Set(roles.map(\.organization))
        var reach = PermissionReach(home: places.contains(root) ? nil : places)
        for role in roles {
            var permissions = permissions(of: role).intersection(kept)
            if role.isLent { permissions.subtract(Self.deciding) }
            if role.organization == root {
                reach.whole.formUnion(permissions)
            } else {
                reach.whole.formUnion(permissions.intersection(Self.personal))
                for permission in permissions.intersection(Self.divided) {
                    reach.parts[permission, default: []].insert(role.organization)
                }
            }
        }
        if let chosen, chosen.id != root {
            let inside = reach.whole.intersection(Self.divided)
                .union(reach.parts.filter { !$0.value.isDisjoint(with: chosen.above) }.keys)
            reach.whole.subtract(Self.divided)
            reach.parts = Dictionary(uniqueKeysWithValues: inside.map { ($0, [chosen.id]) })
        }
        return reach
    }

    private func permissions(of role: HeldRole) -> Set<Permission> {
        permissions(builtIn: role.builtIn.map { [$0] } ?? [], codes: role.codes)
    }
}

extension OrganizationID {
    /// The organization that is the tenant as a whole: it has the tenant's own id.
    package static func root(of tenant: TenantID) -> OrganizationID { OrganizationID(tenant.uuid) }
}
