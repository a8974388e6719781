package import Kernel
import Outbound
import RADIUS

/// Servers that are asked by RADIUS. The secret that they share with us is the provider's.
package struct RADIUSSettings: Sendable {
    package let servers: [ProviderServer]
    package let `protocol`: RADIUSPasswordProtocol
    package let nasIdentifier: String
    package let groups: RADIUSGroups
    package let failoverSeconds: Int
    package let timeoutSeconds: Int
    package let challengeIsSecondFactor: Bool

    /// Whether a secret for the one tells nobody else anything with the other: what a server is sent can be tried against
    /// every secret that somebody can think of.
    func isSamePlace(as other: RADIUSSettings) -> Bool {
        Set(servers).isSubset(of: other.servers)
    }

    /// The only one, for the rest of a conversation that one server began.
    func only(_ place: HostPort) -> RADIUSClient.Servers? {
        servers.contains { $0.hostPort == place } ? everyone([place]) : nil
    }

    var all: RADIUSClient.Servers { everyone(servers.map(\.hostPort)) }

    private func everyone(_ places: [HostPort]) -> RADIUSClient.Servers {
        RADIUSClient.Servers(places, patience: .seconds(failoverSeconds), timeout: .seconds(timeoutSeconds))
    }
}

extension RADIUSSettings: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("servers", \.servers, .array(of: ProviderServer.schema, 1...5), note: "Asked in this order.")
        Field("protocol", \.protocol, RADIUSPasswordProtocol.schema.otherwise(.pap))
        Field(
            "nasIdentifier", \.nasIdentifier, Schema<String>.text(1...253).otherwise("gatehouse"),
            note: "Who is asking, for the servers' own rules.")
        Field(
            "groups", \.groups, RADIUSGroups.schema.otherwise(.filterID),
            note: "Which attribute of the answer names the person's groups.")
        Field(
            "failoverSeconds", \.failoverSeconds, Schema<Int>.int(1...5).otherwise(2),
            note: "How long a server may be silent before the next one is asked.")
        Field(
            "timeoutSeconds", \.timeoutSeconds, Schema<Int>.int(1...10).otherwise(5),
            note: "How long the last one may be silent.")
        Field(
            "challengeIsSecondFactor", \.challengeIsSecondFactor, Bool.schema.otherwise(false),
            note: "Whether somebody who has answered a question of the server is asked for no second factor here.")
    }
}

/// How a password is shown to a server.
package enum RADIUSPasswordProtocol: String, Sendable, CaseIterable, WireValue {
    case pap
    case chap
}

/// The attribute that names groups.
package enum RADIUSGroups: String, Sendable, CaseIterable, WireValue {
    case none
    case filterID = "filter-id"
    case `class`
}
