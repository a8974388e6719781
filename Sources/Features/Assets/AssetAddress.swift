package import Kernel
package import Postgres

/// Where an asset is: a host name (RFC 1123) or an IPv4 or IPv6 address, without a port.
package struct AssetAddress: WireValue, SQLBindable, Hashable {
    package let text: String

    /// A host name or an address; anything that a resolver or a shell could read otherwise is refused.
    package init(parsing text: String) throws(Invalid) {
        guard Self.isAddress(text) else { throw Invalid(Self.expectation) }
        self.text = text
    }

    package var bind: SQLValue { .text(text) }

    package static let schema: Schema<Self> = Schema<String>.string(
        1...253, pattern: "^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$", expectation,
        matches: isAddress
    ).map(Self.init(parsing:), \.text)

    private static let expectation = "must be a host name such as web-1.example.com, or an IP address"

    private static func isAddress(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...253).contains(bytes.count), let first = bytes.first, let last = bytes.last else { return false }
        if bytes.contains(UInt8(ascii: ":")) {
            return bytes.allSatisfy { $0.isHexDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        }
        return first.isAlphanumeric && last.isAlphanumeric
            && bytes.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        isAlphanumeric && self | 0x20 <= UInt8(ascii: "f")
    }
}
