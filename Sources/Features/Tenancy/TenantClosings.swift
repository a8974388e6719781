import FoundationEssentials
import Kernel
import Postgres

/// The rows that say since when a tenant is closed: a subscription is paid until then, and again from its opening.
enum TenantClosings {
    /// Notes what a change of the tenant's life means for them; most mean nothing.
    static func note(
        _ life: TenantLife, after before: TenantLife, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        switch (before.isClosed, life.isClosed) {
        case (false, true): try await close(scope, at: now, tx)
        case (true, false): try await reopen(scope, at: now, tx)
        case (false, false), (true, true): break
        }
    }

    /// One that was cancelled at the very moment goes on.
    private static func close(_ scope: TenantScope, at now: Date, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            insert into tenant_closings (tenant_id, closed_at) values (\(scope.tenant), \(now))
            on conflict on constraint tenant_closings_pk do update set reopened_at = null
            """)
    }

    private static func reopen(_ scope: TenantScope, at now: Date, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update tenant_closings set reopened_at = greatest(closed_at, \(now)::timestamptz)
            where tenant_id = \(scope.tenant) and reopened_at is null
            """)
    }
}

extension TenantLife {
    fileprivate var isClosed: Bool {
        switch state {
        case .trial, .active, .suspended: false
        case .closing, .deleted: true
        }
    }
}
