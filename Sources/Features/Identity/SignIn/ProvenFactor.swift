package import FoundationEssentials
import Kernel
import Postgres

/// A second factor that was shown.
package struct ShownFactor: Sendable, Equatable {
    package let at: Date
    package let by: ProvenFactor
}

/// By what a sign-in has shown its second factor; stored with it.
package enum ProvenFactor: String, Sendable, CaseIterable, SQLBindable, SQLDecodable {
    case authenticator, passkey, email, sms, radius, face
    /// Stands in for whatever was lost.
    case recovery
    /// An identity provider's word, which its administrators let count.
    case provider

    /// The factor of the person's own that it was; nil for what is none.
    var own: SecondFactorKind? {
        switch self {
        case .authenticator: .authenticator
        case .passkey: .passkey
        case .email: .email
        case .sms: .sms
        case .radius: .radius
        case .face: .face
        case .recovery, .provider: nil
        }
    }
}
