import Cryptography
import Kernel

/// What the browser says that it asked the authenticator (WebAuthn §5.8.1).
package struct ClientData: Sendable {
    package enum Ceremony: String {
        case create = "webauthn.create"
        case get = "webauthn.get"
    }

    package static let longest = 4096

    let type: String
    package let challenge: [UInt8]
    let origin: String
    let isCrossOrigin: Bool
    /// What the authenticator has signed over.
    let hash: [UInt8]

    package init(_ bytes: [UInt8]) throws(WebAuthnRefusal) {
        guard bytes.count <= Self.longest, let json = try? JSONParser.parse(bytes), let type = json["type"]?.text,
            let origin = json["origin"]?.text,
            let challenge = json["challenge"]?.text.flatMap({ Base64URL.decode($0) })
        else { throw .malformed }
        self.type = type
        self.challenge = challenge
        self.origin = origin
        isCrossOrigin = (json["crossOrigin"] ?? .bool(false)) != .bool(false) || json["topOrigin"] != nil
        hash = Hash256.of(bytes).bytes
    }

    func check(
        _ ceremony: Ceremony, challenge expected: [UInt8], for party: RelyingParty
    ) throws(WebAuthnRefusal) {
        guard type == ceremony.rawValue else { throw .type }
        guard !expected.isEmpty, challenge == expected else { throw .challenge }
        guard origin == party.origin else { throw .origin }
        guard !isCrossOrigin else { throw .crossOrigin }
    }
}
