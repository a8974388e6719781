import FoundationEssentials
import HTTPAPI
package import Kernel
package import Tenancy

/// All templates, with what each may say.
package struct NoticeTemplates: WireValue, Sendable {
    package let items: [NoticeTemplateView]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...500)
    }
}

/// The words of one type of notices, by one way, in one language.
package struct NoticeTemplateView: WireValue, Sendable {
    package let type: NoticeType
    package let channel: NoticeChannel
    package let language: PortalLanguage
    package let title: String
    package let body: String
    /// The company's own words, and not the product's.
    package let isOwn: Bool
    package let places: [String]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("type", \.type)
        Field("channel", \.channel)
        Field("language", \.language)
        Field("title", \.title, .text(0...200))
        Field("body", \.body, .lines(0...4000))
        Field("isOwn", \.isOwn, note: "The company's own words, and not the product's.")
        Field("places", \.places, .array(of: .text(1...50), 0...50), note: "What {{…}} may name.")
    }
}

/// The body that sets, or shows before it is set, a template.
package struct SaveNoticeTemplate: WireValue {
    package let type: NoticeType
    package let channel: NoticeChannel
    package let language: PortalLanguage
    package let title: String
    package let body: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("type", \.type)
        Field("channel", \.channel)
        Field("language", \.language)
        Field("title", \.title, .text(1...200))
        Field("body", \.body, .lines(1...4000))
    }
}

/// The body that gives a template the product's words back.
package struct ResetNoticeTemplate: WireValue {
    package let type: NoticeType
    package let channel: NoticeChannel
    package let language: PortalLanguage

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("type", \.type)
        Field("channel", \.channel)
        Field("language", \.language)
    }
}

/// What a template would say of an example.
package struct NoticePreview: WireValue, Sendable {
    package let title: String
    package let body: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("title", \.title, .text(0...200))
        Field("body", \.body, .lines(0...10_000))
    }
}
