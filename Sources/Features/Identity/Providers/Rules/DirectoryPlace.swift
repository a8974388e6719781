import Kernel

/// A distinguished name as its parts, the last one first written: what lies below what is told by whole parts, and never
/// by how a text ends. `cn=a\,ou=x` is one part, and not under `ou=x`. (RFC 4514)
struct DirectoryPlace: Hashable, Sendable {
    private static let most = 100

    /// From the entry up; each part is the assertions in it, in one order.
    private let parts: [[Assertion]]

    private struct Assertion: Hashable, Comparable {
        let type: String
        let value: String

        static func < (one: Assertion, other: Assertion) -> Bool {
            (one.type, one.value) < (other.type, other.value)
        }
    }

    /// Nil for what is no distinguished name, or names nothing.
    init?(_ text: String) {
        var reader = Reader(text)
        guard let parts = reader.parts(most: Self.most), !parts.isEmpty else { return nil }
        self.parts = parts
    }

    /// Whether this is the other place, or lies anywhere below it.
    func lies(under other: DirectoryPlace) -> Bool { parts.suffix(other.parts.count).elementsEqual(other.parts) }

    /// One pass over the name.
    private struct Reader {
        private let bytes: [UInt8]
        private var place = 0

        init(_ text: String) { bytes = Array(text.utf8) }

        private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

        mutating func parts(most: Int) -> [[Assertion]]? {
            var (parts, assertions): ([[Assertion]], [Assertion]) = ([], [])
            while true {
                guard let one = assertion(), assertions.count < most, parts.count < most else { return nil }
                assertions.append(one)
                let mark = next
                place += 1
                if mark == UInt8(ascii: "+") { continue }
                parts.append(assertions.sorted())
                assertions = []
                switch mark {
                case nil: return parts
                case UInt8(ascii: ","), UInt8(ascii: ";"): continue
                default: return nil
                }
            }
        }

        /// A type, an equal sign and a value, up to what ends it.
        private mutating func assertion() -> Assertion? {
            skipBlanks()
            let start = place
            while let byte = next, Self.isOfType(byte) { place += 1 }
            let type = String(decoding: bytes[start..<place], as: UTF8.self).lowercased()
            skipBlanks()
            guard !type.isEmpty, next == UInt8(ascii: "=") else { return nil }
            place += 1
            skipBlanks()
            guard let value = next == UInt8(ascii: "\"") ? quoted() : plain() else { return nil }
            let name = type.hasPrefix("oid.") ? String(type.dropFirst(4)) : type
            return Assertion(type: Self.known[name] ?? name, value: value)
        }

        private mutating func plain() -> String? {
            var value: [UInt8] = []
            // Blanks at the end are not of the value, unless one is escaped.
            var kept = 0
            while let byte = next, !",;+".utf8.contains(byte) {
                place += 1
                switch byte {
                case UInt8(ascii: "\\"):
                    guard let escaped = escaped() else { return nil }
                    value.append(escaped)
                    kept = value.count
                case 0, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"): return nil
                case UInt8(ascii: " "): value.append(byte)
                default:
                    value.append(byte)
                    kept = value.count
                }
            }
            return Self.folded(value.prefix(kept))
        }

        /// As RFC 2253 has older programs write it.
        private mutating func quoted() -> String? {
            place += 1
            var value: [UInt8] = []
            while let byte = next {
                place += 1
                switch byte {
                case UInt8(ascii: "\""):
                    skipBlanks()
                    guard next.map({ ",;+".utf8.contains($0) }) ?? true else { return nil }
                    return Self.folded(value[...])
                case UInt8(ascii: "\\"):
                    guard let escaped = escaped() else { return nil }
                    value.append(escaped)
                default: value.append(byte)
                }
            }
            return nil
        }

        /// What stands behind a backslash: two hexadecimal digits, or a sign that means itself.
        private mutating func escaped() -> UInt8? {
            guard let first = next else { return nil }
            place += 1
            if let high = Self.digit(first), let second = next, let low = Self.digit(second) {
                place += 1
                return high << 4 | low
            }
            return " \"#+,;<=>\\".utf8.contains(first) ? first : nil
        }

        private mutating func skipBlanks() { while next == UInt8(ascii: " ") { place += 1 } }

        private static func isOfType(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }

        private static func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            default: nil
            }
        }

        private static func folded(_ value: ArraySlice<UInt8>) -> String? {
            String(validating: value, as: UTF8.self).map(RuleText.folded)
        }

        /// Names and numbers that servers write for the same attribute.
        private static let known = [
            "2.5.4.3": "cn", "commonname": "cn", "2.5.4.11": "ou", "organizationalunitname": "ou",
            "2.5.4.10": "o", "organizationname": "o", "2.5.4.6": "c", "countryname": "c", "2.5.4.7": "l",
            "localityname": "l", "2.5.4.8": "st", "stateorprovincename": "st", "2.5.4.9": "street",
            "0.9.2342.19200300.100.1.25": "dc", "domaincomponent": "dc", "0.9.2342.19200300.100.1.1": "uid",
            "userid": "uid",
        ]
    }
}

/// Text as it is compared where case says nothing.
enum RuleText {
    /// In lower case, with single blanks between words and none around them.
    static func folded(_ text: String) -> String {
        text.lowercased().split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
