package import FoundationEssentials
import HTTPAPI
package import Kernel

/// A browser in which somebody is not asked for a second factor again, as they see it.
package struct RememberedDevice: WireValue {
    /// The one that is remembered longest is forgotten for another one.
    static let most = 10
    static let cookie = "gatehouse-device"

    package let userAgent: String?
    package let clientAddress: String?
    package let factor: SecondFactorKind
    package let rememberedAt: Date
    package let lastUsedAt: Date?
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("userAgent", \.userAgent, .text(0...1000))
        Field("clientAddress", \.clientAddress, .text(1...64), note: "Where it was when it was remembered.")
        Field("factor", \.factor, note: "What was shown on it.")
        Field("rememberedAt", \.rememberedAt)
        Field("lastUsedAt", \.lastUsedAt)
        Field("expiresAt", \.expiresAt)
    }
}

/// All of a person's.
package struct RememberedDevices: WireValue {
    package let items: [RememberedDevice]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...RememberedDevice.most)
    }
}

/// Why a browser is in that has shown no second factor; stored with it.
enum SessionExemption: String, Sendable {
    /// None was asked after this first step.
    case password, provider
    /// It was shown on this device some days ago.
    case device

    /// What came before, as far as it is known.
    var after: [FirstStep] {
        switch self {
        case .password: [.password]
        case .provider: [.provider]
        case .device: FirstStep.allCases
        }
    }

    init(_ first: FirstStep) {
        self = first == .password ? .password : .provider
    }
}
