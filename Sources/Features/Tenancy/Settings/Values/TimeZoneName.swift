package import Kernel

/// A time zone by its IANA name. Whether there is such a zone is PostgreSQL's to say, which does the reckoning.
package struct TimeZoneName: WireValue, Hashable {
    package let text: String

    package static let utc = TimeZoneName(checked: "UTC")

    private init(checked text: String) {
        self.text = text
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            guard let first = part.utf8.first, Self.isLetter(first) else { return false }
            return part.utf8.allSatisfy { Self.isLetter($0) || 0x30...0x39 ~= $0 || "_+-".utf8.contains($0) }
        }
        guard isName, 1...64 ~= text.utf8.count else { return nil }
        self.text = text
    }

    package static let schema: Schema<Self> = .parsed(
        1...64, pattern: "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*)*$", format: "time-zone",
        "must be the name of a time zone, such as Asia/Shanghai", parse: Self.init, text: \.text)

    private static func isLetter(_ byte: UInt8) -> Bool {
        0x41...0x5A ~= byte || 0x61...0x7A ~= byte
    }
}

/// The languages that the portal speaks.
package enum PortalLanguage: String, CaseIterable, WireValue, Sendable {
    case english = "en"
    case chinese = "zh"
}
