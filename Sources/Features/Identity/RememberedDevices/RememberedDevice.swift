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

/// Why somebody is in who has shown no second factor; stored with the browser, or the program's token.
enum SessionExemption: String, Sendable, CaseIterable {
    /// None was asked after this first step.
    case password, provider
    /// It was shown on this device some days ago, and this was the first step.
    case passwordOnDevice = "password-on-device"
    case providerOnDevice = "provider-on-device"

    init(_ first: FirstStep, onDevice: Bool = false) {
        self =
            switch (first, onDevice) {
            // A key opens gateways only, and no session there comes of this.
            case (.password, false), (.key, false): .password
            case (.provider, false): .provider
            case (.password, true), (.key, true): .passwordOnDevice
            case (.provider, true): .providerOnDevice
            }
    }

    var after: FirstStep {
        switch self {
        case .password, .passwordOnDevice: .password
        case .provider, .providerOnDevice: .provider
        }
    }

    var isDevice: Bool { self == .passwordOnDevice || self == .providerOnDevice }
}
