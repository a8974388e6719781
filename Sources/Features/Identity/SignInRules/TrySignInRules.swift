package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

/// The body that asks how a sign-in would be decided.
package struct TrySignInRequest: WireValue {
    package let user: UserID
    package let address: String
    package let at: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("address", \.address, .text(1...64))
        Field("at", \.at, note: "Now, if left out.")
    }
}

/// How a sign-in would be decided, and what the clock shows there and then.
package struct TrySignInAnswer: WireValue {
    package let action: SignInRule.Action
    package let rule: SignInRuleID?
    package let ruleName: String?
    package let weekday: Int
    package let minute: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("action", \.action)
        Field("rule", \.rule, note: "The rule that decides; null if none fits, and then everybody may.")
        Field("ruleName", \.ruleName, .text(1...100))
        Field("weekday", \.weekday, .int(1...7))
        Field("minute", \.minute, .int(0...1439), note: "Minutes since midnight in the tenant's time zone.")
    }
}

/// Tells how a sign-in would be decided; nothing comes of it.
struct TrySignInRules {
    let database: Database

    func callAsFunction(
        _ request: TrySignInRequest, at now: Date, in scope: TenantScope
    ) async throws -> TrySignInAnswer {
        guard ClientAddress(request.address).bytes != nil else {
            throw Invalid("must be an address such as 192.0.2.1", field: "address")
        }
        return try await database.transaction(in: scope) { tx in
            let circumstances = try await SignInRuleStore.circumstances(
                of: request.user, from: request.address, at: request.at ?? now, in: scope, tx)
            guard let circumstances else { throw IdentityError.notFound }
            let rule = try await SignInRuleStore.find(in: scope, tx).rules.deciding(circumstances)
            return TrySignInAnswer(
                action: rule?.action ?? .allow, rule: rule?.id, ruleName: rule?.name,
                weekday: circumstances.moment.weekday, minute: circumstances.moment.minute)
        }
    }
}
