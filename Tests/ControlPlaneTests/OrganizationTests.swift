import Foundation
import HTTPAPI
import HTTPTypes
import Identity
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// A company in parts, and somebody who administers one of them: of the rest there is nothing to be had.
@Suite(.serialized) struct OrganizationTests {
    @Test func `who administers a part sees and changes nothing of the rest, whatever they ask for`() async throws {
        let company = try await DividedCompany()
        let (eva, rest) = (company.eva, company.rest)
        var forbidden: Set<String> = []

        for operation in Catalogue.tenant where operation.path.contains("{") {
            let path = try #require(rest.path(of: CrossTenantTests.path(operation.path)), "\(operation.name)")
            let missing = try #require(rest.missing(of: CrossTenantTests.path(operation.path)), "\(operation.name)")
            let tail = operation.name == "recordings.search" ? "?q=x" : ""
            var answers: [Answer] = []
            for path in [path, missing] {
                answers.append(
                    try await eva.call(
                        try CrossTenantTests.method(operation), path + tail,
                        CrossTenantTests.body(operation, company.evaID),
                        version: operation.precondition == .ifMatch ? 1 : nil))
            }
            #expect(
                [403, 404].contains(answers[0].status), "\(operation.name): \(answers[0].status) \(answers[0].text)")
            #expect(answers[0].status == answers[1].status, "\(operation.name)")
            #expect(answers[0]["type"] == answers[1]["type"] && answers[0]["detail"] == answers[1]["detail"])
            if answers[0].status == 403 { forbidden.insert(operation.group) }
        }
        // What is of the company as a whole is not there for parts of it.
        #expect(forbidden.isSuperset(of: ["webhooks"]), "\(forbidden)")
        #expect(
            forbidden.isDisjoint(with: [
                "users", "groups", "assets", "nodes", "accounts", "access", "flows", "sessions",
            ]))

        for operation in Catalogue.tenant
        where operation.method == .get && !operation.path.contains("{") && operation.name != "events.stream" {
            let answer = try await eva.call(.get, CrossTenantTests.path(operation.path))
            #expect([200, 403, 503].contains(answer.status), "\(operation.name): \(answer.status) \(answer.text)")
            // Her own trail also has what she asked for and was refused, in her own words.
            let lines = answer.items.filter { $0["outcome"] == "success" }
            let text =
                operation.group == "audit" ? String(decoding: JSON.array(lines).bytes, as: UTF8.self) : answer.text
            for (kind, id) in rest.ids where !["roles", "flows", "me/sessions"].contains(kind) {
                #expect(!text.contains(id), "\(operation.name) shows \(kind)")
            }
            #expect(!answer.text.contains("web-1") && !answer.text.contains("#1"), "\(operation.name) shows a name")
        }
        for path in ["/settings", "/webhooks", "/keys", "/usage", "/support-accesses", "/invoices"] {
            #expect(try await eva.call(.get, path).status == 403, "\(path)")
        }
        // Nothing of it has changed.
        let ada = company.ada
        #expect(try await ada.call(.get, "/assets/\(rest.ids["assets"]!)", expecting: 200).json["version"] == 1)
        #expect(try await ada.call(.get, "/grants/\(rest.ids["grants"]!)")["state"] == "active")
        #expect(try await ada.call(.get, "/users/\(rest.ids["users"]!)")["state"] == "active")
    }

    @Test func `what lies elsewhere cannot be referred to either, and looks as if it were not there`() async throws {
        let company = try await DividedCompany()
        let (eva, rest) = (company.eva, company.rest)
        let own = try await company.fill(eva)
        for id in ["users", "groups", "assets", "nodes"] { #expect(own[id] != nil) }
        func foreign(_ kind: String) -> [String] { [rest.ids[kind]!, rest.missingID(of: kind)] }
        func grant(_ more: JSON) -> JSON {
            let whole: JSON = [
                "name": "G", "users": [.string(own["users"]!)], "groups": [], "assets": [.string(own["assets"]!)],
                "nodes": [], "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
            ]
            return whole.merging(more)
        }
        typealias Attempt = (method: OutboundRequest.Method, path: String, body: (String) -> JSON?)
        let attempts: [(kind: String, attempt: Attempt)] = [
            ("nodes", (.post, "/assets", { ["name": "x", "address": "10.0.0.9", "nodes": [.string($0)]] })),
            ("nodes", (.post, "/nodes", { ["name": "x", "parent": .string($0)] })),
            (
                "assets",
                (.post, "/accounts", { ["asset": .string($0), "name": "x", "kind": "password", "secret": "s3cret!"] })
            ),
            ("users", (.post, "/grants", { grant(["users": [.string($0)]]) })),
            ("groups", (.post, "/grants", { grant(["groups": [.string($0)]]) })),
            ("assets", (.post, "/grants", { grant(["assets": [.string($0)]]) })),
            ("nodes", (.post, "/grants", { grant(["nodes": [.string($0)]]) })),
            ("assets", (.post, "/tickets", { ["reason": "x", "assets": [.string($0)], "accounts": ["root"]] })),
            (
                "assets",
                (
                    .post, "/access/decide",
                    { ["user": .string(own["users"]!), "asset": .string($0), "account": "root"] }
                )
            ),
            (
                "users",
                (
                    .post, "/access/decide",
                    { ["user": .string($0), "asset": .string(own["assets"]!), "account": "root"] }
                )
            ),
            ("organizations", (.post, "/organizations", { ["name": "x", "parent": .string($0)] })),
            ("users", (.post, "/organizations/\(company.europe)/members", { ["users": [.string($0)]] })),
            ("groups", (.post, "/organizations/\(company.europe)/members", { ["groups": [.string($0)]] })),
            ("assets", (.post, "/organizations/\(company.europe)/members", { ["assets": [.string($0)]] })),
            ("nodes", (.post, "/organizations/\(company.europe)/members", { ["nodes": [.string($0)]] })),
            ("organizations", (.post, "/organizations/\(company.europe)/merge", { ["into": .string($0)] })),
        ]
        for (kind, attempt) in attempts {
            var answers: [Answer] = []
            for id in foreign(kind) {
                answers.append(try await eva.call(attempt.method, attempt.path, attempt.body(id)))
            }
            #expect([404, 422].contains(answers[0].status), "\(attempt.path) \(kind): \(answers[0].text)")
            #expect(
                answers[0].status == answers[1].status && answers[0]["type"] == answers[1]["type"], "\(attempt.path)")
        }
        for id in foreign("users") {
            #expect(try await eva.call(.put, "/groups/\(own["groups"]!)/members/\(id)").status == 404)
        }
        for id in foreign("organizations") {
            let elsewhere = try await company.call(eva, .get, "/assets", in: id)
            #expect(elsewhere.status == 404, "\(elsewhere.text)")
        }
        // The company itself is an organization too: one that is not hers.
        let roles = try await eva.call(.get, "/roles", expecting: 200).items
        let administrator = roles.first { $0["builtIn"] == "administrator" }?["id"]?.text ?? ""
        let above = "/organizations/\(company.root)/roles/\(administrator)/users/\(company.evaID)"
        #expect(try await eva.call(.put, above).status == 404)
        #expect(try await eva.call(.get, "/users/\(company.adaID)").status == 404)
    }

    @Test func `a part is administered like a company: its people, things, grants, requests and trail`() async throws {
        let company = try await DividedCompany()
        let (ada, eva) = (company.ada, company.eva)
        let own = try await company.fill(eva)
        for (kind, path) in [("users", "/users"), ("groups", "/groups"), ("assets", "/assets"), ("grants", "/grants")] {
            let shown = try await eva.call(.get, path, expecting: 200).items.compactMap { $0["id"]?.text }
            #expect(shown.contains(own[kind]!), "\(path)")
            // Whoever sees all may look at a part.
            #expect(try await ada.call(.get, path).text.contains(own[kind]!))
            let filtered = try await company.call(ada, .get, path, in: company.europe)
            #expect(filtered.items.compactMap { $0["id"]?.text }.sorted() == shown.sorted(), "\(path)")
            #expect(try await !company.call(ada, .get, path, in: company.asia).text.contains(own[kind]!), "\(path)")
        }
        let decided = try await eva.call(
            .post, "/access/decide",
            ["user": .string(own["users"]!), "asset": .string(own["assets"]!), "account": "root"], expecting: 200)
        #expect(decided.json["allowed"] == true, "\(decided.text)")
        try await eva.call(.post, "/users/\(own["users"]!)/disable", expecting: 200)

        let trail = try await eva.call(.get, "/audit-events?limit=200", expecting: 200)
        let targets = Set(trail.items.compactMap { $0["target"]?["id"]?.text })
        #expect(targets.isSuperset(of: [own["users"]!, own["assets"]!, own["grants"]!]))
        #expect(targets.isDisjoint(with: company.rest.ids.values.filter { $0 != company.europe }))
        let whole = try await ada.call(.get, "/audit-events?limit=200", expecting: 200)
        #expect(whole.items.count > trail.items.count)

        // She makes another administrator of her part, and that one is as confined as she is.
        let link = try await eva.call(
            .post, "/users", ["login": "emil", "name": "Emil", "roles": ["administrator"]], expecting: 201)
        let emil = Person(installation: company.installation, slug: "acme", login: "emil")
        try await emil.comeIn(by: link["invitationUrl"])
        #expect(try await emil.call(.get, "/assets/\(own["assets"]!)").status == 200)
        #expect(try await emil.call(.get, "/assets/\(company.rest.ids["assets"]!)").status == 404)
        #expect(try await emil.call(.get, "/settings").status == 403)
        #expect(try await emil.call(.get, "/me").text.contains("users.manage"))
    }

    @Test func `nobody who may do more elsewhere is in the hands of a part's administrator`() async throws {
        let company = try await DividedCompany()
        // Ada herself moves into Europe, and keeps her role for the company.
        let second = try await company.ada.call(
            .post, "/users", ["login": "zoe", "name": "Zoe", "roles": ["auditor"]], expecting: 201)
        let id = second["id"]
        try await company.ada.call(
            .post, "/organizations/\(company.europe)/members", ["users": [.string(id)]], expecting: 200)
        // Her role came along: she is an auditor of Europe now.
        try await company.eva.call(.post, "/users/\(id)/invitation", expecting: 201)
        let roles = try await company.ada.call(.get, "/roles").items
        let auditor = roles.first { $0["builtIn"] == "auditor" }?["id"]?.text ?? ""
        try await company.ada.call(.put, "/organizations/\(company.asia)/roles/\(auditor)/users/\(id)")
        for path in ["/users/\(id)/invitation", "/users/\(id)/disable"] {
            let refused = try await company.eva.call(.post, path)
            #expect(refused.status == 403, "\(refused.text)")
        }
        let bindings = try await company.ada.call(.get, "/organizations/\(company.asia)/bindings", expecting: 200)
        #expect(bindings.items.map { $0["user"]?["login"]?.text } == ["zoe"])
        // The last administrator of the company cannot be made one of a part only.
        let last = try await company.ada.call(
            .post, "/organizations/\(company.europe)/members", ["users": [.string(company.adaID)]])
        #expect(last.status == 409 && last["type"].hasSuffix("last-administrator"), "\(last.text)")
    }

    @Test func `where a part moves, its administrators and its grants move with it`() async throws {
        let company = try await DividedCompany()
        let (ada, eva) = (company.ada, company.eva)
        let asset = try await company.call(
            ada, .post, "/assets", ["name": "tokyo", "address": "10.1.0.1"], in: company.asia)["id"]
        try await company.call(
            ada, .post, "/accounts",
            ["asset": .string(asset), "name": "root", "kind": "password", "secret": "s3cret of tokyo"],
            in: company.asia)
        #expect(try await eva.call(.get, "/assets/\(asset)").status == 404)
        try await company.move(company.asia, below: company.europe)
        #expect(try await eva.call(.get, "/assets/\(asset)").status == 200)
        let own = try await company.fill(eva)
        let granted = try await eva.call(
            .post, "/grants",
            [
                "name": "Tokyo", "users": [.string(own["users"]!)],
                "assets": [.string(own["assets"]!), .string(asset)],
                "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
            ], expecting: 201)
        let question: JSON = ["user": .string(own["users"]!), "asset": .string(asset), "account": "root"]
        #expect(try await ada.call(.post, "/access/decide", question).json["allowed"] == true)
        // Inside of itself nothing moves, and the top stays where it is.
        for (id, below) in [(company.europe, company.asia), (company.europe, company.europe)] {
            let refused = try await company.tryMoving(id, below: below)
            #expect(refused.status == 409 && refused["type"].hasSuffix("organization-inside-itself"), "\(refused.text)")
        }
        let top = try await company.tryMoving(company.root, below: company.asia)
        #expect(top.status == 409 && top["type"].hasSuffix("root-organization"), "\(top.text)")
        // Outside of the organization that it belongs to, a grant opens nothing.
        try await company.move(company.asia, below: company.root)
        #expect(try await eva.call(.get, "/assets/\(asset)").status == 404)
        #expect(try await ada.call(.post, "/access/decide", question).json["allowed"] == false)
        #expect(try await ada.call(.get, "/grants/\(granted["id"])")["state"] == "active")
    }

    @Test func `merging gives everything to the other part, its history too, and lets nobody rise`() async throws {
        let company = try await DividedCompany()
        let (ada, eva) = (company.ada, company.eva)
        let link = try await company.call(
            ada, .post, "/users", ["login": "aki", "name": "Aki", "roles": ["administrator"]], in: company.asia)
        let aki = Person(installation: company.installation, slug: "acme", login: "aki")
        try await aki.comeIn(by: link["invitationUrl"])
        let own = try await company.fill(aki)
        let below = try await aki.call(.post, "/organizations", ["name": "Japan"], expecting: 201)["id"]
        #expect(
            try await eva.call(.post, "/organizations/\(company.europe)/merge", ["into": .string(below)]).status == 422)
        let full = try await ada.call(.delete, "/organizations/\(company.asia)")
        #expect(full.status == 409 && full["type"].hasSuffix("organization-not-empty"), "\(full.text)")
        try await ada.call(
            .post, "/organizations/\(company.asia)/merge", ["into": .string(company.europe)], expecting: 200)

        for (kind, path) in [("users", "/users"), ("groups", "/groups"), ("assets", "/assets"), ("grants", "/grants")] {
            #expect(try await eva.call(.get, "\(path)/\(own[kind]!)").status == 200, "\(path)")
        }
        let tree = try await eva.call(.get, "/organizations", expecting: 200)
        let names = tree.items.map { "\($0["name"]?.text ?? "") below \($0["parent"]?.text ?? "-")" }
        #expect(names == ["Europe below -", "Japan below \(company.europe)"])
        let trail = try await eva.call(.get, "/audit-events?limit=200", expecting: 200)
        #expect(trail.text.contains(own["assets"]!))
        // Whoever administered what is no more administers nothing.
        #expect(try await aki.call(.get, "/users").status == 403)
        #expect(try await ada.call(.get, "/organizations/\(company.asia)/bindings").status == 404)
        #expect(try await company.call(eva, .get, "/assets", in: below).status == 200)
        try await ada.call(.delete, "/organizations/\(below)", expecting: 204)
    }

    @Test func `what is worth something below the top is known by name, and is one or the other`() {
        let known = PermissionCatalogue.divided.union(PermissionCatalogue.personal)
        #expect(known.subtracting(Catalogue.permissions.all).map(\.code).sorted() == [])
        #expect(PermissionCatalogue.divided.isDisjoint(with: PermissionCatalogue.personal))
    }

    @Test func `a scope with no organization reaches no row, whatever the statement`() async throws {
        let company = try await DividedCompany()
        let own = try await company.fill(company.eva)
        let superuser = try await company.installation.test.superuser()
        try await superuser.execute(
            """
            insert into secret_checkouts (tenant_id, checkout_id, account_id, user_id, ticket_id, number, starts_at, ends_at,
              created_at)
            select a.tenant_id, gen_random_uuid(), a.account_id, u.user_id, gen_random_uuid(), 1, now(),
              now() + interval '1 hour', now()
            from accounts a join users u on u.tenant_id = a.tenant_id and u.user_id = \(UserID(own["users"]!))
            where a.account_id = \(AccountID(own["accounts"]!))
            """)
        let tables = try await superuser.query(
            "select distinct tablename::text from pg_policies where policyname like 'organization%' and cmd <> 'INSERT'"
        ) { try $0.next(String.self) }
        #expect(Set(tables) == Set(Self.counts.keys))
        let tenant = try #require(
            try await superuser.query("select tenant_id from tenants where slug = 'acme'") {
                try $0.next(TenantID.self)
            }.first)
        let database = company.installation.test.database
        for (table, statement) in Self.counts {
            let all = try await database.first(statement, in: TenantScope(tenant: tenant)) { try $0.next(Int.self) }
            let none = try await database.first(statement, in: TenantScope(tenant: tenant, organizations: [])) {
                try $0.next(Int.self)
            }
            #expect(none == 0 && all.map { $0 > 0 } == true, "\(table): \(all ?? -1)")
        }
    }

    /// Every table that is divided among organizations.
    private static let counts: [String: SQL] = [
        "organizations": "select count(*) from organizations", "users": "select count(*) from users",
        "groups": "select count(*) from groups", "nodes": "select count(*) from nodes",
        "assets": "select count(*) from assets", "grants": "select count(*) from grants",
        "tickets": "select count(*) from tickets", "sessions": "select count(*) from sessions",
        "commands": "select count(*) from commands", "asset_nodes": "select count(*) from asset_nodes",
        "recordings": "select count(*) from recordings", "accounts": "select count(*) from accounts",
        "host_keys": "select count(*) from host_keys", "flows": "select count(*) from flows",
        "flow_levels": "select count(*) from flow_levels", "flow_copies": "select count(*) from flow_copies",
        "flow_approvers": "select count(*) from flow_approvers",
        "request_templates": "select count(*) from request_templates",
        "secret_checkouts": "select count(*) from secret_checkouts",
        "audit_events": "select count(*) from audit_events",
    ]
}
