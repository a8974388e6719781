import Crypto
import Cryptography
import FoundationEssentials

/// What vendors sign with.
enum SMSHash {
    struct Code {
        let bytes: [UInt8]
        var hex: String { Hex.encode(bytes) }
    }

    static func hmac(_ text: String, key: [UInt8]) -> Code {
        Code(bytes: Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key))))
    }

    static func sha256(_ text: String) -> Code { Code(bytes: Array(SHA256.hash(data: Array(text.utf8)))) }

    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
