import HTTPAPI
import Kernel

/// What somebody can have as a second factor.
package enum SecondFactorKind: String, Sendable, CaseIterable, WireValue {
    /// An app that shows codes (RFC 6238).
    case authenticator
    /// A key in a device or a security key (WebAuthn).
    case passkey
}

extension Set<SecondFactorKind> {
    /// In the order of the declaration.
    package var sorted: [SecondFactorKind] { SecondFactorKind.allCases.filter(contains) }

    /// From the columns of a row that say which ones somebody has.
    init(authenticator: Bool, passkey: Bool) {
        self = []
        if authenticator { insert(.authenticator) }
        if passkey { insert(.passkey) }
    }
}
