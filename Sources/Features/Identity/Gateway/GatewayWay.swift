/// How somebody at a gateway has proven who they are.
package enum GatewayWay: Sendable, Equatable {
    /// With a code besides, or what a provider asked.
    case password
    /// The same, and an identity provider took the password.
    case passwordAtProvider
    case publicKey([UInt8])
    case publicKeyAndCode
    /// In a browser that is signed in.
    case browser
    /// In one that came in by an identity provider.
    case browserByProvider

    /// Whether a provider has proven the person in this very sign-in.
    var isByProvider: Bool { self == .passwordAtProvider || self == .browserByProvider }

    /// What came first, as rules about second factors see it.
    var step: FirstStep {
        switch self {
        case .publicKey, .publicKeyAndCode: .key
        case .passwordAtProvider, .browserByProvider: .provider
        case .password, .browser: .password
        }
    }

    /// Whether a key came first, whatever followed.
    package var isByKey: Bool { step == .key }

    var text: String {
        switch self {
        case .password, .passwordAtProvider: "password"
        case .publicKey: "public-key"
        case .publicKeyAndCode: "public-key-and-code"
        case .browser, .browserByProvider: "browser"
        }
    }
}
