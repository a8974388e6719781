import CXMLSec

/// The HTTP-Redirect binding: a message in a query, signed as it stands there (bindings §3.4.4.1).
enum RedirectBinding {
    enum Parameter: String {
        case request = "SAMLRequest"
        case response = "SAMLResponse"
    }

    /// The address to send a browser to.
    static func address(
        _ destination: String, _ parameter: Parameter, _ message: String, relayState: String?,
        signedBy pair: SAMLKeyPair
    ) throws(SAMLError) -> String {
        guard let small = Deflate.compressed(Array(message.utf8)) else { throw .key(.library) }
        var query = "\(parameter.rawValue)=\(QueryText.encoded(Base64Text.encoded(small)))"
        if let relayState { query += "&RelayState=\(QueryText.encoded(relayState))" }
        query += "&SigAlg=\(QueryText.encoded(Names.rsaSHA256))"
        let signature: [UInt8]
        do { signature = try pair.sign(Array(query.utf8)) } catch { throw .key(error) }
        let separator = destination.contains("?") ? "&" : "?"
        return "\(destination)\(separator)\(query)&Signature=\(QueryText.encoded(Base64Text.encoded(signature)))"
    }

    /// What a query holds, if one of the certificates signed it.
    ///
    /// - Parameter query: as it arrived: the signature is over these very characters.
    static func message(
        _ query: String, _ parameter: Parameter, certificates: [SAMLCertificate], limits: XMLLimits
    ) throws(SAMLError) -> (XMLElement, relayState: String?) {
        guard query.utf8.count <= 64 << 10 else { throw .tooLarge }
        let fields = try Fields(query)
        guard let message = fields[parameter.rawValue],
            fields[(parameter == .request ? Parameter.response : .request).rawValue] == nil
        else { throw .query }
        if let encoding = fields.decoded("SAMLEncoding"),
            encoding != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
        {
            throw .notDeflated
        }
        guard let algorithm = fields.decoded("SigAlg"), let signature = fields.decoded("Signature") else {
            throw .unsigned
        }
        guard let signatureBytes = Base64Text.decoded(signature) else { throw .notBase64 }
        var signed = "\(parameter.rawValue)=\(message)"
        if let state = fields["RelayState"] { signed += "&RelayState=\(state)" }
        signed += "&SigAlg=\(fields["SigAlg"] ?? "")"
        try verify(signatureBytes, of: Array(signed.utf8), algorithm, certificates)

        guard let plain = fields.decoded(parameter.rawValue), let small = Base64Text.decoded(plain) else {
            throw .notBase64
        }
        guard let bytes = Deflate.expanded(small, limit: limits.bytes) else { throw .notDeflated }
        let element: XMLElement
        do { element = try XMLReader.read(bytes, limits: limits) } catch { throw .notXML(error) }
        return (element, fields["RelayState"] == nil ? nil : fields.decoded("RelayState"))
    }

    private static func verify(
        _ signature: [UInt8], of bytes: [UInt8], _ algorithm: String, _ certificates: [SAMLCertificate]
    ) throws(SAMLError) {
        let space = "http://www.w3.org/2001/04/xmldsig-more#"
        let isRSA: Bool
        let digest: OpaquePointer?
        switch algorithm {
        case space + "rsa-sha256": (isRSA, digest) = (true, EVP_sha256())
        case space + "rsa-sha384": (isRSA, digest) = (true, EVP_sha384())
        case space + "rsa-sha512": (isRSA, digest) = (true, EVP_sha512())
        case space + "ecdsa-sha256": (isRSA, digest) = (false, EVP_sha256())
        case space + "ecdsa-sha384": (isRSA, digest) = (false, EVP_sha384())
        case space + "ecdsa-sha512": (isRSA, digest) = (false, EVP_sha512())
        default: throw .algorithm
        }
        // ECDSA in this binding is two numbers side by side, and what OpenSSL takes is DER.
        let form = isRSA ? signature : ECDSASignature.der(signature)
        let isRight = certificates.contains { certificate in
            certificate.key.isRSA == isRSA && certificate.key.verify(form, of: bytes, digest: digest)
        }
        guard isRight else { throw .notSignedByProvider }
    }
}

/// The parameters of a query as they stand there.
private struct Fields {
    private var raw: [Substring: Substring] = [:]

    /// No name may be there twice: the signature is over one of them, and somebody might read the other.
    init(_ query: String) throws(SAMLError) {
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let decoded = QueryText.decoded(parts[0]), decoded == parts[0] || !Self.names.contains(decoded) else {
                throw .query
            }
            guard raw.updateValue(parts.count == 2 ? parts[1] : "", forKey: parts[0]) == nil else { throw .query }
        }
    }

    private static let names: Set<String> = [
        "SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding",
    ]

    subscript(_ name: String) -> Substring? { raw[name[...]] }

    func decoded(_ name: String) -> String? { raw[name[...]].flatMap(QueryText.decoded) }
}

private enum ECDSASignature {
    static func der(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count % 2 == 0, (2...132).contains(bytes.count) else { return [] }
        let content = number(bytes.prefix(bytes.count / 2)) + number(bytes.suffix(bytes.count / 2))
        return [0x30] + (content.count < 0x80 ? [UInt8(content.count)] : [0x81, UInt8(content.count)]) + content
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        let positive = (digits.first ?? 0x80) >= 0x80 ? [0] + digits : digits
        return [0x02, UInt8(positive.count)] + positive
    }
}
