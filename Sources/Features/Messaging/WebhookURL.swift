package import Kernel
import Outbound
package import Postgres

/// Where a webhook is called: http or https, without credentials and fragment. Whether the address may be called is
/// decided for every connection, since names change where they point.
package struct WebhookURL: WireValue, SQLBindable, Sendable, Hashable {
    package let text: String

    package init(parsing text: String) throws(Invalid) {
        guard (try? OutboundURL(text)) != nil, !text.contains("#") else { throw Invalid(Self.expectation) }
        self.text = text
    }

    package var bind: SQLValue { .text(text) }

    package static let schema: Schema<Self> = Schema<String>.string(
        8...2000, pattern: "^https?://[^\\u0000- #@]+$", expectation,
        matches: { text in (try? WebhookURL(parsing: text)) != nil }
    ).map(Self.init(parsing:), \.text)

    private static let expectation = "must be an http or https address such as https://hooks.example.com/gatehouse"
}
