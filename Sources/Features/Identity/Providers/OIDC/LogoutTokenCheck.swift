import FoundationEssentials
import JOSE
import Kernel

/// Whether the claims of a logout token, whose signature is right already, are for us and for now (OpenID Connect
/// Back-Channel Logout §2.6). Pure.
struct LogoutTokenCheck: Sendable {
    enum Fault: String, Error, CaseIterable {
        case kind = "the token ends no session"
        case issuer = "the token is of another issuer"
        case audience = "the token is for somebody else"
        case late = "the token is too old, or of the future"
        case nobody = "the token names neither a person nor a session"
    }

    struct Ended: Equatable {
        let subject: String?
        let session: String?
        /// What tells the token from all others of the provider.
        let token: String
        /// What began later by the clock here began after the token was made, however far the clocks are apart.
        let begunBy: Date
        /// From then on the token would be refused.
        let expiresAt: Date
    }

    static let event = "http://schemas.openid.net/event/backchannel-logout"
    /// It is on its way for seconds.
    static let longestAge: TimeInterval = 2 * 60

    let issuer: String
    let client: String
    let skew: TimeInterval
    let now: Date

    func callAsFunction(_ claims: JSON, _ header: JSONWebToken.Header) throws(Fault) -> Ended {
        // An ID token is signed by the same key: it has a nonce and no event.
        guard header.type == nil || header.type == "jwt" || header.type == "logout+jwt", claims["nonce"] == nil,
            case .object? = claims["events"]?[Self.event], let id = claims["jti"]?.text, !id.isEmpty
        else { throw .kind }
        guard claims["iss"]?.text == issuer else { throw .issuer }
        switch claims["aud"] {
        case .string(let one)? where one == client: break
        case .array(let many)? where many.contains(.string(client)): break
        default: throw .audience
        }
        guard let issued = IDTokenCheck.time(claims["iat"]),
            abs(issued.timeIntervalSince(now)) <= Self.longestAge + skew
        else { throw .late }
        if let expires = claims["exp"] {
            guard let expires = IDTokenCheck.time(expires), now < expires + skew else { throw .late }
        }
        let (subject, session) = (claims["sub"]?.text, claims["sid"]?.text)
        guard subject != nil || session != nil else { throw .nobody }
        // A provider that gives two tokens one id, which it must not, has both of them heard.
        let token = [id, "\(issued.timeIntervalSince1970)", subject ?? "", session ?? ""].joined(separator: "\n")
        return Ended(
            subject: subject, session: session, token: token, begunBy: issued + skew,
            expiresAt: issued + Self.longestAge + skew)
    }
}
