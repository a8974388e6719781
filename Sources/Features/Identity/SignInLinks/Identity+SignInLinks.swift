package import HTTPAPI
package import Kernel
import Postgres

// Links to a sign-in.
extension Identity {
    package func signInLinks(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<SignInLink> {
        Rows(try await SignInLinkStore.list(page, in: scope, database), of: page)
    }

    package func issueSignInLink(
        _ request: IssueSignInLink, _ caller: TenantAPI.Caller, _ acting: Acting
    ) async throws -> IssuedSignInLink {
        try await MakeSignInLink(database: database, settings: settings, tenants: tenants)(
            request, through: Proof(caller), acting)
    }

    package func revokeSignInLink(_ id: SignInLinkID, _ acting: Acting) async throws {
        try await RevokeSignInLink(database: database)(id, acting)
    }

    package func signIn(byLink request: SignInLinkRequest, _ visit: Visit) async throws -> BrowserSignInReply {
        try await UseSignInLink(
            database: database, lockout: lockout, tenants: tenants, catalogue: settings.catalogue)(
                request, timed(visit))
    }
}
