import HTTPAPI
package import Kernel

/// The body that adds a gateway; it is asked after all others.
package struct CreateSMSGateway: WireValue {
    package let name: String
    package let enabled: Bool
    package let settings: SMSGatewaySettings
    package let secret: Secret?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("enabled", \.enabled, Bool.schema.otherwise(true))
        Field("settings", \.settings)
        Field("secret", \.secret, note: "What the vendor gave; for a gateway of one's own if {{secret}} stands in it.")
    }
}

/// The body that changes a gateway. Settings are replaced as a whole; without a new secret the old one stays, as long as
/// it goes to the same place in the same way.
package struct ChangeSMSGateway: WireValue {
    package let name: Change<String>
    package let enabled: Change<Bool>
    package let settings: Change<SMSGatewaySettings>
    package let secret: Change<Secret>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("enabled", \.enabled)
        Field("settings", \.settings)
        Field("secret", \.secret)
    }
}

/// The body that puts all gateways in an order.
package struct OrderSMSGateways: WireValue {
    package let items: [SMSGatewayID]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...SMSGateway.most, note: "Every gateway once; the first one is asked first.")
    }
}

/// The body that sends a code which opens nothing.
package struct TestSMSGateway: WireValue {
    package let number: PhoneNumber

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("number", \.number)
    }
}

/// What a gateway said to a message.
package struct SMSGatewayTest: WireValue {
    package let taken: Bool
    package let words: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("taken", \.taken)
        Field("words", \.words, .text(0...300), note: "What it said, without numbers and codes; empty if it was taken.")
    }
}
