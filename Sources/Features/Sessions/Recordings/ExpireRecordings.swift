import Audit
import FoundationEssentials
import Kernel
import ObjectStore
import Postgres

/// Erases recordings whose time is up: first what is in the object store, then the key and the row's contents. A run
/// that breaks off in between is repeated from the start.
struct ExpireRecordings {
    static let most = 100

    let database: Database
    let stores: RecordingStores

    func callAsFunction(
        before: Date, keeping: [OrganizationID: Date], at now: Date, in scope: TenantScope
    ) async throws -> Int {
        let due = try await database.query(
            RecordingStore.due(before: before, keeping: keeping, limit: Self.most, tenant: scope.tenant), in: scope
        ) { (try $0.next(RecordingID.self), try $0.next(SessionID.self), try $0.next(String.self)) }
        for (recording, session, prefix) in due {
            let places = try await database.query(
                RecordingStore.places(of: recording, tenant: scope.tenant), in: scope
            ) { try $0.next(RecordingStoreID?.self) }
            for place in places {
                let store = try await stores.find(place, scope)
                for key in try await store.list(prefix: prefix) { try await store.delete(key) }
            }
            try await database.transaction(in: scope) { transaction in
                try await transaction.execute(RecordingStore.removeSegments(of: recording, tenant: scope.tenant))
                guard try await transaction.execute(RecordingStore.expire(recording, tenant: scope.tenant)) == 1 else {
                    return
                }
                try await AuditLog(database: database).append(
                    AuditEntry(
                        action: "recording.expired", actor: .system("retention"),
                        target: AuditTarget("session", session), details: ["recording": .string(recording.text)],
                        at: now), in: scope, transaction)
            }
        }
        return due.count
    }
}
