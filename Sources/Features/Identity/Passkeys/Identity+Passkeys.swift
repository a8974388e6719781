package import HTTPAPI
package import Kernel
import Postgres
import Tenancy
import WebAuthn

// Passkeys, and what people do with their second factors.
extension Identity {
    package func offerPasskey(_ visit: Visit) async throws -> PasskeyRequestOptions {
        try await OfferPasskey(
            database: database, portal: portal(visit.request, in: visit.scope), now: visit.now, scope: visit.scope
        ).request(for: .signIn, of: nil)
    }

    package func signIn(_ request: UsePasskeyRequest, _ visit: Visit) async throws -> SignInReply {
        let party = try await portal(visit.request, in: visit.scope).party
        return try await SignInWithPasskey(database: database, party: party, tenants: tenants)(request, timed(visit))
    }

    package func offerPasskeyFactor(
        _ request: SignInTokenRequest, _ visit: Visit
    ) async throws -> PasskeyRequestOptions {
        try await VerifyPasskeyFactor(database: database, portal: portal(visit.request, in: visit.scope)).begin(
            request.token, visit)
    }

    package func verify(_ request: PasskeyFactorRequest, _ visit: Visit) async throws -> SignInReply {
        try await VerifyPasskeyFactor(database: database, portal: portal(visit.request, in: visit.scope))(
            request, timed(visit))
    }

    package func offerPasskeyEnrolment(
        _ request: SignInTokenRequest, _ visit: Visit
    ) async throws -> PasskeyCreationOptions {
        try await enrolPasskey(visit).begin(request.token, visit)
    }

    package func enrol(_ request: EnrolPasskeyRequest, _ visit: Visit) async throws -> SignInReply {
        try await enrolPasskey(visit)(request, timed(visit))
    }

    package func passkeys(_ page: PageRequest, _ acting: Acting) async throws -> Rows<Passkey> {
        Rows(try await PasskeyStore.list(of: acting.user, page, in: acting.scope, database), of: page)
    }

    package func offerNewPasskey(
        _ caller: TenantAPI.Caller, _ request: RequestFacts, _ acting: Acting
    ) async throws -> PasskeyCreationOptions {
        acting.audit.target("user", acting.user.text)
        return try await OfferPasskey(
            database: database, portal: portal(request, in: acting.scope), now: acting.now, scope: acting.scope
        ).creation(
            for: .add(Self.browser(of: caller)), of: acting.user, attestationPolicy(in: acting.scope))
    }

    package func addPasskey(
        _ body: AddPasskeyRequest, _ caller: TenantAPI.Caller, _ request: RequestFacts, _ acting: Acting
    ) async throws -> Passkey {
        let register = RegisterPasskey(
            database: database, party: try await portal(request, in: acting.scope).party,
            policy: try await attestationPolicy(in: acting.scope), now: acting.now, audit: acting.audit,
            scope: acting.scope)
        return try await ManageFactors(database: database).add(
            body, in: Self.browser(of: caller), register, acting)
    }

    package func removePasskey(_ id: PasskeyID, _ acting: Acting) async throws {
        try await ManageFactors(database: database).remove(id, acting)
    }

    package func offerAuthenticator(_ acting: Acting) async throws -> SecondFactorEnrolment {
        try await ManageFactors(database: database).offerAuthenticator(
            EnrolSecondFactor(database: database, keys: keys), acting)
    }

    package func confirmAuthenticator(_ request: StepUpRequest, _ acting: Acting) async throws {
        try await ManageFactors(database: database).confirmAuthenticator(
            request.code, EnrolSecondFactor(database: database, keys: keys), acting)
    }

    package func removeAuthenticator(_ acting: Acting) async throws {
        try await ManageFactors(database: database).removeAuthenticator(acting)
    }

    package func offerStepUp(
        _ caller: TenantAPI.Caller, _ request: RequestFacts, _ acting: Acting
    ) async throws -> PasskeyRequestOptions {
        try await StepUpWithPasskey(database: database, portal: portal(request, in: acting.scope)).begin(
            in: Self.browser(of: caller), acting)
    }

    package func stepUp(
        _ body: UsePasskeyRequest, _ caller: TenantAPI.Caller, _ request: RequestFacts, _ acting: Acting
    ) async throws {
        try await StepUpWithPasskey(database: database, portal: portal(request, in: acting.scope))(
            body, in: Self.browser(of: caller), Proof(caller), from: request.clientAddress, acting)
    }

    /// A program has no authenticator, and its token is not where a passkey was asked.
    private static func browser(of caller: TenantAPI.Caller) throws(IdentityError) -> WebSessionID {
        guard let session = caller.session else { throw .browserNeeded }
        return session
    }

    private func enrolPasskey(_ visit: Visit) async throws -> EnrolPasskey {
        EnrolPasskey(
            database: database, portal: try await portal(visit.request, in: visit.scope),
            policy: try await attestationPolicy(in: visit.scope))
    }

    func portal(_ request: RequestFacts, in scope: TenantScope) async throws -> PortalParty {
        guard let portal = try await PortalParty.find(request.host, settings.portal, in: scope, database) else {
            throw IdentityError.noPasskeyHere
        }
        return portal
    }

    private func attestationPolicy(in scope: TenantScope) async throws -> AttestationPolicy {
        guard let models = try await tenants.value(of: Setting.passkeyModels, in: scope) else { return .none }
        return .direct(models: models.all, roots: try await PasskeyRootStore.all(in: scope, database))
    }
}
