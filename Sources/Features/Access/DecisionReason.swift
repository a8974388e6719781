import Assets
package import FoundationEssentials
package import Kernel

/// One link of the chain: a stable code with what it is about for programs, and a sentence for people.
package struct DecisionReason: WireValue, Sendable, Hashable {
    package let code: Code
    package let text: String
    package let grant: GrantID?
    package let facts: DecisionFacts

    package enum Code: String, CaseIterable, WireValue {
        case tenantInactive = "tenant-inactive"
        case userDisabled = "user-disabled"
        case assetDisabled = "asset-disabled"
        case noSuchAccount = "no-such-account"
        case denied
        case noGrant = "no-grant"
        case grantRevoked = "grant-revoked"
        case grantEnded = "grant-ended"
        case grantNotStarted = "grant-not-started"
        case outsideHours = "outside-hours"
        case otherAccount = "other-account"
        case otherProtocol = "other-protocol"
        case otherAction = "other-action"
        case allowed
    }

    private init(code: Code, text: String, grant: GrantID?, facts: DecisionFacts) {
        self.code = code
        self.text = text
        self.grant = grant
        self.facts = facts
    }

    init(_ code: Code, _ facts: DecisionFacts, grant: GrantID? = nil) {
        self.init(code: code, text: String(code.sentence(facts).prefix(500)), grant: grant, facts: facts)
    }

    package static let schema: Schema<Self> = .record(Self.init(code:text:grant:facts:)) {
        Field("code", \.code)
        Field("text", \.text, .text(0...500))
        Field("grant", \.grant, GrantID.schema)
        Field("facts", \.facts, note: "What the sentence names, for words in another language.")
    }
}

/// What a reason is about: what was asked, and what of the grant stands in its way.
package struct DecisionFacts: WireValue, Sendable, Hashable {
    package let asset: String
    package let account: String
    package let `protocol`: AccessProtocol
    package let action: AccessAction
    package var grantName: String?
    /// When the grant begins, or has ended.
    package var at: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("asset", \.asset, .text(1...100), note: "The asset's name.")
        Field("account", \.account, .text(1...200))
        Field("protocol", \.protocol)
        Field("action", \.action)
        Field("grantName", \.grantName, .text(1...200))
        Field("at", \.at, Date.schema, note: "When the grant begins, or has ended.")
    }
}

extension DecisionReason.Code {
    /// In English, for who reads no other words of it: a terminal, a program.
    fileprivate func sentence(_ facts: DecisionFacts) -> String {
        let grant = "“\(facts.grantName ?? "")”"
        let time = facts.at.map(Timestamp.text)
        return switch self {
        case .tenantInactive: "This organization is suspended."
        case .userDisabled: "Your user is disabled."
        case .assetDisabled: "\(facts.asset) is disabled."
        case .noSuchAccount: "\(facts.asset) has no account \(facts.account)."
        case .denied: "The rule \(grant) denies this."
        case .noGrant: "Nothing grants you \(facts.account) on \(facts.asset)."
        case .grantRevoked: "\(grant) was revoked."
        case .grantEnded: "\(grant) has ended\(time.map { " at \($0)" } ?? "")."
        case .grantNotStarted: "\(grant) starts\(time.map { " at \($0)" } ?? " later")."
        case .outsideHours: "\(grant) is closed at this hour."
        case .otherAccount: "\(grant) is for other accounts than \(facts.account)."
        case .otherProtocol: "\(grant) does not cover \(facts.protocol.rawValue)."
        case .otherAction: "\(grant) does not allow \(facts.action.rawValue)."
        case .allowed: "\(grant) allows it."
        }
    }
}
