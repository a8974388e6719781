import FoundationEssentials
import HTTPAPI
import Kernel
import Tenancy

/// The person behind a session or a token, as one statement finds them.
struct CallingPerson {
    let user: UserID
    let name: String
    let state: User.State
    let tenant: TenantLife
    let roles: [BuiltInRole]
    let codes: [String]

    /// This person, unless they or their company are shut out.
    func admitted(at now: Date) throws(Problem) -> CallingPerson {
        guard state == .active else { throw .unauthenticated("The account is disabled.") }
        if let closure = TenantClosure(tenant, at: now) { throw TenancyError.closed(closure).problem }
        return self
    }

    func permissions(_ catalogue: PermissionCatalogue) -> Set<Permission> {
        catalogue.permissions(builtIn: roles, codes: codes)
    }
}
