import Cryptography
package import FoundationEssentials
package import Kernel

/// What somebody at a terminal is shown, to go on with in a browser.
package struct DeviceLink: Sendable {
    package static let lifetime: TimeInterval = 5 * 60

    package let url: String
    /// The same words in terminal and browser, so that nobody confirms what somebody else has begun.
    package let code: String
}

/// What has become of a link.
package enum DeviceLinkOutcome: Sendable, Equatable {
    /// And whether an identity provider had proven them in the browser, and what had been shown there besides.
    case confirmed(UserID, byProvider: Bool, showing: ProvenFactor?)
    case waiting
    /// Late, used, refused, or asked about too often.
    case over
}

/// A code to compare: consonants that are hard to mistake, and that make no words.
enum ComparisonCode {
    private static let letters = Array("BCDFGHJKLMNPQRSTVWXZ")

    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        func four() -> String {
            String((0..<4).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
        }
        return "\(four())-\(four())"
    }
}

/// A link as the person sees it who is to confirm it.
package struct DeviceLinkView: WireValue, Equatable {
    package let code: String
    package let login: String
    package let clientAddress: String
    package let createdAt: Date
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("code", \.code, .text(9...9), note: "What the terminal shows too.")
        Field("login", \.login, .text(1...64))
        Field("clientAddress", \.clientAddress, .text(1...64), note: "Where the terminal is.")
        Field("createdAt", \.createdAt)
        Field("expiresAt", \.expiresAt)
    }
}

/// The body that names a link by the token of its address.
package struct DeviceLinkRequest: WireValue {
    package let token: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
    }
}

/// The body that says whether it is oneself who waits at the terminal.
package struct DecideDeviceLink: WireValue {
    package let token: String
    package let isMe: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("isMe", \.isMe, note: "False ends the sign-in at the terminal.")
    }
}
