import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

// Signing in.
extension Identity {
    package func face(at now: Date, in scope: TenantScope) async throws -> TenantFace {
        let found = try await database.first(
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
        guard let found else { throw IdentityError.notFound }
        let closure = TenantClosure(found.life, at: now)
        return TenantFace(
            name: found.name, slug: found.slug, language: found.language, closure: closure,
            contact: closure == nil ? nil : try await SignUpSettings.read(from: database).contact,
            logo: try await tenants.fingerprint(of: Setting.logo, in: scope),
            color: try await tenants.value(of: Setting.color, in: scope),
            signInText: try await tenants.value(of: Setting.signInText, in: scope),
            providers: closure == nil ? try await IdentityProviderStore.offered(in: scope, database) : [])
    }

    /// The company's logo, as an image that can do nothing.
    package func logo(in scope: TenantScope) async throws -> Download {
        guard let logo = try await tenants.bulky(Setting.logo, in: scope) else { throw IdentityError.notFound }
        return Download(fileName: "logo.png", bytes: logo.bytes)
    }

    /// The visit, with how long a session lasts that comes of it.
    func timed(_ visit: Visit) async throws -> Visit {
        var visit = try await asking(visit)
        let hours = try await tenants.value(of: Setting.sessionMax, in: visit.scope)
        visit.sessionLasts = TimeInterval(hours * 3600)
        visit.rememberDays = try await tenants.value(of: Setting.rememberDays, in: visit.scope)
        visit.singleSession = try await tenants.value(of: Setting.singleSession, in: visit.scope)
        return visit
    }

    /// What everybody is told who comes with a password while too many wait.
    package func crowd(in tenant: TenantID) -> Problem? {
        hasher.hasRoom(for: tenant) ? nil : IdentityError.busy.problem
    }

    package func signIn(_ request: PasswordRequest, _ visit: Visit) async throws -> SignInReply {
        var prove = provePassword
        prove.leavesCount = true
        return try await Database.lettingOthersGoFirst {
            try await SignInWithPassword(prove: prove, settings: settings, keep: keepChallenge)(
                request, timed(visit))
        }
    }

    package func answerChallenge(_ request: AnswerRequest, _ visit: Visit) async throws -> SignInReply {
        let prove = ProveChallenge(prove: provePassword, providers: providerSignIn, keep: keepChallenge)
        return try await AnswerChallenge(prove: prove, settings: settings)(request, timed(visit))
    }

    private var provePassword: ProvePassword {
        ProvePassword(database: database, hasher: hasher, providers: providerSignIn, lockout: lockout)
    }
    private var keepChallenge: KeepChallenge { KeepChallenge(database: database, keys: keys) }

    package func verify(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        try await VerifySecondFactor(database: database, keys: keys, settings: settings, lockout: lockout)(
            request, timed(visit))
    }

    package func beginBrowserSignIn(_ request: BeginBrowserSignIn, _ visit: Visit) async throws -> BrowserDeparture {
        try await signInByBrowser.begin(request, visit)
    }

    package func finishBrowserSignIn(
        _ request: FinishBrowserSignIn, _ visit: Visit
    ) async throws -> BrowserSignInReply {
        try await signInByBrowser.finish(request, timed(visit))
    }

    package func signOut(byProvider id: IdentityProviderID, _ form: [UInt8], _ visit: Visit) async throws {
        try await SignOutByProvider(database: database, providers: providerSignIn)(id, form, asking(visit))
    }

    /// What a SAML provider has to know about us, under the name by which the portal was called.
    package func samlMetadata(of id: IdentityProviderID, _ visit: Visit) async throws -> Download {
        guard let candidate = try await IdentityProviderStore.find(id, in: visit.scope, database),
            case .saml(let settings) = candidate.provider.settings
        else { throw IdentityError.notFound }
        let prover = try await providerSignIn.samlProver(for: candidate, settings, at: visit.now, in: visit.scope)
        return Download(
            fileName: "\(id.text).xml", bytes: Array(prover.metadata(at: visit.request.origin).utf8))
    }

    package func takeSAMLResponse(
        _ id: IdentityProviderID, _ form: [UInt8], _ visit: Visit
    ) async throws -> Onward {
        try await TakeSAMLResponse(database: database, providers: providerSignIn)(id, form, visit)
    }

    func signOut(
        bySAML id: IdentityProviderID, _ message: SignOutBySAML.Message, _ visit: Visit
    ) async throws -> Onward {
        try await SignOutBySAML(database: database, providers: providerSignIn)(id, message, asking(visit))
    }

    package func takeCASTicket(
        _ id: IdentityProviderID, _ state: SignInState, _ query: String, _ visit: Visit
    ) async throws -> Onward {
        try await TakeCASTicket(database: database)(id, state, query, visit)
    }

    package func signOut(byCAS id: IdentityProviderID, _ form: [UInt8], _ visit: Visit) async throws {
        try await SignOutByCAS(database: database)(id, form, asking(visit))
    }

    private var signInByBrowser: SignInByBrowser {
        SignInByBrowser(database: database, providers: providerSignIn, settings: settings)
    }

    package func beginEnrolment(_ request: SignInTokenRequest, _ visit: Visit) async throws -> SecondFactorEnrolment {
        try await EnrolSecondFactor(database: database, keys: keys).begin(request.token, visit)
    }

    package func confirmEnrolment(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        try await EnrolSecondFactor(database: database, keys: keys).confirm(request, timed(visit))
    }

    package func passwordDemand(_ request: SignInTokenRequest, _ visit: Visit) async throws -> PasswordDemand {
        try await ShowPasswordDemand(database: database, demand: passwordDemand(in: visit.scope))(
            request, at: visit.now, in: visit.scope)
    }

    package func changePassword(_ request: NewPasswordRequest, _ visit: Visit) async throws -> SignInReply {
        try await setPassword(request, on: .passwordChanged, visit)
    }

    package func acceptInvitation(_ request: NewPasswordRequest, _ visit: Visit) async throws -> SignInReply {
        try await setPassword(request, on: .invitationAccepted, visit)
    }

    package func signInDirectly(_ request: DirectSignInRequest, _ visit: Visit) async throws -> DirectSignInReply {
        try await SignInDirectly(prove: proveDirectly)(request, asking(visit))
    }

    package func answerDirectly(_ request: DirectAnswerRequest, _ visit: Visit) async throws -> DirectSignInReply {
        try await SignInDirectly(prove: proveDirectly)(request, asking(visit))
    }

    package func awaitDirectReview(_ request: DirectAttempt, _ visit: Visit) async throws -> DirectSignInReply {
        try await AwaitDirectReview(signIn: SignInDirectly(prove: proveDirectly))(request, asking(visit))
    }

    package func giveUpDirectly(_ request: DirectAttempt, _ visit: Visit) async throws {
        try await AwaitDirectReview(signIn: SignInDirectly(prove: proveDirectly)).giveUp(request, asking(visit))
    }

    private func asking(_ visit: Visit) async throws -> Visit {
        var visit = visit
        visit.reviews = reviews
        visit.origin = try await FindOrigin(places: settings.places, tenants: tenants)(
            visit.request.clientAddress, in: visit.scope)
        // Also of what is refused.
        if let place = visit.origin.place { visit.audit.detail("place", place.json) }
        return visit
    }

    private var proveDirectly: ProveDirectly {
        ProveDirectly(
            password: provePassword, providers: providerSignIn, keys: keys, settings: settings,
            sendCode: sendCode)
    }

    private func setPassword(
        _ request: NewPasswordRequest, on event: SignIn.Event, _ visit: Visit
    ) async throws -> SignInReply {
        let rules = try await passwordRules(in: visit.scope)
        return try await SetPassword(database: database, hasher: hasher, rules: rules)(
            request, on: event, timed(visit))
    }
}
