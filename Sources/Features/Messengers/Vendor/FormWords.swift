import FoundationEssentials
import Kernel

/// Forms as they are posted, and queries (URL standard, `application/x-www-form-urlencoded`).
enum FormWords {
    /// The value of a name that is there once.
    static func value(of name: String, in body: [UInt8]) -> String? {
        let found = body.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true).compactMap {
            pair -> [UInt8]? in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard decoded(parts[0]).map({ $0 == Array(name.utf8) }) == true else { return nil }
            return parts.count == 2 ? decoded(parts[1]) : nil
        }
        guard found.count == 1 else { return nil }
        return String(validating: found[0], as: UTF8.self)
    }

    /// An address with these parameters behind it.
    static func adding(_ pairs: [(String, String)], to address: String) -> String {
        let query = pairs.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
        return address + (address.contains("?") ? "&" : "?") + query
    }

    static func encoded(_ text: String) -> String {
        text.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                return String(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                return byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }.joined()
    }

    private static func decoded(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var at = text.startIndex
        while at != text.endIndex {
            switch text[at] {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = text[at...].dropFirst().prefix(2)
                guard digits.count == 2, digits.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }),
                    let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(byte)
                at = text.index(at, offsetBy: 2)
            default: bytes.append(text[at])
            }
            at = text.index(after: at)
        }
        return bytes
    }
}
