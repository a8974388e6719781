import HTTPAPI
import Kernel
import Postgres

/// What came before a second factor, as far as rules look at it.
package enum FirstStep: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    /// A password of the person's own here, or an invitation.
    case password
    /// An identity provider's word.
    case provider
    /// A key of the person's own, at a gateway.
    case key

    /// What it may have been where nobody showed a key.
    static let withoutKey: [FirstStep] = [.password, .provider]

    init(_ provider: IdentityProviderID?) {
        self = provider == nil ? .password : .provider
    }
}

/// What is asked of somebody besides the first step, here and now.
package struct FactorDemand: Sendable, Equatable {
    package let isRequired: Bool
    /// What counts; empty for all that the company takes.
    let counted: Set<CountedFactor>
    /// Whether a browser can stand for it in which it was shown some days ago.
    let mayRemember: Bool

    init(isRequired: Bool, counted: Set<CountedFactor> = [], mayRemember: Bool = true) {
        self.isRequired = isRequired
        self.counted = counted
        self.mayRemember = mayRemember
    }

    /// Also what holds where nobody has looked at the rules, or nobody could.
    static let required = FactorDemand(isRequired: true)
    static let none = FactorDemand(isRequired: false)

    /// A recovery code is typed as an app's code is, and stands for one.
    func counts(_ proof: ProvenFactor) -> Bool {
        guard !counted.isEmpty else { return true }
        return switch proof {
        case .authenticator, .recovery: counted.contains(.authenticator)
        case .passkey: counted.contains(.passkey)
        case .email: counted.contains(.email)
        case .sms: counted.contains(.sms)
        case .radius: counted.contains(.radius)
        case .face: counted.contains(.face)
        case .provider: counted.contains(.provider)
        }
    }

    func counts(_ factor: SecondFactorKind) -> Bool {
        counted.isEmpty || counted.contains { $0.rawValue == factor.rawValue }
    }
}

/// What a rule can say that counts: a factor of the person's own, or a provider's word.
package enum CountedFactor: String, Sendable, CaseIterable, WireValue {
    case authenticator, passkey, email, sms, radius, face, provider
}
