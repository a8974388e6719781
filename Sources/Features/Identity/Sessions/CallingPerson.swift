import HTTPAPI
import Kernel
import Tenancy

/// The person behind a session or a token, as one statement finds them.
struct CallingPerson {
    let user: UserID
    let name: String
    let state: User.State
    let tenant: TenantState
    let roles: [BuiltInRole]
    let codes: [String]

    /// This person, unless they or their company are shut out.
    func admitted() throws(Problem) -> CallingPerson {
        guard state == .active else { throw .unauthenticated("The account is disabled.") }
        guard tenant.isOpen else {
            throw Problem(
                .forbidden, "The company is suspended; ask the hosting provider.",
                reasons: [.init("tenant-suspended", "The company is suspended.")])
        }
        return self
    }

    func permissions(_ catalogue: PermissionCatalogue) -> Set<Permission> {
        catalogue.permissions(builtIn: roles, codes: codes)
    }
}
