import Access
import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

@Suite struct RequestTemplateTests {
    private struct Rack {
        let desk: Desk
        let endpoints: [MountedEndpoint]

        init() async throws {
            desk = try await Desk()
            endpoints = desk.stage.mount(RequestTemplateRoutes.group, on: desk.tickets)
        }

        func call(
            _ name: String, _ path: [String] = [], body: JSON? = nil, by user: UserID, version: Int? = nil,
            in scope: TenantScope? = nil
        ) async throws -> Answer {
            try await desk.stage.call(
                endpoints, "request-templates.\(name)", path, body: body, by: user, version: version,
                in: scope ?? desk.scope)
        }

        func offered(to user: UserID) async throws -> [JSON] {
            try await call("offered", by: user).items
        }

        /// What somebody is offered whose home is a part of the company.
        func offered(to user: UserID, at home: OrganizationID) async throws -> [String] {
            try await desk.tickets.offeredTemplates(
                to: user, among: TenantScope(tenant: desk.scope.tenant, organizations: [home]), in: desk.scope
            ).items.map(\.name)
        }
    }

    private func body(_ name: String, _ more: JSON = [:]) -> JSON {
        let body: JSON = ["name": .string(name), "reason": "Ticket no. ", "accounts": ["root"]]
        return body.merging(more)
    }

    @Test func `whoever looks after flows keeps templates, and those they are for are offered them`() async throws {
        let rack = try await Rack()
        let desk = rack.desk
        let crew = try await desk.stage.makeGroup("crew", of: [desk.rita], in: desk.scope)
        let made = try await rack.call(
            "create",
            body: body("Deploy", ["assets": [.string(desk.asset.text)], "groups": [.string(crew.text)]]), by: desk.bob)
        #expect(made.status == 201, "\(made.json)")
        let id = made["id"]
        #expect(made.json["groups"] == [["id": .string(crew.text), "name": "crew"]])
        let again = try await rack.call("create", body: body("Deploy"), by: desk.bob)
        #expect(again.problem == "template-name-taken")
        let offered = try await rack.offered(to: desk.rita)
        #expect(offered.map { $0["name"] } == ["Deploy"])
        #expect(offered[0]["assets"] == [["id": .string(desk.asset.text), "name": "web-1"]])
        // To whom else it is offered is nobody's business.
        #expect(offered[0]["groups"] == nil)
        #expect(try await rack.offered(to: desk.ann).isEmpty)
        #expect(try await rack.call("take", [id], by: desk.ann).status == 404)
        let stale = try await rack.call("replace", [id], body: body("Deploy 2"), by: desk.bob, version: 7)
        #expect(stale.status == 412 || stale.status == 409, "\(stale.status)")
        let changed = try await rack.call(
            "replace", [id], body: body("Deploy 2", ["enabled": false]), by: desk.bob, version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        #expect(try await rack.offered(to: desk.rita).isEmpty)
        #expect(try await rack.call("list", by: desk.bob).items.count == 1)
        #expect(try await rack.call("delete", [id], by: desk.bob).status == 204)
        #expect(try await rack.call("delete", [id], by: desk.bob).status == 404)
        #expect(
            try await desk.stage.events(in: desk.scope) == [
                "request-template.created", "request-template.changed", "request-template.deleted",
            ])
        let lines = try await desk.stage.lines(in: desk.scope)
        #expect(lines.contains("request-template.deleted success Deploy 2"), "\(lines)")
    }

    @Test func `a group that is gone opens a template to nobody`() async throws {
        let rack = try await Rack()
        let desk = rack.desk
        let crew = try await desk.stage.makeGroup("crew", of: [desk.rita], in: desk.scope)
        _ = try await rack.call("create", body: body("Deploy", ["groups": [.string(crew.text)]]), by: desk.bob)
        _ = try await desk.stage.database.execute(
            "delete from groups where tenant_id = \(desk.scope.tenant) and group_id = \(crew)", in: desk.scope)
        #expect(try await rack.offered(to: desk.rita).isEmpty)
        let kept = try await rack.call("list", by: desk.bob).items
        #expect(kept[0]["groups"] == [["id": .string(crew.text), "name": ""]])
    }

    @Test func `it finds what lies at its nodes and has its labels, of what the person may ask for`() async throws {
        let rack = try await Rack()
        let desk = rack.desk
        let (stage, scope) = (desk.stage, desk.scope)
        for asset in [desk.asset, desk.other] {
            try await stage.database.execute(
                """
                insert into asset_labels (tenant_id, key, value, asset_id)
                values (\(scope.tenant), 'env', 'prod', \(asset))
                """, in: scope)
        }
        let made = try await rack.call(
            "create", body: body("Prod", ["labels": [["key": "env", "value": "prod"]]]), by: desk.bob)
        #expect(made.status == 201, "\(made.json)")
        #expect(try await rack.offered(to: desk.rita).first?["findsMore"] == true)
        let taken = try await rack.call("take", [made["id"]], by: desk.rita)
        #expect(taken.json["assets"]?.elements.map { $0["name"] } == ["web-1", "web-2"])
        try await stage.database.execute(
            "update assets set state = 'disabled' where tenant_id = \(scope.tenant) and asset_id = \(desk.other)",
            in: scope)
        let europe = try await stage.makeOrganization("Europe", in: scope)
        let id = try #require(RequestTemplateID(made["id"]))
        let fewer = try await desk.tickets.offeredTemplate(id, to: desk.rita, among: nil, in: scope)
        #expect(fewer.assets.map(\.name) == ["web-1"])
        let none = try await desk.tickets.offeredTemplate(
            id, to: desk.rita, among: TenantScope(tenant: scope.tenant, organizations: [europe]), in: scope)
        #expect(none.assets.isEmpty)
    }

    @Test func `an organization's template is offered there, above and below, and looked after there only`()
        async throws
    {
        let rack = try await Rack()
        let desk = rack.desk
        let (stage, scope) = (desk.stage, desk.scope)
        let europe = try await stage.makeOrganization("Europe", in: scope)
        let berlin = try await stage.makeOrganization("Berlin", below: europe, in: scope)
        let asia = try await stage.makeOrganization("Asia", in: scope)
        let part = TenantScope(tenant: scope.tenant, organizations: [europe])
        _ = try await rack.call("create", body: body("Everywhere"), by: desk.bob)
        let made = try await rack.call("create", body: body("European"), by: desk.bob, in: part)
        #expect(made.json["organizationName"] == "Europe")
        #expect(
            try await rack.call("list", by: desk.bob, in: part).items.map { $0["template"]?["name"] } == ["European"])
        #expect(try await rack.offered(to: desk.rita, at: berlin) == ["European", "Everywhere"])
        #expect(try await rack.offered(to: desk.rita, at: asia) == ["Everywhere"])
        #expect(try await rack.offered(to: desk.rita).count == 2)
        let elsewhere = TenantScope(tenant: scope.tenant, organizations: [asia])
        #expect(try await rack.call("delete", [made["id"]], by: desk.bob, in: elsewhere).status == 404)
        // Who is confined names nothing that lies elsewhere.
        let crew = try await stage.makeGroup("crew", of: [], in: scope)
        let hidden: [JSON] = [["assets": [.string(desk.asset.text)]], ["groups": [.string(crew.text)]]]
        for more in hidden {
            #expect(try await rack.call("create", body: body("X", more), by: desk.bob, in: part).status == 422)
        }
    }

    @Test func `people keep their own, which nobody else sees`() async throws {
        let rack = try await Rack()
        let desk = rack.desk
        let mine = try await rack.call(
            "save-own", body: body("Mine", ["assets": [.string(desk.asset.text)]]), by: desk.rita)
        #expect(mine.status == 201 && mine.json["isOwn"] == true, "\(mine.json)")
        #expect(try await rack.call("save-own", body: body("Mine"), by: desk.rita).problem == "template-name-taken")
        #expect(try await rack.call("save-own", body: body("Mine"), by: desk.ann).status == 201)
        #expect(try await rack.call("list", by: desk.bob).items.isEmpty)
        #expect(try await rack.call("take", [mine["id"]], by: desk.ann).status == 404)
        #expect(try await rack.call("delete-own", [mine["id"]], by: desk.ann).status == 404)
        #expect(try await rack.call("delete", [mine["id"]], by: desk.bob).status == 404)
        let crew = try await desk.stage.makeGroup("crew", of: [desk.rita], in: desk.scope)
        let shared = try await rack.call(
            "save-own", body: body("Theirs", ["groups": [.string(crew.text)]]), by: desk.rita)
        #expect(shared.status == 422)
        let placed = try await rack.call(
            "save-own", body: body("Placed", ["organization": .string(OrganizationID.new().text)]), by: desk.rita)
        #expect(placed.status == 422)
        let unknown = try await rack.call(
            "save-own", body: body("Gone", ["assets": [.string(AssetID.new().text)]]), by: desk.rita)
        #expect(unknown.problem == "unknown-asset")
        for number in 1..<RequestTemplate.mostOwn {
            #expect(try await rack.call("save-own", body: body("No. \(number)"), by: desk.rita).status == 201)
        }
        #expect(try await rack.call("save-own", body: body("One more"), by: desk.rita).status == 422)
        #expect(try await rack.call("delete-own", [mine["id"]], by: desk.rita).status == 204)
        #expect(try await rack.call("save-own", body: body("One more"), by: desk.rita).status == 201)
        #expect(try await desk.stage.events(in: desk.scope).isEmpty)
    }

    @Test func `there are as many as are shown and no more, whatever people have of their own`() async throws {
        let rack = try await Rack()
        let desk = rack.desk
        let made = try await rack.call("create", body: body("Deploy"), by: desk.bob)
        #expect(try await rack.call("save-own", body: body("Mine"), by: desk.rita).status == 201)
        try await desk.stage.database.execute(
            """
            insert into request_templates (tenant_id, request_template_id, org_id, name, note, is_enabled, kind, content,
                asset_ids, node_ids, labels, accounts, actions, duration_seconds, reason, group_ids, created_at)
            select t.tenant_id, gen_random_uuid(), t.org_id, 'No. ' || n.number, t.note, t.is_enabled, t.kind, t.content,
                t.asset_ids, t.node_ids, t.labels, t.accounts, t.actions, t.duration_seconds, t.reason, t.group_ids,
                t.created_at
            from request_templates t cross join generate_series(2, \(RequestTemplate.most - 1)) as n (number)
            where t.tenant_id = \(desk.scope.tenant) and t.owner_id is null
            """, in: desk.scope)
        #expect(try await rack.call("create", body: body("The last"), by: desk.bob).status == 201)
        #expect(try await rack.call("list", by: desk.bob).items.count == RequestTemplate.most)
        let refused = try await rack.call("create", body: body("One more"), by: desk.bob)
        #expect(refused.status == 422 && refused.problem == "invalid-fields", "\(refused.json)")
        #expect(try await rack.call("save-own", body: body("Mine too"), by: desk.rita).status == 201)
        #expect(try await rack.call("delete", [made["id"]], by: desk.bob).status == 204)
        #expect(try await rack.call("create", body: body("One more"), by: desk.bob).status == 201)
    }

    @Test func `another company sees and changes nothing of it`() async throws {
        let rack = try await Rack()
        let desk = rack.desk
        let made = try await rack.call("create", body: body("Deploy"), by: desk.bob)
        let bolt = try await desk.stage.makeTenant("bolt")
        let eve = try await desk.stage.makeUser("eve", in: bolt)
        #expect(try await rack.call("list", by: eve, in: bolt).items.isEmpty)
        #expect(try await rack.call("offered", by: eve, in: bolt).items.isEmpty)
        #expect(try await rack.call("take", [made["id"]], by: eve, in: bolt).status == 404)
        #expect(
            try await rack.call("replace", [made["id"]], body: body("x"), by: eve, version: 1, in: bolt).status == 404)
        #expect(try await rack.call("delete", [made["id"]], by: eve, in: bolt).status == 404)
        #expect(try await rack.call("list", by: desk.bob).items.count == 1)
    }

    @Test(arguments: [
        #"{"name": " "}"#, #"{"name": "x", "kind": "break-glass"}"#, #"{"name": "x", "kind": "extension"}"#,
        #"{"name": "x", "content": []}"#, #"{"name": "x", "kind": "general", "accounts": ["root"]}"#,
        #"{"name": "x", "durationSeconds": 59}"#,
    ]) func `what no request could be is no template`(text: String) async throws {
        let rack = try await Rack()
        let answer = try await rack.call("create", body: JSONParser.parse(Array(text.utf8)), by: rack.desk.bob)
        #expect(answer.status == 422, "\(answer.json)")
    }

    @Test func `the roles that one may ask for are names, without what everybody has and what one has`() async throws {
        let rack = try await Rack()
        let desk = rack.desk
        _ = try await desk.stage.makeRole("Mine", of: [desk.rita], in: desk.scope)
        _ = try await desk.stage.makeRole("Other", of: [desk.ann], in: desk.scope)
        let answer = try await rack.call("askable-roles", by: desk.rita)
        let names = answer.json["roles"]?.elements.compactMap { $0["name"]?.text } ?? []
        #expect(names.contains("Other") && !names.contains("Mine") && !names.contains("user"), "\(answer.json)")
        #expect(answer.json["organizations"]?.elements.first?["isWhole"] == true)
    }
}

extension JSON {
    fileprivate var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
}
