package import FoundationEssentials

/// Which authenticators may be registered.
package enum AttestationPolicy: Sendable, Equatable {
    /// Any; nothing is asked about their make.
    case none
    /// Those of these models (AAGUIDs), which say so themselves with a signature.
    case direct(models: Set<UUID>)

    /// The word of WebAuthn for what the browser is to ask for.
    package var conveyance: String {
        switch self {
        case .none: "none"
        case .direct: "direct"
        }
    }
}
