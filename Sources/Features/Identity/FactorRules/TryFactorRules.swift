import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

/// The body that asks what would be asked of somebody.
package struct TryFactorsRequest: WireValue {
    package let user: UserID
    package let entrance: SignInEntrance
    package let address: String
    package let after: FirstStep

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("entrance", \.entrance, SignInEntrance.schema.otherwise(.web))
        Field("address", \.address, .text(1...64))
        Field("after", \.after, FirstStep.schema.otherwise(.password))
    }
}

/// What would be asked of somebody after the first step.
package struct TryFactorsAnswer: WireValue {
    /// What comes next for the person as they are now.
    package enum Ask: String, Sendable, CaseIterable, WireValue {
        case nothing
        case secondFactor = "second-factor"
        /// There is none that counts; at a terminal the person is sent to the portal for it.
        case enrol
    }

    package let ask: Ask
    package let ruleName: String?
    package let level: FactorLevel
    package let factors: [SecondFactorKind]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("ask", \.ask)
        Field("ruleName", \.ruleName, .text(1...100), note: "The rule that decides; null if the level does.")
        Field("level", \.level)
        Field(
            "factors", \.factors, count: 0...SecondFactorKind.allCases.count,
            note: "What the person would be asked for, or can set up.")
    }
}

/// Tells what would be asked of somebody; nothing comes of it.
struct TryFactorRules {
    let database: Database

    func callAsFunction(_ request: TryFactorsRequest, at now: Date, in scope: TenantScope) async throws
        -> TryFactorsAnswer
    {
        guard ClientAddress(request.address).bytes != nil else {
            throw Invalid("must be an address such as 192.0.2.1", field: "address")
        }
        return try await database.transaction(in: scope) { tx in
            guard let account = try await AccountStore.lock(request.user, in: scope, tx),
                let question = try await FactorRuleStore.question(
                    of: request.user, at: request.entrance, from: request.address, now: now, in: scope, tx)
            else { throw IdentityError.notFound }
            let standing = account.standing.under(question.demand(after: request.after))
            let ask: TryFactorsAnswer.Ask =
                standing.isExempt ? .nothing : standing.asked.isEmpty ? .enrol : .secondFactor
            let factors: Set<SecondFactorKind> =
                switch ask {
                case .nothing: []
                case .secondFactor: standing.asked
                case .enrol: standing.enrollable
                }
            return TryFactorsAnswer(
                ask: ask, ruleName: question.deciding(after: request.after)?.name, level: question.rules.level,
                factors: factors.sorted)
        }
    }
}
