package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres
import Tenancy

// Signing in.
extension Identity {
    package func face(at now: Date, in scope: TenantScope) async throws -> TenantFace {
        let face = try await database.first(
            """
            select name, slug, language, state, trial_ends_at, grace_ends_at from tenants
            where tenant_id = \(scope.tenant)
            """, in: scope
        ) { row in
            (
                name: try row.next(String.self), slug: try row.next(String.self), language: try row.next(String.self),
                life: TenantLife(try row.next(), trialEndsAt: try row.next(), graceEndsAt: try row.next())
            )
        }
        guard let face else { throw IdentityError.notFound }
        let closure = TenantClosure(face.life, at: now)
        return TenantFace(
            name: face.name, slug: face.slug, language: face.language, closure: closure,
            contact: closure == nil ? nil : try await SignUpSettings.read(from: database).contact)
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
