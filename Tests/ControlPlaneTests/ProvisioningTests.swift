import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// The whole server, asked as the programs of identity providers ask (RFC 7644).
@Suite(.serialized) struct ProvisioningTests {
    private static let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"]

    /// A company with a provider that is provisioned.
    private struct Scene {
        let installation: Installation
        let ada: Person
        let provider: String
        let client: String
        let token: String

        init(_ installation: Installation, _ slug: String) async throws {
            self.installation = installation
            ada = try await installation.makeTenant(slug)
            let made = try await ada.call(
                .post, "/identity-providers",
                [
                    "name": "Entra", "secret": "shared with nobody",
                    "settings": ["kind": "radius", "servers": [["host": "127.0.0.1", "port": 9]]],
                ], expecting: 201)
            provider = made["id"]
            try await ada.call(
                .patch, "/identity-providers/\(provider)/provisioning", ["enabled": true], version: 1, expecting: 200)
            let created = try await ada.call(
                .post, "/identity-providers/\(provider)/provisioning-clients", ["name": "program"], expecting: 201)
            (client, token) = (created["id"], created["token"])
        }

        func call(
            _ method: OutboundRequest.Method, _ path: String, _ body: JSON? = nil, bearer: String? = nil,
            headers: [String: String] = [:]
        ) async throws -> Answer {
            try await installation.call(
                method, "/scim/v2\(path)", body, on: ada.slug, bearer: bearer ?? token, headers: headers)
        }
    }

    private static let ann: JSON = ["schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann"]
    private static let error = #"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":""#

    @Test(.enabled(if: python != nil, "needs scim2-tester (GATEHOUSE_TEST_PYTHON)"), .timeLimit(.minutes(3)))
    func `checks of others find nothing wrong`() async throws {
        let scene = try await Scene(try await Installation(), "acme")
        let output = try await ChildProcess.run(
            [
                try #require(Self.python), Repository.path("Tests/Support/scim_conformance.py"),
                "http://127.0.0.1:\(scene.installation.port)/scim/v2", "acme.localhost",
            ], environment: ["SCIM_TOKEN": scene.token])
        let result = try JSONParser.parse(Array(output.utf8.dropLast()))
        #expect(result["failed"] == [], "\(output)")
        guard case .int(let passed)? = result["passed"] else { return #expect(Bool(false), "\(output)") }
        #expect(passed > 60, "\(output)")
    }

    @Test func `a token is good for its provider, its tenant and its interface, and nothing else is good there`()
        async throws
    {
        let installation = try await Installation()
        let acme = try await Scene(installation, "acme")
        let bolt = try await Scene(installation, "bolt")
        let id = try await acme.call(.post, "/Users", Self.ann)["id"]
        #expect(!id.isEmpty)
        let personal = try await acme.ada.call(.post, "/me/tokens", ["name": "script"], expecting: 201)["token"]
        for operation in Catalogue.provisioning {
            let path = operation.path.replacing("{user}", with: id).replacing("{group}", with: "pvg_x")
                .replacing(/\{[a-z]+\}/, with: "User")
            let method = try CrossTenantTests.method(operation)
            let body: JSON? = [.get, .delete].contains(method) ? JSON?.none : Self.ann
            func answer(on host: String, cookie: String? = nil, bearer: String? = nil) async throws -> Int {
                try await installation.call(method, path, body, on: host, cookie: cookie, bearer: bearer).status
            }
            #expect(try await answer(on: "acme") == 401, "\(operation.name)")
            #expect(try await answer(on: "acme", cookie: acme.ada.cookie) == 401, "\(operation.name)")
            #expect(try await answer(on: "acme", bearer: personal) == 401, "\(operation.name)")
            #expect(try await answer(on: "acme", bearer: installation.providerToken) == 401, "\(operation.name)")
            #expect(try await answer(on: "acme", bearer: bolt.token) == 401, "\(operation.name)")
            #expect(try await answer(on: "provider", bearer: acme.token) == 404, "\(operation.name)")
        }
        for operation in Catalogue.tenant {
            let path = operation.path.replacing(/\{[a-zA-Z-]+\}/, with: "x")
            let body: JSON? = operation.method == .get ? JSON?.none : [:]
            let answer = try await installation.call(
                try CrossTenantTests.method(operation), path, body, on: "acme", bearer: acme.token)
            #expect(answer.status == 401, "\(operation.name): \(answer.status)")
        }
        // Another tenant's people are nobody.
        #expect(try await bolt.call(.get, "/Users/\(id)").status == 404)
        #expect(try await bolt.call(.delete, "/Users/\(id)").status == 404)
        #expect(try await bolt.call(.get, "/Users").json["totalResults"] == 0)
        #expect(try await acme.call(.get, "/Users/\(id)").status == 200)
        // It is in no answer, in no line of the trail, in no line of the log and in no row.
        let trail = try await acme.ada.call(.get, "/audit-events?limit=100", expecting: 200)
        #expect(trail.text.contains("provisioning-client.created") && !trail.text.contains(acme.token))
        #expect(!LogBook.shared.text.contains(acme.token))
    }

    @Test func `a token ends with its time, its provider, its company, and when it is taken back`() async throws {
        let scene = try await Scene(try await Installation(), "acme")
        let (ada, path) = (scene.ada, "/identity-providers/\(scene.provider)")
        func status(_ token: String? = nil) async throws -> Int {
            try await scene.call(.get, "/Users", bearer: token).status
        }
        #expect(try await status() == 200)
        // A new token, while the old one is good for a while, or not.
        let second = try await ada.call(
            .post, "\(path)/provisioning-clients/\(scene.client)/rotate", ["overlapHours": 1], expecting: 200)["token"]
        #expect(try await status() == 200)
        #expect(try await status(second) == 200)
        let third = try await ada.call(
            .post, "\(path)/provisioning-clients/\(scene.client)/rotate", ["overlapHours": 0], expecting: 200)["token"]
        #expect(try await status() == 401)
        #expect(try await status(second) == 401)
        #expect(try await status(third) == 200)
        // Switched off and on again.
        func turn(_ enabled: Bool) async throws {
            let version = try await ada.call(.get, "\(path)/provisioning", expecting: 200).json["version"]
            guard case .int(let version)? = version else { return #expect(Bool(false)) }
            try await ada.call(
                .patch, "\(path)/provisioning", ["enabled": .bool(enabled)], version: Int(version), expecting: 200)
        }
        try await turn(false)
        #expect(try await status(third) == 401)
        try await turn(true)
        #expect(try await status(third) == 200)
        func enable(_ enabled: Bool) async throws {
            guard case .int(let version)? = try await ada.call(.get, path, expecting: 200).json["version"] else {
                return
            }
            try await ada.call(.patch, path, ["enabled": .bool(enabled)], version: Int(version), expecting: 200)
        }
        try await enable(false)
        #expect(try await status(third) == 401)
        try await enable(true)
        // The company is shut.
        let tenants = try await scene.installation.provider(.get, "/tenants")
        let tenant = try #require(tenants.items.first { $0["slug"] == "acme" }?["id"]?.text)
        #expect(try await scene.installation.provider(.post, "/tenants/\(tenant)/suspend").status == 200)
        let shut = try await scene.call(.post, "/Users", Self.ann, bearer: third)
        #expect(shut.status == 403 && shut.text.hasPrefix(Self.error), "\(shut.text)")
        #expect(try await scene.installation.provider(.post, "/tenants/\(tenant)/resume").status == 200)
        #expect(try await status(third) == 200)
        // Its time is over.
        let superuser = try await scene.installation.test.superuser()
        _ = try await superuser.execute("update provisioning_clients set expires_at = now() - interval '1 minute'")
        #expect(try await status(third) == 401)
        _ = try await superuser.execute("update provisioning_clients set expires_at = now() + interval '1 hour'")
        #expect(try await status(third) == 200)
        try await ada.call(.delete, "\(path)/provisioning-clients/\(scene.client)", expecting: 204)
        #expect(try await status(third) == 401)
    }

    @Test func `what goes wrong is told as programs expect it`() async throws {
        let scene = try await Scene(try await Installation(), "acme")
        let scim = ["Content-Type": "application/scim+json; charset=utf-8"]
        let made = try await scene.call(.post, "/Users", Self.ann, headers: scim)
        #expect(made.status == 201, "\(made.text)")
        let cases: [(Answer, Int, String?)] = [
            (try await scene.call(.post, "/Users", Self.ann), 409, "uniqueness"),
            (try await scene.call(.get, "/Users?filter=userName%20eq"), 400, "invalidFilter"),
            (try await scene.call(.get, "/Users/usr_x"), 404, nil),
            (try await scene.call(.get, "/Nothing"), 404, nil),
            (try await scene.call(.put, "/Users"), 405, nil),
            (try await scene.call(.get, "/Users", bearer: "ghp_nothing"), 401, nil),
            (try await scene.call(.post, "/Users", ["userName": "x"]), 400, "invalidSyntax"),
            (try await scene.call(.post, "/Users", Self.ann, headers: ["Content-Type": "text/plain"]), 415, nil),
            (
                try await scene.installation.call(
                    .post, "/scim/v2/Users", on: "acme", bearer: scene.token,
                    headers: ["Content-Type": "application/json"], raw: Array(#"{"a":1,"a":2}"#.utf8)), 400,
                "invalidSyntax"
            ),
            (
                try await scene.installation.call(
                    .post, "/scim/v2/Users", on: "acme", bearer: scene.token,
                    headers: ["Content-Type": "application/json"], raw: Array(repeating: 0x20, count: (1 << 20) + 1)),
                413, nil
            ),
        ]
        for (answer, status, kind) in cases {
            #expect(answer.status == status && answer.text.hasPrefix(Self.error), "\(answer.status) \(answer.text)")
            #expect(answer.json["scimType"]?.text == kind, "\(answer.text)")
            #expect(answer.json["status"]?.text == String(status))
        }
        // Nothing of the rest of the server is told so.
        let elsewhere = try await scene.installation.call(.get, "/api/v1/nothing", on: "acme")
        #expect(elsewhere["type"].hasPrefix("urn:gatehouse:problem:"))
    }
}
