import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Vault

/// Whoever is kept from all accounts, as far as Vault hears of it.
final class Barred: Sendable {
    let people = Mutex<Set<UserID>>([])

    var bar: SecretBar { SecretBar { question, _, _ in self.people.withLock { $0.contains(question.user) } } }
}

/// A tenant with an asset whose accounts keep secrets.
struct Safe {
    let stage: Stage
    let vault: Vault
    let barred = Barred()
    let scope: TenantScope
    let admin: UserID
    let asset: AssetID
    let endpoints: [MountedEndpoint]

    init() async throws {
        stage = try await Stage { Issue.record("\($0)") }
        vault = Vault(database: stage.database, keys: stage.keys, bar: barred.bar)
        endpoints = stage.mount(AccountRoutes.group, on: vault)
        scope = try await stage.makeTenant()
        admin = try await stage.makeUser("admin", in: scope)
        asset = try await stage.makeAsset("web-1", accounts: [], in: scope)
    }

    func call(
        _ name: String, _ path: [String] = [], _ body: JSON? = nil, version: Int? = nil, in other: TenantScope? = nil
    ) async throws -> Answer {
        try await stage.call(endpoints, name, path, body: body, by: admin, version: version, in: other ?? scope)
    }

    func create(_ name: String, kind: String = "password", _ secret: String? = nil) async throws -> Answer {
        let body: JSON = ["asset": .string(asset.text), "name": .string(name), "kind": .string(kind)]
        return try await call(
            "accounts.create", [], secret.map { body.merging(["secret": .string($0)]) } ?? body)
    }

    func reveal(_ id: String, in other: TenantScope? = nil) async throws -> Answer {
        try await call("accounts.reveal", [id], ["reason": "on call"], in: other)
    }
}
