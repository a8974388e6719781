package import FoundationEssentials
package import Kernel
package import Postgres
import Sessions

/// Where gateways are, for people who want to connect.
package struct Gateways: Sendable {
    private let database: Database
    private let map: any AssetMap

    package init(database: Database, map: any AssetMap) {
        self.database = database
        self.map = map
    }

    /// The web endpoint of a gateway that is there.
    package func web(for visitor: GatewayVisitor, at now: Date, in scope: TenantScope) async throws -> String? {
        try await choose(.web, for: visitor, at: now, in: scope)?.webEndpoint
    }

    /// Where to point an SSH client.
    package func ssh(for visitor: GatewayVisitor, at now: Date, in scope: TenantScope) async throws -> GatewayAddress {
        GatewayAddress(endpoint: try await choose(.ssh, for: visitor, at: now, in: scope)?.sshEndpoint ?? "")
    }

    /// Why a worker may not serve a tenant, in words that name the right one; nil if it may.
    func objection(
        to worker: WorkerID, entrance: Entrance, visitor: GatewayVisitor, at now: Date, in scope: TenantScope
    ) async throws -> String? {
        let standing = try await database.first(
            PlacementStore.standing(of: worker, for: scope.tenant),
            in: SystemScope(reason: "whether a worker may serve a tenant")
        ) { row in (place: try WorkerPlace(&row), pinning: try TenantPinning(&row)) }
        if let standing, standing.pinning.allows(standing.place) { return nil }
        return "This gateway does not serve you. "
            + (try await advice(entrance, for: visitor, at: now, in: scope))
    }

    /// Where to go instead.
    func advice(
        _ entrance: Entrance, for visitor: GatewayVisitor, at now: Date, in scope: TenantScope
    ) async throws -> String {
        guard let worker = try await choose(entrance, for: visitor, at: now, in: scope), worker.isConnected else {
            return "No other one is there right now. Try again in a moment."
        }
        switch entrance {
        case .web: return "Open the terminal again in the portal."
        case .ssh:
            let address = GatewayAddress(endpoint: worker.sshEndpoint)
            return "Connect to \(address.sshHost ?? "") port \(address.sshPort ?? 22)."
        }
    }

    private func choose(
        _ entrance: Entrance, for visitor: GatewayVisitor, at now: Date, in scope: TenantScope
    ) async throws -> PlacedWorker? {
        let system = SystemScope(reason: "a gateway for somebody")
        let terms = try await database.first(PlacementStore.terms(of: scope.tenant), in: system) { row in
            (
                pinning: try TenantPinning(&row),
                rules: [EndpointRule](stored: try row.next()) + [EndpointRule](stored: try row.next())
            )
        }
        guard let terms else { return nil }
        let rule = try await rule(of: terms.rules, for: visitor, in: scope)
        let workers = try await database.query(PlacementStore.workers(), in: system) { row in
            try PlacementStore.decode(&row, at: now)
        }
        return PlaceSession(pinning: terms.pinning, rule: rule, entrance: entrance)(among: workers, seed: visitor.seed)
    }

    private func rule(
        of rules: [EndpointRule], for visitor: GatewayVisitor, in scope: TenantScope
    ) async throws -> EndpointRule? {
        var asset: AssetWhereabouts?
        if let id = visitor.asset, rules.contains(where: \.isAboutAssets) {
            asset = try await map.whereabouts(of: id, in: scope)
        }
        return rules.first { $0.matches(clientAddress: visitor.clientAddress, asset: asset) }
    }
}

/// Somebody who looks for a gateway.
package struct GatewayVisitor: Sendable, Equatable {
    package let clientAddress: String
    /// What they want to reach, if they said so.
    package let asset: AssetID?
    /// Who asks again with the same seed is told the same.
    package let seed: String

    package init(clientAddress: String, asset: AssetID?, seed: String) {
        self.clientAddress = clientAddress
        self.asset = asset
        self.seed = seed
    }
}

/// What somebody says who looks for a gateway.
package struct GatewayQuestion: WireValue, Equatable {
    package let asset: AssetID?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("asset", \.asset, note: "What is to be reached: the nearest gateway may depend on it.")
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
