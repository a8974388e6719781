package import GatewayContract

/// What people at a terminal ask about requests: for access that they do not have, and about those that wait for them.
package struct RequestCalls: Sendable {
    /// What may be asked for.
    package var requestable: @Sendable (RequestableQuestion) async throws(ControlPlaneError) -> RequestablePage
    /// Which way it would go.
    package var path: @Sendable (RequestPathQuestion) async throws(ControlPlaneError) -> RequestPathAnswer
    /// Asks.
    package var ask: @Sendable (NewRequest) async throws(ControlPlaneError) -> RequestAnswer
    package var list: @Sendable (RequestListQuestion) async throws(ControlPlaneError) -> RequestList
    /// How one stands.
    package var show: @Sendable (RequestQuestion) async throws(ControlPlaneError) -> RequestAnswer
    package var decide: @Sendable (RequestDecision) async throws(ControlPlaneError) -> RequestAnswer
    /// Takes one's own back.
    package var withdraw: @Sendable (RequestQuestion) async throws(ControlPlaneError) -> RequestAnswer
    /// What emergency access there is.
    package var emergency: @Sendable (EmergencyQuestion) async throws(ControlPlaneError) -> EmergencyAnswer
    /// Takes it.
    package var takeEmergency: @Sendable (NewEmergency) async throws(ControlPlaneError) -> RequestAnswer

    package init(
        requestable: @escaping @Sendable (RequestableQuestion) async throws(ControlPlaneError) -> RequestablePage,
        path: @escaping @Sendable (RequestPathQuestion) async throws(ControlPlaneError) -> RequestPathAnswer,
        ask: @escaping @Sendable (NewRequest) async throws(ControlPlaneError) -> RequestAnswer,
        list: @escaping @Sendable (RequestListQuestion) async throws(ControlPlaneError) -> RequestList,
        show: @escaping @Sendable (RequestQuestion) async throws(ControlPlaneError) -> RequestAnswer,
        decide: @escaping @Sendable (RequestDecision) async throws(ControlPlaneError) -> RequestAnswer,
        withdraw: @escaping @Sendable (RequestQuestion) async throws(ControlPlaneError) -> RequestAnswer,
        emergency: @escaping @Sendable (EmergencyQuestion) async throws(ControlPlaneError) -> EmergencyAnswer,
        takeEmergency: @escaping @Sendable (NewEmergency) async throws(ControlPlaneError) -> RequestAnswer
    ) {
        self.requestable = requestable
        self.path = path
        self.ask = ask
        self.list = list
        self.show = show
        self.decide = decide
        self.withdraw = withdraw
        self.emergency = emergency
        self.takeEmergency = takeEmergency
    }

    /// Where nobody asks for anything.
    package static let none = RequestCalls(
        requestable: { _ throws(ControlPlaneError) in throw .unknown },
        path: { _ throws(ControlPlaneError) in throw .unknown }, ask: { _ throws(ControlPlaneError) in throw .unknown },
        list: { _ throws(ControlPlaneError) in throw .unknown },
        show: { _ throws(ControlPlaneError) in throw .unknown },
        decide: { _ throws(ControlPlaneError) in throw .unknown },
        withdraw: { _ throws(ControlPlaneError) in throw .unknown },
        emergency: { _ throws(ControlPlaneError) in throw .unknown },
        takeEmergency: { _ throws(ControlPlaneError) in throw .unknown })

    /// Over HTTP.
    init(_ client: ControlPlaneClient) {
        self.init(
            requestable: { question throws(ControlPlaneError) in try await client.post("requestable", question) },
            path: { question throws(ControlPlaneError) in try await client.post("requests/path", question) },
            ask: { request throws(ControlPlaneError) in try await client.post("requests", request) },
            list: { question throws(ControlPlaneError) in try await client.post("requests/list", question) },
            show: { question throws(ControlPlaneError) in try await client.post("requests/show", question) },
            decide: { decision throws(ControlPlaneError) in try await client.post("requests/decision", decision) },
            withdraw: { question throws(ControlPlaneError) in try await client.post("requests/withdrawal", question) },
            emergency: { question throws(ControlPlaneError) in try await client.post("emergency", question) },
            takeEmergency: { taken throws(ControlPlaneError) in try await client.post("requests/emergency", taken) })
    }
}
