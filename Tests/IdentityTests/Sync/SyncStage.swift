import FoundationEssentials
import Kernel
import LDAP
import Postgres
import TestSupport
import Testing

@testable import Identity

/// A provider that is a directory, and runs of its sync.
protocol SyncStage {}

extension SyncStage {
    static var base: String { TestDirectory.base }

    func settings(_ directory: TestDirectory, _ more: JSON = [:]) -> JSON {
        let base: JSON = [
            "kind": "ldap",
            "servers": [["host": "127.0.0.1", "port": .int(Int64(directory.first.port))]],
            "authorities": .string(directory.authority), "bindDn": .string(TestDirectory.searchDN),
            "baseDn": "ou=people,dc=example,dc=org", "groupBaseDn": .string(Self.base),
        ]
        return base.merging(more)
    }

    func makeProvider(
        _ directory: TestDirectory, for admin: Visitor, settings more: JSON = [:], _ body: JSON = [:]
    ) async throws -> String {
        try admin.house.opened.open([directory.first.port])
        let base: JSON = [
            "name": "Directory", "settings": settings(directory, more),
            "secret": .string(TestDirectory.searchPassword),
        ]
        let made = try await admin.call("identity-providers.create", body: base.merging(body))
        #expect(made.status == 201, "\(made.json)")
        return made["id"]
    }

    /// What became of a run that somebody started.
    func run(
        _ provider: String, mayDisable: Int? = nil, mayRemove: Int? = nil, _ admin: Visitor
    ) async throws -> JSON {
        func number(_ number: Int?) -> JSON { number.map { .int(Int64($0)) } ?? .null }
        return try await outcome(
            of: ["kind": "run", "mayDisable": number(mayDisable), "mayRemove": number(mayRemove)], provider, admin)
    }

    func preview(_ provider: String, _ admin: Visitor) async throws -> JSON {
        try await outcome(of: ["kind": "preview"], provider, admin)
    }

    private func outcome(of body: JSON, _ provider: String, _ admin: Visitor) async throws -> JSON {
        let started = try await admin.call("identity-sync.start", [provider], body: body)
        #expect(started.status == 201, "\(started.json)")
        let id = try #require(IdentitySyncRunID(started["id"]))
        let house = admin.house
        try await house.identity.sync(id, attempt: 1, in: admin.scope) { house.now }
        return try await admin.call("identity-sync.run", [provider, id.text]).json
    }

    func names(_ run: JSON, _ kind: String) -> [String] {
        guard case .array(let names)? = run["report"]?[kind]?["names"] else { return [] }
        return names.compactMap(\.text)
    }

    func refused(_ run: JSON) -> [String: [String]] {
        guard case .array(let reasons)? = run["report"]?["refused"] else { return [:] }
        return reasons.reduce(into: [:]) { result, reason in
            guard case .array(let names)? = reason["people"]?["names"] else { return }
            result[reason["reason"]?.text ?? ""] = names.compactMap(\.text)
        }
    }

    func change(_ provider: String, _ body: JSON, _ admin: Visitor) async throws -> Answer {
        let version = try await admin.call("identity-sync.show", [provider]).version
        return try await admin.call("identity-sync.change", [provider], body: body, version: version)
    }

    func users(_ admin: Visitor) async throws -> [String: JSON] {
        let items = try await admin.call("users.list").items
        return Dictionary(uniqueKeysWithValues: items.map { ($0["login"]?.text ?? "", $0) })
    }
    func groups(_ admin: Visitor) async throws -> [String: JSON] {
        let items = try await admin.call("groups.list").items
        return Dictionary(uniqueKeysWithValues: items.map { ($0["name"]?.text ?? "", $0) })
    }

    /// How many transactions the database has seen.
    func commits(_ superuser: OwnerConnection) async throws -> Int {
        let found = try await superuser.query(
            "select xact_commit from pg_stat_database where datname = current_database()"
        ) { try $0.next(Int.self) }
        return found.first ?? 0
    }
}
