import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Assets

/// A tenant with an administrator, and a network in which servers answer as the test says.
struct Yard {
    let stage: Stage
    let assets: Assets
    let scope: TenantScope
    let admin: UserID
    let endpoints: [MountedEndpoint]
    let network: Network

    final class Network: Sendable {
        struct Silent: Error {}
        private let keys = Mutex<[String: [HostPublicKey]]>([:])

        func listen(_ address: String, with keys: [HostPublicKey]) { self.keys.withLock { $0[address] = keys } }
        func scan(_ address: String) throws -> [HostPublicKey] {
            guard let keys = keys.withLock({ $0[address] }) else { throw Silent() }
            return keys
        }
    }

    init() async throws {
        let stage = try await Stage { Issue.record("\($0)") }
        let network = Network()
        self.stage = stage
        self.network = network
        assets = Assets(
            database: stage.database, outbox: Outbox(),
            scanner: HostKeyScanner { address, _ in try network.scan(address.text) })
        endpoints = stage.mount(AssetRoutes.group, on: assets) + stage.mount(NodeRoutes.group, on: assets)
        scope = try await stage.makeTenant()
        admin = try await stage.makeUser("admin", in: scope)
    }

    func call(
        _ name: String, _ path: [String] = [], _ body: JSON? = nil, version: Int? = nil,
        query: [(name: String, value: String)] = [], in other: TenantScope? = nil
    ) async throws -> Answer {
        try await stage.call(
            endpoints, name, path, body: body, by: admin, version: version, query: query, in: other ?? scope)
    }

    func create(_ name: String, _ more: JSON = [:]) async throws -> Answer {
        let body: JSON = ["name": .string(name), "address": .string("\(name).example")]
        return try await call("assets.create", [], body.merging(more))
    }

    func node(_ name: String, below parent: String? = nil) async throws -> Answer {
        let body: JSON = ["name": .string(name)]
        return try await call("nodes.create", [], parent.map { body.merging(["parent": .string($0)]) } ?? body)
    }
}
