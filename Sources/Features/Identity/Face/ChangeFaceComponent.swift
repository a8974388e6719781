import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Says which service looks at faces, and makes the key that it signs with. Whoever runs it says whose face it was: so it
/// takes whatever anybody there may do, and the administrators are told.
struct ChangeFaceComponent {
    let database: Database
    let keys: TenantKeys
    let catalogue: PermissionCatalogue

    func callAsFunction(
        _ request: SetFaceComponent, from version: Int, _ acting: Acting
    ) async throws -> FaceComponent {
        try acting.mayHandle(catalogue.all)
        return try await database.transaction(in: acting.scope) { tx in
            let before = try await FaceComponentStore.lock(in: acting.scope, tx)
            guard before.version == version,
                try await FaceComponentStore.set(request, from: version, at: acting.now, in: acting.scope, tx)
            else { throw IdentityError.changed }
            if before.pageUrl != request.pageUrl || before.enabled != request.enabled {
                try await FaceComponentStore.forgetWord(in: acting.scope, tx)
            }
            acting.audit.detail("enabled", .bool(request.enabled))
            acting.audit.detail("liveness", .bool(request.liveness))
            acting.audit.detail("page", .string(request.pageUrl.text))
            try await tell("changed", acting, tx)
            return try await FaceComponentStore.lock(in: acting.scope, tx)
        }
    }

    /// The key before it counts no longer, from this moment on.
    func makeKey(_ acting: Acting) async throws -> FaceComponentKey {
        try acting.mayHandle(catalogue.all)
        let key = WebhookSecret().reveal()
        let sealed = try await keys.seal(
            Array(key.utf8), table: FaceComponentStore.table, row: acting.scope.tenant.text, version: 1,
            in: acting.scope)
        try await database.transaction(in: acting.scope) { tx in
            _ = try await FaceComponentStore.lock(in: acting.scope, tx)
            try await FaceComponentStore.setKey(sealed, at: acting.now, in: acting.scope, tx)
            try await FaceComponentStore.forgetWord(in: acting.scope, tx)
            try await tell("key-made", acting, tx)
        }
        return FaceComponentKey(key: key)
    }

    private func tell(_ change: String, _ acting: Acting, _ tx: Transaction) async throws {
        try await IdentityEvent.faceComponentChanged.publish(
            acting.scope.tenant.text,
            [
                "change": .string(change), "by": .string(acting.user.text),
                "at": .string(Timestamp.text(acting.now)),
            ], at: acting.now, in: acting.scope, tx)
        try await acting.audit.write(in: tx)
    }
}
