import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// A company with one of everything at its top, two organizations, and an administrator of the first of them.
struct DividedCompany {
    let installation: Installation
    /// Administers the company.
    let ada: Person
    let adaID: String
    /// What lies outside of the organizations.
    let rest: Household
    let europe: String
    let asia: String
    let root: String
    /// Administers Europe.
    let eva: Person
    let evaID: String

    init() async throws {
        installation = try await Installation()
        ada = try await installation.makeTenant("acme")
        adaID = try await ada.call(.get, "/me").json["user"]?["id"]?.text ?? ""
        var rest = try await Household(ada)
        let tree = try await ada.call(.get, "/organizations", expecting: 200)
        root = tree.items.first?["id"]?.text ?? ""
        europe = rest.ids["organizations"]!
        asia = try await ada.call(.post, "/organizations", ["name": "Asia"], expecting: 201)["id"]
        rest.ids["organizations"] = asia
        self.rest = rest
        let made = try await Self.call(
            ada, .post, "/users", ["login": "eva", "name": "Eva", "roles": ["administrator"]], in: europe, installation)
        #expect(made.status == 201, "\(made.text)")
        evaID = made["id"]
        eva = Person(installation: installation, slug: "acme", login: "eva")
        try await eva.comeIn(by: made["invitationUrl"])
    }

    /// Calls something while looking at an organization.
    @discardableResult
    func call(
        _ person: Person, _ method: OutboundRequest.Method, _ path: String, _ body: JSON? = nil, in organization: String
    ) async throws -> Answer {
        try await Self.call(person, method, path, body, in: organization, installation)
    }

    private static func call(
        _ person: Person, _ method: OutboundRequest.Method, _ path: String, _ body: JSON?, in organization: String,
        _ installation: Installation
    ) async throws -> Answer {
        try await installation.call(
            method, "/api/v1" + path, body, on: person.slug, cookie: person.cookie,
            headers: ["Gatehouse-Organization": organization])
    }

    func tryMoving(_ id: String, below parent: String) async throws -> Answer {
        let tree = try await ada.call(.get, "/organizations", expecting: 200)
        let found = tree.items.first { $0["id"]?.text == id }
        guard case .int(let version)? = found?["version"] else { throw Missing() }
        return try await ada.call(.patch, "/organizations/\(id)", ["parent": .string(parent)], version: Int(version))
    }

    func move(_ id: String, below parent: String) async throws {
        let answer = try await tryMoving(id, below: parent)
        #expect(answer.status == 200, "\(answer.text)")
    }

    struct Missing: Error {}

    /// One of everything that an administrator of a part can have, by kind.
    func fill(_ person: Person) async throws -> [String: String] {
        func make(_ path: String, _ body: JSON) async throws -> String {
            try await person.call(.post, path, body, expecting: 201)["id"]
        }
        let name = person.login
        let user = try await make("/users", ["login": .string("\(name)-user"), "name": "User"])
        let group = try await make("/groups", ["name": .string("\(name) group")])
        try await person.call(.put, "/groups/\(group)/members/\(user)", expecting: 204)
        let node = try await make("/nodes", ["name": .string("\(name) node")])
        let asset = try await make(
            "/assets",
            ["name": .string("\(name)-asset"), "address": "10.2.0.1", "nodes": [.string(node)]])
        let account = try await make(
            "/accounts",
            ["asset": .string(asset), "name": "root", "kind": "password", "secret": .string("s3cret of \(name)")])
        let grant = try await make(
            "/grants",
            [
                "name": .string("\(name) grant"), "users": [.string(user)], "groups": [.string(group)],
                "assets": [.string(asset)], "nodes": [.string(node)], "accounts": [["kind": "all"]],
                "protocols": ["ssh"], "actions": ["connect"],
            ])
        return [
            "users": user, "groups": group, "nodes": node, "assets": asset, "accounts": account, "grants": grant,
        ]
    }
}

extension Household {
    /// An id of the same kind that nothing has.
    func missingID(of kind: String) -> String {
        String(ids[kind]!.prefix(4)) + "00000000000000000000000000"
    }

    /// The path of an operation with ids in it that nothing has.
    func missing(of template: String) -> String? {
        path(of: template)?.split(separator: "/").map { part in
            part.count == 30 && part.dropFirst(3).first == "_"
                ? String(part.prefix(4)) + "00000000000000000000000000" : String(part)
        }.map { "/\($0)" }.joined()
    }
}
