package import Assets
package import FoundationEssentials
package import Kernel

/// The body that asks who may do what.
package struct ExplainAccess: WireValue {
    package let user: UserID
    package let asset: AssetID
    package let account: AccountName
    package let `protocol`: AccessProtocol
    package let action: AccessAction
    package let at: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("asset", \.asset)
        Field("account", \.account)
        Field("protocol", \.protocol, AccessProtocol.schema.otherwise(.ssh))
        Field("action", \.action, AccessAction.schema.otherwise(.connect))
        Field("at", \.at, Date.schema, note: "Absent for now.")
    }
}

/// The answer for people and programs.
package struct AccessExplanation: WireValue, Sendable {
    package let allowed: Bool
    package let grant: GrantID?
    package let until: Date?
    package let reasons: [DecisionReason]
    package let request: SmallestRequest?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("allowed", \.allowed)
        Field("grant", \.grant, GrantID.schema)
        Field("until", \.until, Date.schema)
        Field("reasons", \.reasons, count: 0...20)
        Field(
            "request", \.request, SmallestRequest.schema,
            note: "The smallest request that would open the way; null where none would.")
    }
}

/// What one would have to ask for, and no more.
package struct SmallestRequest: WireValue, Sendable, Hashable {
    package let asset: AssetID
    package let account: AccountName
    package let `protocol`: AccessProtocol
    package let actions: [AccessAction]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("asset", \.asset)
        Field("account", \.account)
        Field("protocol", \.protocol)
        Field("actions", \.actions, count: 1...20)
    }
}

extension Access {
    /// Explains what `decide` says.
    package func explain(
        _ request: ExplainAccess, at now: Date, in scope: TenantScope
    ) async throws -> AccessExplanation {
        let question = AccessQuestion(
            user: request.user, asset: request.asset, account: request.account, protocol: request.protocol,
            action: request.action, at: request.at ?? now)
        let decision = try await decide(question, in: scope)
        return AccessExplanation(
            allowed: decision.isAllowed, grant: decision.opening?.grant, until: decision.opening?.until,
            reasons: decision.reasons, request: decision.canBeAskedFor ? question.smallestRequest : nil)
    }
}

extension AccessQuestion {
    /// What would open the way: the action asked about, and connecting first.
    package var smallestRequest: SmallestRequest {
        SmallestRequest(
            asset: asset, account: account, protocol: self.protocol,
            actions: action == .connect ? [.connect] : [.connect, action])
    }
}
