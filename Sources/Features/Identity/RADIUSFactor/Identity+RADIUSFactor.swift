import HTTPAPI
import Kernel

// RADIUS as a second factor.
extension Identity {
    var proveRADIUS: ProveRADIUS {
        ProveRADIUS(database: database, keys: keys, lockout: lockout, providers: providerSignIn)
    }
    private var verifyRADIUS: VerifyRADIUS { VerifyRADIUS(prove: proveRADIUS, settings: settings) }
    private var assign: AssignRADIUS {
        AssignRADIUS(database: database, catalogue: settings.catalogue, directory: directory, reviews: reviews)
    }

    func verify(_ request: RADIUSFactorRequest, _ visit: Visit) async throws -> SignInReply {
        try await verifyRADIUS(request, timed(visit))
    }

    func stepUp(
        _ request: AnswerRADIUSRequest, _ caller: TenantAPI.Caller, from address: String, _ acting: Acting
    ) async throws -> RADIUSReply {
        try await verifyRADIUS.stepUp(request, Proof(caller), from: address, acting)
    }

    func radiusFactor(of user: UserID, in scope: TenantScope) async throws -> RADIUSFactor {
        try await assign.show(user, in: scope)
    }

    func assignRADIUS(_ request: AssignRADIUSRequest, to user: UserID, _ acting: Acting) async throws -> RADIUSFactor {
        try await assign(request.provider, to: user, acting)
    }

    func removeRADIUS(from user: UserID, _ acting: Acting) async throws {
        try await assign.remove(from: user, acting)
    }
}
