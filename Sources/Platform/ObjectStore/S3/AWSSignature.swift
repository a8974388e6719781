import Crypto
import Cryptography
import FoundationEssentials
import Kernel

/// Signature Version 4 of a request, in its header form.
///
/// Ours and not libcurl's: up to 8.9 that one signs the path as it is written and the query as it is ordered, so that a
/// key with `=` is refused by the store, and it signs no hash of the body for S3.
struct AWSSignature {
    let accessKey: String
    let secretKey: Secret
    let region: String
    let service: String

    /// What is signed. Path and query are given encoded, as they are sent.
    struct Request {
        let method: String
        let path: String
        var query: [(name: String, value: String)] = []
        /// Lower-case names.
        let headers: [(name: String, value: String)]
        /// SHA-256 of the body, in hexadecimal.
        let payload: String
    }

    /// The value of `Authorization`. `date` is that of `x-amz-date`.
    func authorization(for request: Request, date: String) -> String {
        let day = String(date.prefix(8))
        let scope = "\(day)/\(region)/\(service)/aws4_request"
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n" + Self.hash(Array(Self.canonical(request).utf8))
        let signature = secretKey.reveal().withHMACKey { key in
            var key = key
            for part in [day, region, service, "aws4_request"] {
                key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
            }
            return Hex.encode(Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)))
        }
        return "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope), SignedHeaders=\(Self.names(request)), "
            + "Signature=\(signature)"
    }

    static func canonical(_ request: Request) -> String {
        let query = request.query.map { "\($0.name)=\($0.value)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let headers = request.headers.sorted { $0.name < $1.name }.map { "\($0.name):\($0.value)\n" }.joined()
        return [
            request.method, request.path, query.joined(separator: "&"), headers, names(request), request.payload,
        ].joined(separator: "\n")
    }

    static func hash(_ bytes: [UInt8]) -> String { Hash256.of(bytes).hex }

    /// RFC 3986: everything but letters, digits and `-._~`, and a slash where it divides.
    static func encoded(_ text: String, keepingSlashes: Bool) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(UnicodeScalar(byte))
            case UInt8(ascii: "/") where keepingSlashes: result += "/"
            default: result += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return result
    }

    private static func names(_ request: Request) -> String {
        request.headers.map(\.name).sorted().joined(separator: ";")
    }
}

extension String {
    fileprivate func withHMACKey<Result>(_ body: (SymmetricKey) -> Result) -> Result {
        body(SymmetricKey(data: Array("AWS4\(self)".utf8)))
    }
}
