import Crypto
package import HTTPTypes

/// The digest of a body that a request carries (RFC 9530).
package enum ContentDigest {
    /// Whether the field says of the body what is so: at least one digest that counts, and none of those wrong. What is
    /// known to be weak is passed over.
    package static func isRight(_ headers: HTTPFields, for body: [UInt8]) -> Bool {
        guard let entries = StructuredField.dictionary(headers[fields: .contentDigest].map(\.value)) else {
            return false
        }
        var isProven = false
        for entry in entries where entry.name == "sha-256" || entry.name == "sha-512" {
            guard case .item(let item) = entry.member, case .bytes(let claimed) = item.value else { return false }
            let isSame =
                entry.name == "sha-256" ? SHA256.hash(data: body) == claimed : SHA512.hash(data: body) == claimed
            guard isSame else { return false }
            isProven = true
        }
        return isProven
    }
}

extension HTTPField.Name {
    package static let contentDigest = HTTPField.Name("Content-Digest")!
    package static let signatureInput = HTTPField.Name("Signature-Input")!
    package static let signature = HTTPField.Name("Signature")!
}
