import Cryptography
package import Kernel

/// A signed token in its compact form (RFC 7515, RFC 7519). Its claims are had only by verifying it, and say nothing yet
/// about who they are for: that is the caller's part.
package struct JSONWebToken: Sendable {
    package static let longest = 64 * 1024

    /// What the token says about its own signature. Nothing of it chooses a key from anywhere: `jku`, `jwk` and `x5u` are
    /// not even read.
    package struct Header: Sendable {
        package let algorithm: SignatureAlgorithm
        package let keyID: String?
        /// In lower case and without `application/`.
        package let type: String?
    }

    package let header: Header
    private let claims: JSON
    private let signed: [UInt8]
    private let signature: [UInt8]

    package init(parsing text: String, allowed: Set<SignatureAlgorithm>) throws(JOSEError) {
        guard text.utf8.count <= Self.longest else { throw .tooLong }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(String(parts[2]))
        else { throw .malformed }
        guard header["crit"] == nil, header["b64"] == nil else { throw .critical }
        guard let algorithm = header["alg"]?.text.flatMap(SignatureAlgorithm.init(rawValue:)),
            allowed.contains(algorithm)
        else { throw .algorithm }
        if let id = header["kid"] { guard id.text != nil else { throw .malformed } }
        let type = header["typ"]?.text?.lowercased()
        self.header = Header(
            algorithm: algorithm, keyID: header["kid"]?.text,
            type: type.map { $0.hasPrefix("application/") ? String($0.dropFirst("application/".count)) : $0 })
        self.claims = claims
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// The claims, if one of the keys has signed them. `unknownKey` means that other keys may know the token.
    package func verified(by keys: JSONWebKeySet) throws(JOSEError) -> JSON {
        let candidates = keys.candidates(header)
        guard !candidates.isEmpty else { throw .unknownKey }
        guard candidates.contains(where: { $0.verifies(signature, of: signed) }) else {
            // Without an id a new key looks like a wrong signature.
            throw header.keyID == nil ? .unknownKey : .signature
        }
        return claims
    }

    private static func object(_ part: Substring) -> JSON? {
        guard let bytes = Base64URL.decode(String(part)), let json = try? JSONParser.parse(bytes),
            case .object = json
        else { return nil }
        return json
    }
}
