package import Kernel
package import Postgres

/// A mail address, checked only for what would break a header or a list; whether it works, mail tells.
package struct EmailAddress: Sendable, Hashable {
    package let text: String

    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard 3...254 ~= text.utf8.count, parts.count == 2, 1...64 ~= parts[0].utf8.count, !parts[1].isEmpty,
            text.utf8.allSatisfy({ 0x21...0x7E ~= $0 && !#"()<>[]:;\,""#.utf8.contains($0) })
        else { return nil }
        self.text = text
    }
}

extension EmailAddress: WireValue {
    package static let schema: Schema<Self> = .parsed(
        3...254,
        pattern: #"^[^\u0000-\u0020\u007f-\uffff()<>\[\]:;\\,"@]{1,64}@[^\u0000-\u0020\u007f-\uffff()<>\[\]:;\\,"@]+$"#,
        "must be a mail address", parse: Self.init, text: \.text)
}

extension EmailAddress: SQLBindable {
    package var bind: SQLValue { .text(text) }
}
