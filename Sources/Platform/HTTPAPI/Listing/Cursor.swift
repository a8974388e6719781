package import Crypto
import FoundationEssentials
import Kernel
import Postgres

/// Makes and reads page cursors: opaque, signed, good for one caller, operation, sort and filter.
package struct CursorCodec: Sendable {
    private let key: SymmetricKey

    package init(key: SymmetricKey) {
        self.key = key
    }

    func encode(_ values: [SQLValue], bound: [String]) -> String {
        let payload = JSON.array(values.map(\.json)).bytes
        return Base64URL.text(Array(mac(payload, bound)) + payload)
    }

    func decode(_ text: String, bound: [String]) -> [SQLValue]? {
        guard let bytes = Base64URL.bytes(text), bytes.count > 32 else { return nil }
        let payload = Array(bytes[32...])
        guard HMAC<SHA256>.isValidAuthenticationCode(bytes[..<32], authenticating: signed(payload, bound), using: key),
            case .array(let values)? = try? JSONParser.parse(payload)
        else { return nil }
        let decoded = values.compactMap(SQLValue.init(json:))
        return decoded.count == 2 ? decoded : nil
    }

    private func mac(_ payload: [UInt8], _ bound: [String]) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: signed(payload, bound), using: key)
    }

    /// As JSON, so that no two lists of strings run together into the same bytes.
    private func signed(_ payload: [UInt8], _ bound: [String]) -> [UInt8] {
        JSON.array((["cursor/1"] + bound).map(JSON.string)).bytes + payload
    }
}

enum Base64URL {
    static func text(_ bytes: [UInt8]) -> String {
        String(
            Data(bytes).base64EncodedString().compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            } as [Character])
    }

    static func bytes(_ text: String) -> [UInt8]? {
        guard !text.contains(where: { "+/=".contains($0) }) else { return nil }
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4)).map(
            Array.init)
    }
}
