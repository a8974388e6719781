import Cryptography
import FoundationEssentials
import Kernel
import Outbound

/// The tokens by which apps, and not people, are known to messengers.
typealias AppTokens = SharedTokens<AppPlace>

extension AppToken {
    /// The token in an answer; one without an end is refused.
    static func read(_ text: String, lasting: JSON?) throws(ProviderFault) -> AppToken {
        guard let token = AppToken(text, lasting: lasting) else {
            throw ProviderFault(step: .application, text: "the token has no end", isLie: true)
        }
        return token
    }
}

/// Whose token it is: another secret, or another address, is another app.
struct AppPlace: Hashable, Sendable {
    let tenant: TenantID
    let provider: IdentityProviderID
    let app: Hash256

    init(_ settings: MessengerSettings, secret: String, provider: IdentityProviderID, in scope: TenantScope) {
        tenant = scope.tenant
        self.provider = provider
        let words = [
            settings.vendor.rawValue, settings.organization, settings.clientId, settings.apiUrl ?? "",
            settings.signInUrl ?? "", secret,
        ]
        app = .of(Array(words.joined(separator: "\n").utf8))
    }
}
