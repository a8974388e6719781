import HTTPAPI
package import Kernel

/// How requests are decided: levels in order, each with the people who may decide it.
package struct Flow: Versioned, Sendable {
    package var id: FlowID
    package var name: String
    package var isDefault: Bool
    package var levels: [FlowLevel]
    package var version: Int
}

extension Flow: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("isDefault", \.isDefault)
        Field("levels", \.levels, count: 1...5)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// All flows of a tenant.
package struct Flows: WireValue, Sendable {
    package let items: [Flow]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...1000)
    }
}

/// One level of a flow.
package struct FlowLevel: WireValue, Sendable {
    package let name: String
    /// Where the question is sent as well as to the portal.
    package let webhook: WebhookID?
    package let approvers: [PeopleReference]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("webhook", \.webhook, WebhookID.schema, note: "Sends the question there too, with decision links.")
        Field("approvers", \.approvers, count: 1...50)
    }
}

/// The body that creates or replaces a flow.
package struct SaveFlow: WireValue {
    package let name: String
    package let isDefault: Bool
    package let levels: [FlowLevel]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("isDefault", \.isDefault, Bool.schema.otherwise(true))
        Field("levels", \.levels, count: 1...5)
    }
}
