import HTTPAPI
import HTTPTypes
import Identity
import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// Every operation against a role that has its permission and nothing else, and against one that has everything but it.
@Suite(.serialized) struct RoleMatrixTests {
    /// What does not end, or ends the session in which the rest is asked: held closed like all others, not opened.
    private static let unopened: Set<String> = ["events.stream", "me.sign-out"]

    @Test func `an operation is open to its permission alone, and closed to all others together`() async throws {
        let installation = try await Installation()
        let household = try await Household(installation.makeTenant("acme"))
        let ada = household.person
        let role = try await ada.call(.post, "/roles", ["name": "Matrix", "permissions": []], expecting: 201)["id"]
        let link = try await ada.call(
            .post, "/users", ["login": "max", "name": "Max", "roles": [.string(role)]], expecting: 201)
        let max = Person(installation: installation, slug: "acme", login: "max")
        try await max.comeIn(by: link["invitationUrl"])
        var version = 1
        func allow(_ codes: [String]) async throws {
            let body: JSON = ["permissions": .array(codes.map(JSON.string))]
            try await ada.call(.patch, "/roles/\(role)", body, version: version, expecting: 200)
            version += 1
        }
        func isClosed(_ operation: HTTPAPI.Operation) async throws -> Bool {
            let template = CrossTenantTests.path(operation.path)
            let path = try #require(household.path(of: template), "\(template)")
            let body = CrossTenantTests.body(operation, link["id"]) ?? (operation.method == .get ? JSON?.none : [:])
            let answer = try await max.call(
                try CrossTenantTests.method(operation), path + (operation.name == "recordings.search" ? "?q=x" : ""),
                body, version: operation.precondition == .ifMatch ? 1 : nil)
            #expect(answer.status != 401, "\(operation.name): \(answer.text)")
            let reasons: JSON = [["code": "permission-missing", "message": .string(operation.permission.code)]]
            return answer.json["reasons"] == reasons
        }

        let codes = Catalogue.permissions.all.map(\.code).sorted()
        for (place, code) in codes.enumerated() {
            let own = Catalogue.tenant.filter { $0.permission.code == code }
            try await allow(codes.filter { $0 != code })
            for operation in own {
                #expect(try await isClosed(operation), "\(operation.name) is open without \(code)")
            }
            try await allow([code])
            for operation in own where !Self.unopened.contains(operation.name) {
                #expect(try await !isClosed(operation), "\(operation.name) is closed with \(code)")
            }
            let next = codes[(place + 1) % codes.count]
            for operation in Catalogue.tenant where operation.permission.code == next {
                #expect(try await isClosed(operation), "\(operation.name) is open with \(code)")
            }
        }
    }

    @Test func `a role of all that organizations can have opens nothing outside of the one where it is held`()
        async throws
    {
        let company = try await DividedCompany()
        let (ada, rest) = (company.ada, company.rest)
        let codes = Catalogue.permissions.all.filter { PermissionCatalogue.place(of: $0) != .tenant }.map(\.code)
        let role = try await ada.call(
            .post, "/roles",
            [
                "name": "Everything of a part", "scope": "organization",
                "permissions": .array(codes.sorted().map(JSON.string)),
            ], expecting: 201)["id"]
        let link = try await ada.call(.post, "/users", ["login": "mia", "name": "Mia", "roles": []], expecting: 201)
        let mia = Person(installation: company.installation, slug: "acme", login: "mia")
        try await mia.comeIn(by: link["invitationUrl"])
        try await ada.call(
            .post, "/organizations/\(company.europe)/members", ["users": [.string(link["id"])]], expecting: 200)
        try await ada.call(
            .put, "/organizations/\(company.europe)/roles/\(role)/users/\(link["id"])", expecting: 204)
        let own = try await company.fill(mia)
        for (kind, path) in [("users", "/users"), ("groups", "/groups"), ("assets", "/assets"), ("grants", "/grants")] {
            try await mia.call(.get, "\(path)/\(own[kind]!)", expecting: 200)
        }

        for operation in Catalogue.tenant where operation.path.contains("{") {
            let template = CrossTenantTests.path(operation.path)
            let paths = [
                try #require(rest.path(of: template), "\(operation.name)"),
                try #require(rest.missing(of: template), "\(operation.name)"),
            ]
            var answers: [Answer] = []
            for path in paths {
                answers.append(
                    try await mia.call(
                        try CrossTenantTests.method(operation),
                        path + (operation.name == "recordings.search" ? "?q=x" : ""),
                        CrossTenantTests.body(operation, link["id"]),
                        version: operation.precondition == .ifMatch ? 1 : nil))
            }
            #expect([403, 404].contains(answers[0].status), "\(operation.name): \(answers[0].text)")
            #expect(
                answers[0].status == answers[1].status && answers[0]["type"] == answers[1]["type"],
                "\(operation.name): \(answers[0].text) \(answers[1].text)")
        }
        for path in ["/users", "/groups", "/assets", "/nodes", "/accounts", "/grants", "/tickets", "/role-holders"] {
            let answer = try await mia.call(.get, path, expecting: 200)
            for (kind, id) in rest.ids where !["roles", "flows", "me/sessions"].contains(kind) {
                #expect(!answer.text.contains(id), "\(path) shows \(kind)")
            }
            let elsewhere = try await company.call(mia, .get, path, in: company.asia)
            #expect(elsewhere.status == 404, "\(path): \(elsewhere.text)")
        }
        try await ada.call(
            .put, "/organizations/\(company.root)/roles/\(role)/users/\(link["id"])", expecting: 204)
        try await mia.call(.get, "/assets/\(rest.ids["assets"]!)", expecting: 200)
    }

    @Test(.timeLimit(.minutes(2))) func `streams of a person end when their role changes, or what roles they have`()
        async throws
    {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let codes: JSON = ["events.follow", "profile.use"]
        let made: JSON = ["name": "Follower", "permissions": codes]
        let role = try await ada.call(.post, "/roles", made, expecting: 201)["id"]
        let link = try await ada.call(
            .post, "/users", ["login": "max", "name": "Max", "roles": [.string(role)]], expecting: 201)
        let max = Person(installation: installation, slug: "acme", login: "max")
        try await max.comeIn(by: link["invitationUrl"])
        let token = try await max.call(.post, "/me/tokens", ["name": "stream"], expecting: 201)["token"]

        let first = try await installation.stream("/events/stream", on: "acme", bearer: token)
        #expect(first.head.status == 200)
        try await ada.call(.patch, "/roles/\(role)", ["permissions": ["events.follow"]], version: 1, expecting: 200)
        await Self.finish(first)
        let second = try await installation.stream("/events/stream", on: "acme", bearer: token)
        #expect(second.head.status == 200)
        let shown = try await ada.call(.get, "/users/\(link["id"])", expecting: 200)
        guard case .int(let version)? = shown.json["version"] else { throw DividedCompany.Missing() }
        try await ada.call(.patch, "/users/\(link["id"])", ["roles": []], version: Int(version), expecting: 200)
        await Self.finish(second)
        #expect(try await installation.call(.get, "/api/v1/events/stream", on: "acme", bearer: token).status == 403)
    }

    /// Follows a stream until it is over, however it ends.
    private static func finish(_ stream: OutboundStream) async {
        do {
            for try await _ in stream {}
        } catch {}
    }
}
