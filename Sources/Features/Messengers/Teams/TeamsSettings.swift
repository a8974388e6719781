package import Kernel

/// A channel or chat in Microsoft Teams, to which a workflow posts what it is sent. Everybody there sees the cards.
package struct TeamsSettings: Sendable {
    package let language: String

    static let secrets: [(name: ChannelSecretName, isRequired: Bool)] = [(.webhookUrl, true)]

    package init(language: String) {
        self.language = language
    }
}

extension TeamsSettings: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "language", \.language, Schema<String>.text(2...10).otherwise("en"),
            note: "Of the cards: all who are there see the same.")
    }
}
