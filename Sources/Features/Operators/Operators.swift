package import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Identity
package import Kernel
package import Postgres

/// The hosting provider's own people: who they are, how they sign in at the console, and what they may do there.
package struct Operators: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let seal: FactorSeal
    let settings: OperatorSettings

    /// `key` is a key of the installation; it seals operators' second factors.
    package init(database: Database, hasher: PasswordHasher, key: DataKey, settings: OperatorSettings) {
        self.database = database
        self.hasher = hasher
        seal = FactorSeal(key: key)
        self.settings = settings
    }

    package var authenticator: OperatorAuthenticator {
        OperatorAuthenticator(database: database, known: settings.known)
    }

    package func list(_ page: PageRequest, in scope: ProviderScope) async throws -> Rows<ProviderOperator> {
        Rows(try await OperatorStore.list(page, in: scope, database), of: page)
    }

    package func find(_ id: ProviderOperatorID, in scope: ProviderScope) async throws -> ProviderOperator {
        guard let found = try await OperatorStore.find(id, in: scope, database) else { throw OperatorError.notFound }
        return found
    }

    package func add(_ request: AddOperatorRequest, _ acting: OperatorActing) async throws -> AddedOperator {
        try await AddOperator(database: database, settings: settings)(request, acting)
    }

    package func change(
        _ id: ProviderOperatorID, to request: ChangeOperatorRequest, from version: Int, _ acting: OperatorActing
    ) async throws -> ProviderOperator {
        try await ChangeOperator(database: database)(id, to: request, from: version, acting)
    }

    package func disable(_ id: ProviderOperatorID, _ acting: OperatorActing) async throws -> ProviderOperator {
        try await ControlOperator(database: database).disable(id, acting)
    }

    package func enable(_ id: ProviderOperatorID, _ acting: OperatorActing) async throws -> ProviderOperator {
        try await ControlOperator(database: database).enable(id, acting)
    }

    package func unlock(_ id: ProviderOperatorID, _ acting: OperatorActing) async throws -> ProviderOperator {
        try await ControlOperator(database: database).unlock(id, acting)
    }

    package func invite(_ id: ProviderOperatorID, _ acting: OperatorActing) async throws -> Invitation {
        try await InviteOperator(settings: settings)(id, database, acting)
    }

    /// Forgets sign-ins and sessions that are over; a periodic job.
    package func purge(at now: Date) async throws {
        let scope = SystemScope(reason: "forget operators' sign-ins and sessions that are over")
        try await database.execute("delete from provider_sign_ins where expires_at < \(now)", in: scope)
        try await database.execute(
            "delete from provider_sessions where expires_at < \(now) or last_seen_at < \(now - OperatorSessionStore.idle)",
            in: scope)
    }
}

// Signing in.
extension Operators {
    package func signIn(_ request: PasswordRequest, _ visit: OperatorVisit) async throws -> SignInReply {
        try await SignOperatorIn(database: database, hasher: hasher, floor: settings.refusalFloor)(request, visit)
    }

    package func verify(_ request: CodeRequest, _ visit: OperatorVisit) async throws -> SignInReply {
        try await VerifyOperatorCode(database: database, seal: seal)(request, visit)
    }

    package func acceptInvitation(
        _ request: NewPasswordRequest, _ visit: OperatorVisit
    ) async throws -> SignInReply {
        try await AcceptOperatorInvitation(database: database, hasher: hasher, breached: settings.breached)(
            request, visit)
    }

    package func beginEnrolment(
        _ request: SignInTokenRequest, _ visit: OperatorVisit
    ) async throws -> SecondFactorEnrolment {
        try await EnrolOperatorFactor(database: database, seal: seal).begin(request.token, visit)
    }

    package func confirmEnrolment(_ request: CodeRequest, _ visit: OperatorVisit) async throws -> SignInReply {
        try await EnrolOperatorFactor(database: database, seal: seal).confirm(request, visit)
    }
}

// Oneself.
extension Operators {
    package func profile(_ caller: ProviderAPI.Caller, _ permissions: Set<Permission>) async throws -> OperatorProfile {
        let found = try await OperatorStore.find(caller.operator, in: ProviderScope(), database)
        guard let found else { throw OperatorError.notFound }
        return OperatorProfile(
            user: found, permissions: permissions.map(\.code).sorted(),
            secondFactorAt: try await OperatorSessionStore.secondFactorAt(caller.session, database))
    }

    package func sessions(_ page: PageRequest, _ acting: OperatorActing) async throws -> Rows<OperatorSession> {
        Rows(
            try await OperatorSessionStore.list(of: acting.operator, page, current: acting.session, database), of: page)
    }

    package func endSession(_ id: ProviderSessionID, _ acting: OperatorActing) async throws {
        try await EndOperatorSession(database: database)(id, acting)
    }

    package func signOut(_ acting: OperatorActing, _ response: ResponseDraft) async throws {
        if let session = acting.session { try await EndOperatorSession(database: database)(session, acting) }
        response.clear(cookie: Cookie.operatorSessionName)
    }

    package func changePassword(_ request: ChangePasswordRequest, _ acting: OperatorActing) async throws {
        try await ChangeOperatorPassword(database: database, hasher: hasher, breached: settings.breached)(
            request, acting)
    }

    package func stepUp(_ request: StepUpRequest, _ acting: OperatorActing) async throws {
        try await StepUpOperator(database: database, seal: seal)(request, acting)
    }
}
