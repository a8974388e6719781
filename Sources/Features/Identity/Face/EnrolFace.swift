import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Takes somebody's face for a second factor, with their consent, and away again.
struct EnrolFace {
    let database: Database
    let keys: TenantKeys
    let catalogue: PermissionCatalogue
    let reviews: SignInReviews

    /// What the browser brings back that was before the camera: the face is kept from now on.
    func confirm(_ code: String, in session: WebSessionID, _ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        let purpose = FacePurpose.enrol(session)
        guard
            let found = try await FaceCheckStore.find(
                code, for: purpose, of: acting.user, at: acting.now, in: acting.scope, database)
        else { throw IdentityError.codeRefused }
        let vector = try await open(found, in: acting.scope)
        let sealed = try await keys.seal(
            vector, table: FaceFactorStore.table, row: acting.user.text, version: 1, in: acting.scope)
        try await database.transaction(in: acting.scope) { tx in
            guard try await AccountStore.lock(acting.user, in: acting.scope, tx) != nil,
                try await FaceCheckStore.use(
                    code, for: purpose, of: acting.user, at: acting.now, in: acting.scope, tx)
            else { throw IdentityError.codeRefused }
            guard try await FaceComponentStore.page(in: acting.scope, tx)?.counts == true else {
                throw IdentityError.faceUnavailable
            }
            try await FaceFactorStore.put(sealed, of: acting.user, at: acting.now, in: acting.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            acting.audit.detail("consent", .bool(true))
            try await acting.audit.write(in: tx)
        }
    }

    /// The key that it was sealed by may have gone with a rotation: then it is shown once more.
    private func open(_ found: (id: FaceCheckID, vector: [UInt8]), in scope: TenantScope) async throws -> [UInt8] {
        do {
            return try await keys.open(
                found.vector, table: FaceCheckStore.table, row: found.id.text, version: 1, in: scope)
        } catch is SealError {
            throw IdentityError.codeRefused
        }
    }

    func remove(_ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        try await database.transaction(in: acting.scope) { tx in
            let account = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            guard try await FaceFactorStore.remove(acting.user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            guard account?.standing.has(besides: .face) == true else { throw IdentityError.lastSecondFactor }
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// As a lost second factor is taken away: nothing is left open that was opened by it.
    func remove(from user: UserID, _ acting: Acting) async throws {
        guard user != acting.user else { throw IdentityError.notYourself }
        try await database.transaction(in: acting.scope) { tx in
            guard let account = try await AccountStore.lock(user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("user", user.text, name: account.login)
            try await acting.mayHandle(user, catalogue, tx)
            guard try await FaceFactorStore.remove(user, in: acting.scope, tx) else { throw IdentityError.notFound }
            try await OpenAccess.end(of: [user], reviews, at: acting.now, in: acting.scope, tx)
            try await IdentityEvent.secondFactorReset.publish(user.text, at: acting.now, in: acting.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: user, in: acting.scope, tx)
            try await UserStore.bump(user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
