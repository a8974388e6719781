package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

// Sign-in rules, and sign-ins that wait for somebody's word.
extension Identity {
    package func signInRules(in scope: TenantScope) async throws -> SignInRules {
        try await ChangeSignInRules(database: database, reviews: reviews).show(in: scope)
    }

    package func setSignInRules(
        _ rules: SetSignInRules, from version: Int, _ request: RequestFacts, _ acting: Acting
    ) async throws -> SignInRules {
        try await ChangeSignInRules(database: database, reviews: reviews).set(
            rules.rules, from: version, request, acting)
    }

    package func trySignInRules(
        _ request: TrySignInRequest, at now: Date, in scope: TenantScope
    ) async throws -> TrySignInAnswer {
        try await TrySignInRules(database: database)(request, at: now, in: scope)
    }

    package func awaitSignInReview(_ request: SignInTokenRequest, _ visit: Visit) async throws -> SignInReply {
        try await AwaitSignInReview(database: database)(request, timed(visit))
    }

    package func giveUpSignIn(_ request: SignInTokenRequest, _ visit: Visit) async throws {
        try await GiveUpSignIn(database: database)(request, timed(visit))
    }

    /// The events of which those are mailed whom a rule names.
    package static let toldByMail = [IdentityEvent.signInNoticed.rawValue]

    /// The events of which the person themself is mailed.
    package static let toldToOneself = [IdentityEvent.signInUnfamiliar.rawValue]

    /// The kinds of events that are published here, and what the data of each may have.
    package static var eventKinds: [(type: String, members: [String])] { IdentityEvent.kinds }

    /// Mails the administrators of an endpoint that was disabled by itself.
    package func tellOfWebhook(_ webhook: String, _ data: JSON, at now: Date, in scope: TenantScope) async throws {
        try await TellOfWebhook(database: database, settings: settings)(webhook, data, at: now, in: scope)
    }

    package func tellOfStranger(_ subject: String, _ data: JSON, at now: Date, in scope: TenantScope) async throws {
        try await TellOfStranger(database: database, settings: settings)(subject, data, at: now, in: scope)
    }

    /// Whom a rule names to hear of a sign-in.
    package func toldOfSignIn(_ data: JSON, in scope: TenantScope) async throws -> [UserID] {
        try await database.transaction(in: scope) { tx in
            try await TellOfSignIn(database: database, settings: settings, directory: directory)
                .people(data, in: scope, tx)
        }
    }

    package func tellOfSignIn(_ data: JSON, at now: Date, in scope: TenantScope) async throws {
        try await TellOfSignIn(database: database, settings: settings, directory: directory)(
            data, at: now, in: scope)
    }
}
