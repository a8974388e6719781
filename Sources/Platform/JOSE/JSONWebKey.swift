import Crypto
import CryptoExtras
import Cryptography
import FoundationEssentials
package import Kernel

/// A public key that verifies signatures (RFC 7517, RFC 8037). What a key can do follows from its kind, never from a token.
package struct JSONWebKey: Sendable {
    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// Shorter RSA keys are no longer good enough (RFC 7518 §3.3); longer ones only cost time.
    private static let modulusBits = 2048...8192

    package let id: String?
    private let material: Material

    /// Nil for a key that is for something else, of a kind that is not known here, or not well-formed.
    package init?(_ json: JSON) {
        guard case .object = json, json["use"]?.text ?? "sig" == "sig", Self.mayVerify(json["key_ops"]) else {
            return nil
        }
        if let id = json["kid"] {
            guard let text = id.text, text.utf8.count <= 500 else { return nil }
            self.id = text
        } else {
            id = nil
        }
        guard let material = Self.material(json) else { return nil }
        self.material = material
        if let stated = json["alg"] { guard stated.text == algorithm.rawValue else { return nil } }
    }

    /// The only algorithm that the key is for.
    package var algorithm: SignatureAlgorithm {
        switch material {
        case .rsa: .rs256
        case .p256: .es256
        case .ed25519: .edDSA
        }
    }

    /// Whether the key's owner has signed exactly these bytes.
    package func verifies(_ signature: [UInt8], of signed: [UInt8]) -> Bool {
        switch material {
        case .rsa(let key):
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: signed),
                padding: .insecurePKCS1v1_5)
        case .p256(let key):
            // Two numbers of 32 bytes each, and nothing in DER (RFC 7518 §3.4).
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: signed)
            } ?? false
        case .ed25519(let key): key.isValidSignature(signature, for: signed)
        }
    }

    private static func material(_ json: JSON) -> Material? {
        func bytes(_ name: String) -> [UInt8]? { json[name]?.text.flatMap(Base64URL.decode) }
        switch (json["kty"]?.text, json["crv"]?.text) {
        case ("RSA", nil):
            guard let n = bytes("n"), let e = bytes("e"), 1...8 ~= e.count, e.last.map({ $0 & 1 == 1 }) == true,
                e != [1], modulusBits ~= bitCount(n), let key = try? _RSA.Signing.PublicKey(n: n, e: e)
            else { return nil }
            return .rsa(key)
        case ("EC", "P-256"):
            guard let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32,
                let key = try? P256.Signing.PublicKey(x963Representation: [4] + x + y)
            else { return nil }
            return .p256(key)
        case ("OKP", "Ed25519"):
            guard let x = bytes("x"), let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else {
                return nil
            }
            return .ed25519(key)
        default: return nil
        }
    }

    private static func bitCount(_ number: [UInt8]) -> Int {
        let significant = number.drop { $0 == 0 }
        guard let first = significant.first else { return 0 }
        return significant.count * 8 - first.leadingZeroBitCount
    }

    private static func mayVerify(_ operations: JSON?) -> Bool {
        guard let operations else { return true }
        guard case .array(let names) = operations else { return false }
        return names.contains { $0.text == "verify" }
    }
}

/// The keys of an issuer (RFC 7517 §5). What is not understood is left out, as the standard says.
package struct JSONWebKeySet: Sendable {
    package static let most = 100
    package let keys: [JSONWebKey]

    package init(parsing bytes: [UInt8]) throws(JOSEError) {
        guard let json = try? JSONParser.parse(bytes), case .array(let items)? = json["keys"],
            items.count <= Self.most
        else { throw .keySet }
        keys = items.compactMap(JSONWebKey.init)
    }

    /// The keys that may have signed a token with this header: those of its id, or of its kind if it names none.
    func candidates(_ header: JSONWebToken.Header) -> [JSONWebKey] {
        keys.filter { $0.algorithm == header.algorithm && (header.keyID == nil || $0.id == header.keyID) }
    }
}
