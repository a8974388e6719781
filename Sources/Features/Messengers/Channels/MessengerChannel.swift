package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// An app at a messenger, by which approvers are asked.
package struct MessengerChannel: Versioned, Sendable {
    package var id: MessengerChannelID
    package var name: String
    package var settings: ChannelSettings
    package var people: People
    /// Whose links say who somebody is there.
    package var provider: IdentityProviderID?
    /// Whether links count that the provider made by what its directory says, besides those that people have made.
    package var trustsDirectory: Bool
    package var state: State
    package var restingUntil: Date?
    /// What the vendor has said last when it did not do what it was asked.
    package var lastError: String?
    /// How it stands with the connection over which clicks come; nil where the vendor calls, or while the channel is off.
    package var connection: ChannelConnection?
    package var createdAt: Date
    package var version: Int

    package enum State: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case enabled, disabled }

    /// How people are known at the vendor; never by what they are called.
    package enum People: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        /// By their accounts there, which they have bound or come in by.
        case links
        /// By the mail address that the vendor's directory has of them.
        case email
    }
}

extension MessengerChannel: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("settings", \.settings)
        Field("people", \.people)
        Field("provider", \.provider)
        Field("trustsDirectory", \.trustsDirectory)
        Field("state", \.state)
        Field("restingUntil", \.restingUntil, note: "Until when nothing is sent, because the vendor asked for a pause.")
        Field("lastError", \.lastError, .text(0...500))
        Field(
            "connection", \.connection,
            note: "How it stands with the connection over which clicks come; null where the vendor calls.")
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    package static let listing = Listing<MessengerChannel>(
        key: Column("id", "c.channel_id", \.id), order: .ascending("name"), sortable: ["name", "createdAt"],
        columns: [
            Column("name", "c.name", \.name, .text(1...100)), Column("state", "c.state", \.state),
            Column("createdAt", "c.created_at", \.createdAt),
        ])
}

/// One secret of a channel.
package struct ChannelSecret: WireValue {
    package let name: ChannelSecretName
    package let value: Secret

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("value", \.value)
    }
}

extension MessengerChannel {
    /// Whose links say who somebody is; nil where mail addresses do.
    var link: CardLink? { provider.map { CardLink(provider: $0, trustsDirectory: trustsDirectory) } }
}

/// The body that adds a channel.
package struct CreateMessengerChannel: WireValue {
    package let name: String
    package let settings: ChannelSettings
    package let people: MessengerChannel.People
    package let provider: IdentityProviderID?
    package let trustsDirectory: Bool
    package let secrets: [ChannelSecret]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("settings", \.settings)
        Field("people", \.people)
        Field("provider", \.provider, note: "The sign-in provider of the same company there; needed for links.")
        Field(
            "trustsDirectory", \.trustsDirectory, Bool.schema.otherwise(false),
            note: "Whether links count that the provider made by what its directory says. Otherwise only those do that "
                + "people have made themselves, with a second factor.")
        Field(
            "secrets", \.secrets,
            .array(of: ChannelSecret.schema, 0...ChannelSecretName.allCases.count), note: "Never shown again.")
    }
}

/// The body that changes a channel. Without new secrets the old ones stay, as long as they go to the same place.
package struct ChangeMessengerChannel: WireValue {
    package let name: Change<String>
    package let settings: Change<ChannelSettings>
    package let people: Change<MessengerChannel.People>
    package let provider: Change<IdentityProviderID?>
    package let trustsDirectory: Change<Bool>
    package let state: Change<MessengerChannel.State>
    package let secrets: Change<[ChannelSecret]>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("settings", \.settings)
        Field("people", \.people)
        Field("provider", \.provider)
        Field("trustsDirectory", \.trustsDirectory)
        Field("state", \.state)
        Field(
            "secrets", \.secrets,
            Schema<[ChannelSecret]>.array(of: ChannelSecret.schema, 0...ChannelSecretName.allCases.count))
    }
}

/// Where the vendor calls us for a channel.
package struct ChannelCallback: WireValue {
    package let url: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("url", \.url, .text(1...500), note: "To be pasted into the vendor's console, and kept to oneself.")
    }
}

/// How a test of a channel went.
package struct ChannelTest: WireValue {
    package enum Outcome: String, CaseIterable, WireValue {
        case sent
        /// Nobody at the vendor is known to be who asked.
        case unlinked
        case failed
    }

    package let outcome: Outcome
    package let detail: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("outcome", \.outcome)
        Field("detail", \.detail, .text(0...500), note: "What the vendor has said.")
    }
}
