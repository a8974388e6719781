package import FoundationEssentials
package import Kernel
import Postgres

/// How it stands with the connection of a channel whose clicks come over one.
package struct ChannelConnection: Sendable {
    package enum State: String, CaseIterable, WireValue {
        case connected
        /// A server is about to connect.
        case connecting
        /// It went wrong, or no server has room; it is tried again.
        case waiting
    }

    /// What kind of thing went wrong, and so what to do about it.
    package enum Problem: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
        /// The vendor does not let the app connect: its secret, or a setting there.
        case refused
        /// The vendor's place is on a private network that is not open.
        case closed
        case unreachable
        /// The vendor does not keep to what was agreed.
        case broken
        /// The vendor wants to be left alone for a while, or has too many connections of the app.
        case busy
    }

    package var state: State
    /// Since when it is connected, or when it is tried again.
    package var since: Date?
    package var problem: Problem?
    package var detail: String?
    package var failedAt: Date?
}

extension ChannelConnection: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("state", \.state)
        Field("since", \.since, note: "Since when it is connected, or when it is tried again.")
        Field("problem", \.problem, note: "What went wrong the last time; null while all is well.")
        Field("detail", \.detail, .text(0...500), note: "What the vendor has said to it.")
        Field("failedAt", \.failedAt)
    }
}
