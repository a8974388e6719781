package import Kernel

/// A host name as DNS has them, in small letters and with at least one dot; never an address.
package struct CustomHostName: WireValue, Hashable {
    package let text: String

    package init?(_ text: String) {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, text.utf8.count <= 253, labels.allSatisfy(Self.isLabel),
            let last = labels.last, last.utf8.contains(where: Self.isLetter)
        else { return nil }
        self.text = text
    }

    /// Whether this is the installation's domain, or lies below it: those names are given out with the tenant.
    package func isUnder(_ baseDomain: String) -> Bool {
        text == baseDomain || text.hasSuffix("." + baseDomain)
    }

    package static let schema: Schema<Self> = .parsed(
        3...253,
        pattern: #"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]*[a-z]([a-z0-9-]*[a-z0-9])?$"#, format: "hostname",
        "must be a host name in small letters, such as access.example.com", parse: Self.init, text: \.text)

    private static func isLabel(_ label: Substring) -> Bool {
        guard 1...63 ~= label.utf8.count, let first = label.utf8.first, let last = label.utf8.last else {
            return false
        }
        let dash = UInt8(ascii: "-")
        return first != dash && last != dash
            && label.utf8.allSatisfy { isLetter($0) || 0x30...0x39 ~= $0 || $0 == dash }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte }
}
