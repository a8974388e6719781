import Cryptography
package import FoundationEssentials
package import JOSE
package import Kernel

/// Whether the claims of an ID token, whose signature is right already, are for us, for this sign-in and for now (OpenID
/// Connect Core §3.1.3.7). Pure.
package struct IDTokenCheck: Sendable {
    package enum Fault: String, Error, CaseIterable {
        case issuer = "the token is of another issuer"
        case audience = "the token is for somebody else"
        case authorizedParty = "the token was given to another client"
        case subject = "the token names nobody"
        case expired = "the token has expired"
        case notYet = "the token is of the future"
        case old = "the token was issued long ago"
        case nonce = "the token belongs to another sign-in"
        case accessToken = "the token does not fit the access token"
        case kind = "the token is for something else than a sign-in"
    }

    /// A token is a few seconds old when it gets here.
    static let longestAge: TimeInterval = 10 * 60

    let issuer: String
    let client: String
    let nonce: String
    let skew: TimeInterval
    let now: Date

    package init(issuer: String, client: String, nonce: String, skew: TimeInterval, now: Date) {
        self.issuer = issuer
        self.client = client
        self.nonce = nonce
        self.skew = skew
        self.now = now
    }

    package func callAsFunction(
        _ claims: JSON, _ header: JSONWebToken.Header, accessToken: String?
    ) throws(Fault) {
        // A token of another use, such as one that ends a session, is signed by the same key.
        guard header.type == nil || header.type == "jwt", claims["events"] == nil else { throw .kind }
        guard claims["iss"]?.text == issuer else { throw .issuer }
        try audience(claims)
        guard let subject = claims["sub"]?.text, 1...255 ~= subject.utf8.count else { throw .subject }
        guard let expires = Self.time(claims["exp"]), now < expires + skew else { throw .expired }
        guard let issued = Self.time(claims["iat"]), issued <= now + skew else { throw .notYet }
        guard issued >= now - Self.longestAge - skew else { throw .old }
        if let from = claims["nbf"] {
            guard let from = Self.time(from), from <= now + skew else { throw .notYet }
        }
        guard let given = claims["nonce"]?.text, ConstantTime.equals(given, nonce) else { throw .nonce }
        if let hash = claims["at_hash"] {
            guard let accessToken, hash.text == header.algorithm.halfHash(of: accessToken) else { throw .accessToken }
        }
    }

    private func audience(_ claims: JSON) throws(Fault) {
        let party = claims["azp"]
        switch claims["aud"] {
        case .string(let one)?: guard one == client else { throw .audience }
        case .array(let many)?:
            guard many.contains(.string(client)), many.allSatisfy({ $0.text != nil }) else { throw .audience }
            guard many.count == 1 || party != nil else { throw .authorizedParty }
        default: throw .audience
        }
        if let party { guard party.text == client else { throw .authorizedParty } }
    }

    static func time(_ value: JSON?) -> Date? {
        switch value {
        case .int(let seconds)? where 0...253_402_300_799 ~= seconds: Date(timeIntervalSince1970: Double(seconds))
        case .double(let seconds)? where 0...253_402_300_799 ~= seconds: Date(timeIntervalSince1970: seconds)
        default: nil
        }
    }
}
