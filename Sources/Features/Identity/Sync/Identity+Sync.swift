package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

// Keeping up with the people of a provider.
extension Identity {
    /// The kind of the job that is a run.
    package static var syncJob: String { ManageIdentitySync.job }

    private var manageSync: ManageIdentitySync { ManageIdentitySync(database: database, catalogue: settings.catalogue) }

    package func identitySync(of id: IdentityProviderID, in scope: TenantScope) async throws -> IdentitySync {
        _ = try await identityProvider(id, in: scope)
        return try await IdentitySyncStore.find(id, in: scope, database) ?? .initial
    }

    package func changeIdentitySync(
        of id: IdentityProviderID, to change: ChangeIdentitySync, from version: Int, _ acting: Acting
    ) async throws -> IdentitySync {
        try await manageSync.change(id, to: change, from: version, acting)
    }

    package func startIdentitySync(
        of id: IdentityProviderID, _ request: StartIdentitySync, _ acting: Acting
    ) async throws -> IdentitySyncRun {
        try await manageSync.start(id, request, acting)
    }

    package func identitySyncRuns(
        of id: IdentityProviderID, _ page: PageRequest, in scope: TenantScope
    ) async throws -> Rows<IdentitySyncRun> {
        _ = try await identityProvider(id, in: scope)
        return Rows(try await IdentitySyncStore.runs(of: id, page, in: scope, database), of: page)
    }

    package func identitySyncRun(
        _ run: IdentitySyncRunID, of id: IdentityProviderID, in scope: TenantScope
    ) async throws -> IdentitySyncRun {
        guard let run = try await IdentitySyncStore.run(run, of: id, in: scope, database) else {
            throw IdentityError.notFound
        }
        return run
    }

    /// Starts the runs that are due; a periodic job. Tells how many there were, two hundred at most, and hands over those
    /// that could not be started.
    package func startDueSyncs(at now: Date, missed: (MissedSync) -> Void) async throws -> Int {
        try await manageSync.startDue(at: now, missed: missed)
    }

    /// Does a run, on its `attempt`th try. Does no harm a second time.
    package func sync(
        _ run: IdentitySyncRunID, attempt: Int, in scope: TenantScope, clock: @escaping @Sendable () -> Date
    ) async throws {
        try await RunIdentitySync(
            database: database, signIn: providerSignIn, clock: clock, scope: scope, reviews: reviews)(
                run, isLast: attempt >= ManageIdentitySync.tries)
    }
}
