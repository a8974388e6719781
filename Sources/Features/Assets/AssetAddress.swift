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
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.utf8.contains(UInt8(ascii: ":")) ? isIPv6(text) : isHostName(text)
    }

    /// Labels of letters, digits and inner dashes. One that ends in a number must be four of them: what else a resolver
    /// takes for an address (`127.1`, `0x7f.1`, `2130706433`) is refused.
    private static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.last != UInt8(ascii: "-")
                && label.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "-") }
        }
        guard areLabels, let last = labels.last?.utf8, let first = last.first else { return false }
        let isNumber = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) && !last.contains(UInt8(ascii: "-"))
        let isDecimal = last.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let isHexadecimal = isNumber && last.dropFirst().first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        return isDecimal || isHexadecimal ? isIPv4(labels) : true
    }

    private static func isIPv4(_ parts: [Substring]) -> Bool {
        parts.count == 4 && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
    }

    /// RFC 4291 §2.2: eight groups, or fewer and one `::`; the last two may be an IPv4 address.
    private static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var count = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (position, group) in groups.enumerated() {
                if group.utf8.contains(UInt8(ascii: ".")) {
                    guard index == halves.count - 1, position == groups.count - 1,
                        isIPv4(group.split(separator: ".", omittingEmptySubsequences: false))
                    else { return false }
                    count += 2
                } else {
                    guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy(\.isHexDigit) else { return false }
                    count += 1
                }
            }
        }
        return halves.count == 2 ? count <= 7 : count == 8
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        isAlphanumeric && (self < UInt8(ascii: "A") || self | 0x20 <= UInt8(ascii: "f"))
    }
}
