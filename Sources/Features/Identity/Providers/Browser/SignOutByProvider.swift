import Audit
import HTTPAPI
package import Kernel
import Outbound
import Postgres
import Tenancy

/// Ends here what has ended at a provider, and says where else somebody is still signed in.
struct SignOutByProvider {
    let database: Database
    let providers: ProviderSignIn

    /// The provider says so by a token of its own (OpenID Connect Back-Channel Logout). Everything of the people ends whom
    /// it names: a session that began after the token was made is another one. How far that can be told depends on the
    /// clocks, so a token that comes twice is taken once.
    func callAsFunction(_ id: IdentityProviderID, _ form: [UInt8], _ visit: Visit) async throws {
        guard let candidate = try await IdentityProviderStore.find(id, in: visit.scope, database),
            candidate.provider.settings.takesBrowsers, candidate.provider.enabled,
            let prover = try await providers.browserProver(for: candidate, at: visit.now, in: visit.scope)
                as? any TokenLogoutProver
        else { throw IdentityError.notFound }
        visit.audit.target("identity-provider", id.text, name: candidate.provider.name)
        guard let token = FormText.value(of: "logout_token", in: form) else { throw Problem(.malformed) }
        let ended: LogoutTokenCheck.Ended
        do {
            ended = try await prover.ended(by: token)
        } catch let fault as ProviderFault {
            visit.audit.detail("cause", .string(fault.text))
            throw fault.isLie ? Problem(.malformed, "The logout token is not good.") : Problem(.unavailable)
        }
        try await database.transaction(in: visit.scope) { tx in
            let people = try await ProviderSessionStore.take(ended, at: id, in: visit.scope, tx)
            try await Self.end(people, visit, tx)
            visit.audit.detail("people", .int(Int64(people.count)))
            try await visit.audit.write(in: tx)
        }
    }

    /// Where the person came in lately, and can sign out as well. A program, which is signed in nowhere else, is not told what
    /// the provider gave for that.
    func farewells(
        _ request: RequestFacts, _ caller: TenantAPI.Caller, _ acting: Acting
    ) async throws -> [Farewell] {
        var found: [Farewell] = []
        let sessions = try await ProviderSessionStore.providers(
            of: acting.user, at: acting.now, in: acting.scope, database)
        for (id, session) in sessions {
            guard let candidate = try await IdentityProviderStore.find(id, in: acting.scope, database),
                candidate.provider.enabled, candidate.provider.settings.takesBrowsers
            else { continue }
            let prover = try await providers.browserProver(for: candidate, at: acting.now, in: acting.scope)
            let hint = caller.session == nil ? nil : try await hint(of: acting.user, at: id, in: acting.scope)
            // One that cannot be asked now hinders nobody from signing out here.
            guard let place = try? await prover.farewell(to: request.origin, from: session, hint) else { continue }
            found.append(
                Farewell(
                    name: candidate.provider.name, url: place.url,
                    fields: place.fields.map { Farewell.FormField(name: $0.name, value: $0.value) }))
        }
        return found
    }

    private func hint(
        of user: UserID, at provider: IdentityProviderID, in scope: TenantScope
    ) async throws -> SignOutHint? {
        guard let kept = try await SignOutHintStore.sealed(of: user, at: provider, in: scope, database) else {
            return nil
        }
        let bytes = try await providers.keys.open(
            kept.sealed, table: SignOutHint.table, row: kept.id.text, version: 1, in: scope)
        return SignOutHint(text: String(decoding: bytes, as: UTF8.self))
    }

    /// Ends everything of people, in one order for all who do.
    static func end(_ people: Set<UserID>, _ visit: Visit, _ tx: Transaction) async throws {
        try await SignOutHintStore.forget(people, in: visit.scope, tx)
        for user in people.sorted(by: { $0.text < $1.text }) { try await end(user, visit, tx) }
    }

    private static func end(_ user: UserID, _ visit: Visit, _ tx: Transaction) async throws {
        // Before the account, as a sign-in under way locks them.
        try await SignInStore.removeAll(of: user, in: visit.scope, tx)
        guard let account = try await AccountStore.lock(user, in: visit.scope, tx) else { return }
        try await visit.reviews.end([user], visit.now, visit.scope, tx)
        try await RememberedDeviceStore.forgetAll(of: user, in: visit.scope, tx)
        try await WebSessionStore.revokeAll(of: user, except: nil, in: visit.scope, tx)
        try await visit.audit.also(
            "user.signed-out", kind: "user", id: user.text, name: account.login, in: tx)
        try await IdentityEvent.signedOutByProvider.publish(user.text, at: visit.moment, in: visit.scope, tx)
    }
}

/// A provider at which somebody is still signed in.
package struct Farewell: WireValue, Equatable {
    /// A field of the form that is posted there.
    package struct FormField: WireValue, Equatable {
        package let name: String
        package let value: String

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("name", \.name, .text(1...100))
            Field("value", \.value, .text(0...20_000))
        }
    }

    package let name: String
    package let url: String
    package let fields: [FormField]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("url", \.url, .text(1...16_000), note: "Where a browser ends the session there.")
        Field("fields", \.fields, count: 0...10, note: "What a form posts there; none where the address says it all.")
    }
}

/// All of them.
package struct Farewells: WireValue {
    package let items: [Farewell]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...IdentityProvider.most)
    }
}
