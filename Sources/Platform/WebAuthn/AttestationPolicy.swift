package import FoundationEssentials

/// Which authenticators may be registered.
package enum AttestationPolicy: Sendable, Equatable {
    /// Any; nothing is asked about their make.
    case none
    /// Those of these models (AAGUIDs), for which a certificate under one of these roots vouches.
    case direct(models: Set<UUID>, roots: [AttestationRoot])

    /// The word of WebAuthn for what the browser is to ask for.
    package var conveyance: String {
        switch self {
        case .none: "none"
        case .direct: "direct"
        }
    }
}
