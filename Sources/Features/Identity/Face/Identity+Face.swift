import FoundationEssentials
package import HTTPAPI
package import HTTPTypes
package import Kernel
import Postgres
import Tenancy

// Faces as a second factor.
extension Identity {
    private var verifyFace: VerifyFace { VerifyFace(database: database, lockout: lockout, settings: settings) }
    private var enrolFace: EnrolFace {
        EnrolFace(database: database, keys: keys, catalogue: settings.catalogue, reviews: reviews)
    }
    private var changeComponent: ChangeFaceComponent {
        ChangeFaceComponent(database: database, keys: keys, catalogue: settings.catalogue)
    }

    package func beginFace(_ request: SignInTokenRequest, _ visit: Visit) async throws -> FaceCapture {
        try await verifyFace.begin(request.token, visit)
    }

    package func verify(_ request: FaceFactorRequest, _ visit: Visit) async throws -> SignInReply {
        try await verifyFace(request, timed(visit))
    }

    package func takeFace(
        _ context: String, _ headers: HTTPFields, _ body: [UInt8], _ visit: Visit
    ) async throws -> CallbackReply {
        try await TakeFace(
            database: database, keys: keys, lockout: lockout, settings: settings, now: visit.now, audit: visit.audit,
            scope: visit.scope)(context, headers, body)
    }

    package func enrolFace(
        _ caller: TenantAPI.Caller, _ request: RequestFacts, _ acting: Acting
    ) async throws -> FaceCapture {
        try await begin(for: .enrol(Self.browser(of: caller)), request, acting)
    }

    package func confirmFace(_ code: String, _ caller: TenantAPI.Caller, _ acting: Acting) async throws {
        try await enrolFace.confirm(code, in: Self.browser(of: caller), acting)
    }

    package func removeFace(_ acting: Acting) async throws {
        try await enrolFace.remove(acting)
    }

    package func beginFaceStepUp(
        _ caller: TenantAPI.Caller, _ request: RequestFacts, _ acting: Acting
    ) async throws -> FaceCapture {
        try await begin(for: .stepUp(Self.browser(of: caller)), request, acting)
    }

    package func stepUpByFace(
        _ code: String, _ caller: TenantAPI.Caller, from address: String, _ acting: Acting
    ) async throws {
        try await verifyFace.stepUp(code, in: Self.browser(of: caller), Proof(caller), from: address, acting)
    }

    package func faceComponent(in scope: TenantScope) async throws -> FaceComponent {
        try await FaceComponentStore.find(in: scope, database)
    }

    package func setFaceComponent(
        _ request: SetFaceComponent, from version: Int, _ acting: Acting
    ) async throws -> FaceComponent {
        try await changeComponent(request, from: version, acting)
    }

    package func makeFaceComponentKey(_ acting: Acting) async throws -> FaceComponentKey {
        try await changeComponent.makeKey(acting)
    }

    package func faceFactor(of user: UserID, in scope: TenantScope) async throws -> FaceFactor {
        guard try await directory.user(user, in: scope) != nil else { throw IdentityError.notFound }
        return FaceFactor(enrolledAt: try await FaceFactorStore.enrolledAt(user, in: scope, database))
    }

    package func removeFace(from user: UserID, _ acting: Acting) async throws {
        try await enrolFace.remove(from: user, acting)
    }

    private func begin(
        for purpose: FacePurpose, _ request: RequestFacts, _ acting: Acting
    ) async throws -> FaceCapture {
        acting.audit.target("user", acting.user.text)
        return try await BeginFaceCheck(
            database: database, portal: settings.portal, request: request, now: acting.now, scope: acting.scope
        )(for: purpose, of: acting.user)
    }

    /// Only a browser comes back from a camera.
    private static func browser(of caller: TenantAPI.Caller) throws(IdentityError) -> WebSessionID {
        guard let session = caller.session else { throw .browserNeeded }
        return session
    }
}
