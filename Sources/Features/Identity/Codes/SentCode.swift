package import FoundationEssentials
import HTTPAPI
package import Kernel

/// Where a code went, and until when it is good.
package struct SentCode: WireValue {
    static let lifetime: TimeInterval = 5 * 60
    static let minutes = 5
    /// Nobody is sent another one sooner by the same channel.
    static let pause: TimeInterval = 60
    /// Wrong answers that one code outlives, less one.
    static let mostTries = 5

    package let sentTo: String
    package let expiresAt: Date
    package let againAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("sentTo", \.sentTo, .text(1...300), note: "Enough of the address or number for its owner to know it.")
        Field("expiresAt", \.expiresAt)
        Field("againAt", \.againAt, note: "When another one can be sent.")
    }

    /// Enough of an address or number for its owner to know it.
    static func masked(_ address: String, _ channel: CodeChannel) -> String {
        switch channel {
        case .email:
            let parts = address.split(separator: "@", maxSplits: 1).map(String.init)
            return "\(parts.first?.prefix(1) ?? "")***@\(parts.dropFirst().first ?? "")"
        case .sms: return PhoneNumber(address)?.masked ?? "****"
        }
    }
}

/// A sign-in's token, and the number that is to be confirmed; without it, the one that was.
package struct SendSMSRequest: WireValue {
    package let token: String
    package let number: PhoneNumber?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("number", \.number, note: "To confirm a number; without it the code goes to the one that was confirmed.")
    }
}

/// The number that is to be confirmed; without it, the one that was.
package struct SendOwnSMSRequest: WireValue {
    package let number: PhoneNumber?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("number", \.number, note: "To confirm a number; without it the code goes to the one that was confirmed.")
    }
}
