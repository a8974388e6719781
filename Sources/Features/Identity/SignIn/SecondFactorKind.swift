import HTTPAPI
import Kernel

/// What somebody can have as a second factor.
package enum SecondFactorKind: String, Sendable, CaseIterable, WireValue {
    /// An app that shows codes (RFC 6238).
    case authenticator
    /// A key in a device or a security key (WebAuthn).
    case passkey
    /// A code that is sent to the person's mailbox.
    case email
    /// A code that is sent to the person's telephone.
    case sms
    /// What the person's RADIUS server takes; administrators say at which.
    case radius
    /// The person's face, as the company's capture component sees it.
    case face
}

extension Set<SecondFactorKind> {
    /// In the order of the declaration.
    package var sorted: [SecondFactorKind] { SecondFactorKind.allCases.filter(contains) }
}
