import Identity
import Kernel
import Tickets

extension RoleDesk {
    /// The roles of Identity.
    static func live(_ identity: Identity) -> RoleDesk {
        RoleDesk { role, place, scope, transaction in
            do {
                return try await identity.lendable(role, at: place, in: scope, transaction)
            } catch IdentityError.notFound, IdentityError.tenantRole, IdentityError.unknownRole {
                return nil
            }
        } lend: { loan, givers, approved in
            do {
                return try await identity.lend(
                    RoleLoan(role: loan.role, organization: loan.organization, user: loan.user, until: loan.until),
                    by: givers, at: approved.at, audit: approved.audit, in: approved.scope, approved.transaction)
            } catch is IdentityError {
                throw TicketError.cannotGive
            }
        }
    }
}
