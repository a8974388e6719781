import HTTPAPI
package import Kernel
import Postgres

// Signing in.
extension Identity {
    package func face(in scope: TenantScope) async throws -> TenantFace {
        let face = try await database.first(
            "select name, slug, language, state from tenants where tenant_id = \(scope.tenant)", in: scope
        ) { TenantFace(name: try $0.next(), slug: try $0.next(), language: try $0.next(), state: try $0.next()) }
        guard let face else { throw IdentityError.notFound }
        return face
    }

    package func signIn(_ request: PasswordRequest, _ visit: Visit) async throws -> SignInReply {
        try await SignInWithPassword(database: database, hasher: hasher, floor: settings.refusalFloor)(request, visit)
    }

    package func verify(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        try await VerifySecondFactor(database: database, keys: keys, floor: settings.refusalFloor)(request, visit)
    }

    package func beginEnrolment(_ request: SignInTokenRequest, _ visit: Visit) async throws -> SecondFactorEnrolment {
        try await EnrolSecondFactor(database: database, keys: keys).begin(request.token, visit)
    }

    package func confirmEnrolment(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        try await EnrolSecondFactor(database: database, keys: keys).confirm(request, visit)
    }

    package func changePassword(_ request: NewPasswordRequest, _ visit: Visit) async throws -> SignInReply {
        try await SetPassword(database: database, hasher: hasher)(request, on: .passwordChanged, visit)
    }

    package func acceptInvitation(_ request: NewPasswordRequest, _ visit: Visit) async throws -> SignInReply {
        try await SetPassword(database: database, hasher: hasher)(request, on: .invitationAccepted, visit)
    }

    package func signInDirectly(_ request: DirectSignInRequest, _ visit: Visit) async throws -> DirectSignInReply {
        let prove = ProveDirectly(database: database, hasher: hasher, keys: keys, floor: settings.refusalFloor)
        return try await SignInDirectly(prove: prove)(request, visit)
    }
}
