import FoundationEssentials
import HTTPTypes
import Kernel
import TestSupport
import Testing

@testable import Identity

/// A provider whose program says who its people are.
final class Program: Sendable {
    let admin: Visitor
    let provider: String
    let token: String

    private init(admin: Visitor, provider: String, token: String) {
        self.admin = admin
        self.provider = provider
        self.token = token
    }

    /// A provider by RADIUS: it is asked for nothing here. What it is made of is up to `more`.
    static func make(_ name: String = "Entra", for admin: Visitor, _ more: JSON = [:]) async throws -> Program {
        let body: JSON = [
            "name": .string(name), "secret": "shared with nobody",
            "settings": ["kind": "radius", "servers": [["host": "127.0.0.1", "port": 9]]],
        ]
        let made = try await admin.call("identity-providers.create", body: body.merging(more))
        #expect(made.status == 201, "\(made.text)")
        let provider = made["id"]
        #expect(try await turn(["enabled": true], provider, admin).status == 200)
        let client = try await admin.call("provisioning.create-client", [provider], body: ["name": "program"])
        #expect(client.status == 201, "\(client.text)")
        return Program(admin: admin, provider: provider, token: client["token"])
    }

    static func turn(_ change: JSON, _ provider: String, _ admin: Visitor) async throws -> Answer {
        let version = try await admin.call("provisioning.show", [provider]).version
        return try await admin.call("provisioning.change", [provider], body: change, version: version)
    }

    func turn(_ change: JSON) async throws -> Answer { try await Self.turn(change, provider, admin) }

    func call(
        _ name: String, _ path: [String] = [], _ body: JSON? = nil, query: [(name: String, value: String)] = [],
        headers more: HTTPFields = [:]
    ) async throws -> Answer {
        var headers: HTTPFields = [.authorization: "Bearer \(token)"]
        for field in more { headers.append(field) }
        return try await admin.house.call(
            "scim.\(name)", path, body: body, in: admin.scope, headers: headers, query: query)
    }

    static func user(_ userName: String, _ more: JSON = [:]) -> JSON {
        let base: JSON = ["schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": .string(userName)]
        return base.merging(more)
    }

    func make(_ userName: String, _ more: JSON = [:]) async throws -> String {
        let made = try await call("create-user", [], Self.user(userName, more))
        #expect(made.status == 201, "\(made.text)")
        return made["id"]
    }

    func group(_ name: String, _ members: [String] = [], _ more: JSON = [:]) async throws -> String {
        let base: JSON = [
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": .string(name),
            "members": .array(members.map { ["value": .string($0)] }),
        ]
        let made = try await call("create-group", [], base.merging(more))
        #expect(made.status == 201, "\(made.text)")
        return made["id"]
    }

    func patch(_ name: String, _ id: String, _ operations: JSON..., headers: HTTPFields = [:]) async throws -> Answer {
        try await call(
            name, [id],
            [
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": .array(operations),
            ], headers: headers)
    }

    func set(_ id: String, active: Bool) async throws -> Answer {
        try await patch("change-user", id, ["op": "replace", "path": "active", "value": .bool(active)])
    }

    /// As administrators see the person.
    func user(_ id: String) async throws -> JSON { try await admin.call("users.show", [id]).json }
    func state(_ id: String) async throws -> String { try await user(id)["state"]?.text ?? "" }
    func roles(_ id: String) async throws -> [String] {
        guard case .array(let roles)? = try await user(id)["roles"] else { return [] }
        return roles.compactMap { $0["builtIn"]?.text }.sorted()
    }
    func members(_ group: String) async throws -> [String] {
        try await admin.call("groups.members", [group]).items.compactMap { $0["login"]?.text }
    }
    var calls: [JSON] {
        get async throws { try await admin.call("provisioning.calls", [provider]).items }
    }
}

extension Answer {
    var scimType: String { self["scimType"] }
    var total: Int { if case .int(let total)? = json["totalResults"] { Int(total) } else { -1 } }
    var resources: [JSON] { if case .array(let items)? = json["Resources"] { items } else { [] } }
}
