package import FoundationEssentials
package import HTTPAPI
import HTTPTypes
import Identity
import Kernel
import Operators
import Postgres

/// Who of the provider sends a request to a tenant's `/api/v1`: found anew with every request, so that nobody is inside a
/// moment longer than the consent, the company or the operator's own account allow.
extension Support {
    /// Nil if the request has no cookie of a support session that is good.
    package func authenticate(_ request: Incoming, at now: Date) async throws -> Authenticated<TenantAPI.Caller>? {
        guard let scope = request.tenant, request.headers[.authorization] == nil,
            let token = request.facts.cookie(Cookie.supportName),
            let found = try await SupportSessionStore.find(token, at: now, in: scope, database),
            try await OperatorStanding.isActive(found.access.person, with: .support, database)
        else { return nil }
        let access = found.access
        let separated = try await Directory(database: database).areDutiesSeparated(in: scope)
        return Authenticated(
            caller: TenantAPI.Caller(
                scope: scope,
                support: SupportPerson(
                    access: access.id, operator: access.person, name: access.personName, until: access.endsAt)),
            permissions: access.role.permissions(catalogue, dutiesSeparated: separated), means: .cookie,
            secondFactorAt: found.since)
    }
}
