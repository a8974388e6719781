package import Kernel

/// A channel or chat in Microsoft Teams, to which a workflow posts what it is sent. Everybody there sees the cards.
package struct TeamsSettings: ChannelPlace {
    package let language: String

    var secrets: [(name: ChannelSecretName, isRequired: Bool)] { [(.webhookUrl, true)] }

    package init(language: String) {
        self.language = language
    }

    /// The secret is the place, and nobody's links lead there.
    var company: String { "" }
    var place: [String?] { [] }
}

extension TeamsSettings: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "language", \.language, Schema<String>.text(2...10).otherwise("en"),
            note: "Of the cards: all who are there see the same.")
    }
}
