package import FoundationEssentials
package import Kernel
package import Postgres

/// Where gateways are, for people who want to connect.
package struct Gateways: Sendable {
    private let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// The web endpoint of the least busy gateway that is there.
    package func web(at now: Date = Date()) async throws -> String? {
        try await database.first(WorkerStore.webEndpoint(at: now), in: SystemScope(reason: "a gateway for a browser")) {
            try $0.next(String.self)
        }
    }

    /// Where to point an SSH client.
    package func ssh(at now: Date) async throws -> GatewayAddress {
        let endpoint = try await database.first(
            WorkerStore.sshEndpoint(at: now), in: SystemScope(reason: "a gateway for ssh"), { try $0.next(String.self) }
        )
        return GatewayAddress(endpoint: endpoint ?? "")
    }
}

/// The address of a gateway, in the parts that `ssh` takes.
package struct GatewayAddress: WireValue, Equatable {
    package let sshHost: String?
    package let sshPort: Int?

    package init(sshHost: String?, sshPort: Int?) {
        self.sshHost = sshHost
        self.sshPort = sshPort
    }

    /// Reads `host:port`; an IPv6 address stands in brackets.
    init(endpoint: String) {
        guard let colon = endpoint.lastIndex(of: ":"), let port = Int(endpoint[endpoint.index(after: colon)...]),
            1...65_535 ~= port
        else {
            self.init(sshHost: endpoint.isEmpty ? nil : endpoint, sshPort: endpoint.isEmpty ? nil : 22)
            return
        }
        self.init(sshHost: String(endpoint[..<colon].filter { $0 != "[" && $0 != "]" }), sshPort: port)
    }

    package static let schema: Schema<Self> = .record(Self.init(sshHost:sshPort:)) {
        Field("sshHost", \.sshHost, .text(1...255), note: "Null while no gateway is there.")
        Field("sshPort", \.sshPort, .int(1...65_535))
    }
}
