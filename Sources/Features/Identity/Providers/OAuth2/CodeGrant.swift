import Cryptography
import Kernel
import Outbound

/// The authorization code of OAuth 2 (RFC 6749 §4.1): what stands in the address, and what is sent for the code. Pure.
struct CodeGrant: Sendable {
    let client: String
    let secret: String?
    let authentication: OIDCClientAuthentication
    /// Whether the code is bound to who left (RFC 7636).
    var knowsPKCE = true

    func departure(_ attempt: BrowserAttempt, scopes: [String]) -> [(name: String, value: String)] {
        var fields = [
            (name: "response_type", value: "code"), (name: "client_id", value: client),
            (name: "redirect_uri", value: attempt.callback),
        ]
        if !scopes.isEmpty { fields.append((name: "scope", value: scopes.joined(separator: " "))) }
        fields.append((name: "state", value: attempt.state))
        guard knowsPKCE else { return fields }
        return fields + [
            (name: "code_challenge", value: attempt.challenge), (name: "code_challenge_method", value: "S256"),
        ]
    }

    func exchange(
        _ code: String, _ attempt: BrowserAttempt, at url: OutboundURL, opened: Set<HostPort>
    ) -> OutboundRequest {
        var fields = [
            (name: "grant_type", value: "authorization_code"), (name: "code", value: code),
            (name: "redirect_uri", value: attempt.callback),
        ]
        if knowsPKCE { fields.append((name: "code_verifier", value: attempt.verifier)) }
        var request = OutboundRequest(.post, url, opened: opened)
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        switch authentication {
        case .basic:
            // Both are escaped before they are joined (RFC 6749 §2.3.1).
            let pair = "\(FormText.escape(client)):\(FormText.escape(secret ?? ""))"
            request.headers["Authorization"] = "Basic \(Base64.encode(Array(pair.utf8)))"
        case .post: fields += [(name: "client_id", value: client), (name: "client_secret", value: secret ?? "")]
        case .none: fields.append((name: "client_id", value: client))
        }
        request.body = Array(FormText.encode(fields).utf8)
        return request
    }

    /// A request with the token that the code was exchanged for (RFC 6750 §2.1).
    static func asking(
        _ url: OutboundURL, with token: String, opened: Set<HostPort>
    ) throws(ProviderFault) -> OutboundRequest {
        var request = OutboundRequest(.get, url, opened: opened)
        request.headers["Authorization"] = "Bearer \(try bearer(token))"
        return request
    }

    /// The token, if it can stand in a header.
    static func bearer(_ token: String) throws(ProviderFault) -> String {
        guard 1...8192 ~= token.utf8.count, token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw ProviderFault(step: .userinfo, text: "the access token is none", isLie: true)
        }
        return token
    }
}
