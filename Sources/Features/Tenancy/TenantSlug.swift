package import Kernel
package import Postgres

/// A tenant's name in host names and in `tenant+user@gateway`: letters, digits and dashes, as DNS has them.
package struct TenantSlug: Sendable, Hashable {
    package let text: String

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard 1...40 ~= bytes.count, let first = bytes.first, let last = bytes.last, Self.letters ~= first,
            last != UInt8(ascii: "-"),
            bytes.allSatisfy({
                Self.letters ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "-")
            })
        else { return nil }
        self.text = text
    }

    /// Host names that the installation needs for itself, or that would mislead.
    package var isReserved: Bool {
        [
            "provider", "workers", "gateway", "www", "api", "admin", "mail", "static", "assets", "status", "gatehouse",
            "localhost", "signup",
        ].contains(text)
    }

    private static let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
}

extension TenantSlug: WireValue {
    package static let schema: Schema<Self> = .parsed(
        1...40, pattern: "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$",
        "must be small letters, digits and dashes, and begin with a letter", parse: Self.init, text: \.text)
}

extension TenantSlug: SQLBindable {
    package var bind: SQLValue { .text(text) }
}

extension TenantSlug: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        self.init(String(decoding: text, as: UTF8.self))
    }
}
