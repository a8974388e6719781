package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Tenancy

// Who is online.
extension Identity {
    private var endOnline: EndOnlineSessions {
        EndOnlineSessions(database: database, catalogue: settings.catalogue, reviews: reviews)
    }

    /// Those that are not over. Where an organization has a shorter idle time, some of them are.
    package func onlineSessions(
        _ page: PageRequest, at now: Date, in scope: TenantScope
    ) async throws -> Rows<OnlineSession> {
        let idle = TimeInterval(try await tenants.value(of: Setting.sessionIdle, in: scope) * 60)
        return Rows(
            try await WebSessionStore.online(page, since: now - idle, at: now, in: scope, database), of: page)
    }

    package func endOnlineSession(_ id: WebSessionID, _ acting: Acting) async throws {
        try await endOnline.end(id, acting)
    }

    package func signOutUser(_ user: UserID, _ acting: Acting) async throws {
        try await endOnline.signOut(user, acting)
    }
}
