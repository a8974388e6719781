import Cryptography
package import FoundationEssentials
import HTTPAPI
package import Kernel
import Outbound
package import Postgres

/// The service that looks at people's faces for a company: where its page is, and whether it counts.
package struct FaceComponent: Versioned, WireValue, Sendable {
    package let pageUrl: FacePage?
    package let enabled: Bool
    package let liveness: Bool
    package let keyMadeAt: Date?
    package let people: Int
    package let version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("pageUrl", \.pageUrl, note: "The page with the camera; null until somebody says where it is.")
        Field("enabled", \.enabled, note: "Whether faces count. Without a page and a key they do not.")
        Field("liveness", \.liveness, note: "Whether the component must say that somebody living was there.")
        Field("keyMadeAt", \.keyMadeAt, note: "Since when it signs with the key that it has; null if it has none.")
        Field("people", \.people, .int(0...Int(Int32.max)), note: "How many confirm with their face.")
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// Where a capture component's page is. Browsers give cameras to https, and to the machine that they run on.
package struct FacePage: WireValue, SQLBindable, Sendable, Hashable {
    package let text: String

    package init(parsing text: String) throws(Invalid) {
        guard let url = try? OutboundURL(text), !text.contains(where: { "#@\\ ".contains($0) }),
            url.isSecure || ["localhost", "127.0.0.1", "::1"].contains(url.destination.host)
        else { throw Invalid("must be such as https://faces.example.com/capture") }
        self.text = text
    }

    package static let schema: Schema<Self> = Schema<String>.text(8...500).map(Self.init(parsing:), \.text)

    package var bind: SQLValue { .text(text) }

    /// The same with what the page needs, behind the `#`: it reaches neither the component's log nor anybody's referrer.
    func link(context: RandomToken) -> String { text + "#context=" + context.text.reveal() }
}

/// The body that says where faces are looked at.
package struct SetFaceComponent: WireValue, Sendable {
    package let pageUrl: FacePage
    package let enabled: Bool
    package let liveness: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("pageUrl", \.pageUrl)
        Field("enabled", \.enabled)
        Field("liveness", \.liveness, Bool.schema.otherwise(true))
    }
}

/// The key that the component signs with, shown once.
package struct FaceComponentKey: WireValue, Sendable {
    package let key: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key, .text(1...200), note: "Shown this once: whsec_ and the signing key in base64.")
    }
}
