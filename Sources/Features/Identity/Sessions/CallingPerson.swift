import FoundationEssentials
import HTTPAPI
import Kernel
import Tenancy

/// The person behind a session or a token, as one statement finds them.
struct CallingPerson {
    let user: UserID
    let name: String
    let state: User.State
    let expiresAt: Date?
    let tenant: TenantLife
    let dutiesSeparated: Bool
    let roles: [HeldRole]
    /// The organization that the person looks at, with everything above it; nil for none in particular.
    let chosen: (id: OrganizationID, above: [OrganizationID])?

    /// This person, unless they or their company are shut out.
    func admitted(at now: Date) throws(Problem) -> CallingPerson {
        guard state == .active, expiresAt.map({ now < $0 }) ?? true else {
            throw .unauthenticated("The account is disabled.")
        }
        if let closure = TenantClosure(tenant, at: now) { throw TenancyError.closed(closure).problem }
        return self
    }

    /// What the person may do, and where. An organization that is not there is none that may be looked at.
    func reach(
        _ catalogue: PermissionCatalogue, forGood: Bool = false, in scope: TenantScope
    ) throws(Problem) -> PermissionReach {
        let roles = forGood ? lastingRoles : roles
        let reach = catalogue.reach(roles, in: scope, chosen: chosen, dutiesSeparated: dutiesSeparated)
        if let chosen, chosen.id != .root(of: scope.tenant), chosen.above.isEmpty || reach.parts.isEmpty {
            throw Problem(.notFound, "There is no such organization.")
        }
        return reach
    }

    /// The same without what they have for a while; nil if that is nothing.
    func lasting(_ catalogue: PermissionCatalogue, in scope: TenantScope) -> PermissionReach? {
        guard roles.contains(where: \.isLent) else { return nil }
        return catalogue.reach(lastingRoles, in: scope, chosen: chosen, dutiesSeparated: dutiesSeparated)
    }

    private var lastingRoles: [HeldRole] { roles.filter { !$0.isLent } }
}
