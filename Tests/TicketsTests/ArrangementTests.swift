import Access
import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// Whoever looks after assets does not choose by it who decides about what they ask for.
@Suite struct ArrangementTests {
    private struct Estate {
        let desk: Desk
        let assets: Assets
        let endpoints: [MountedEndpoint]

        init() async throws {
            desk = try await Desk()
            assets = Assets(
                database: desk.stage.database, outbox: Outbox(), scanner: HostKeyScanner { _, _ in [] })
            endpoints =
                desk.stage.mount(AssetRoutes.group, on: assets) + desk.stage.mount(NodeRoutes.group, on: assets)
            _ = try await desk.tickets.createFlow(
                SaveFlow(
                    name: "Owners", isDefault: true, approvesLowRisk: true,
                    levels: [
                        FlowLevel(
                            name: "Owner",
                            approvers: [.relation(.assetOwner), .relation(.nodeOwner), .user(desk.ann)])
                    ]),
                at: desk.stage.now, audit: .discarding, in: desk.scope)
        }

        func change(_ body: JSON, by user: UserID, managesFlows: Bool = false) async throws {
            let version = try await assets.find(desk.asset, in: desk.scope).version
            let answer = try await desk.stage.call(
                endpoints, "assets.change", [desk.asset.text], body: body, by: user,
                permissions: ["assets.manage"] + (managesFlows ? ["flows.manage"] : []), version: version,
                in: desk.scope)
            #expect(answer.status == 200, "\(answer.json)")
        }

        func seats(for user: UserID) async throws -> Set<UserID> {
            Set(try await plan(for: user).levels.flatMap { $0.seats.map(\.user) })
        }

        func plan(for user: UserID, _ asset: AssetID? = nil, account: String = "root") async throws -> FlowPlan {
            let ask = TicketAsk(
                assets: [asset ?? desk.asset], accounts: [try AccountName(account)], protocols: [.ssh],
                actions: [.connect],
                startsAt: nil, duration: 3_600)
            return try await desk.stage.database.transaction(in: desk.scope) { transaction in
                try await desk.tickets.plan(
                    TicketDraft(ask: ask, reason: "x"), by: user, at: desk.stage.now, in: desk.scope, transaction)
            }
        }
    }

    @Test func `an owner whom the person who asks has named decides nothing of theirs`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        try await estate.change(["owner": .string(desk.bob.text)], by: desk.rita)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
        // For others that owner is one; by another account of theirs it is the same as by themselves.
        #expect(try await estate.seats(for: desk.abe) == [desk.ann, desk.bob])
        try await desk.give(desk.rita, "r@acme.example")
        try await desk.give(desk.abe, "R@acme.example")
        #expect(try await estate.seats(for: desk.abe) == [desk.ann])
        // Whoever looks after flows says it again, and it holds for everybody.
        try await estate.change(["owner": .string(desk.bob.text)], by: desk.ann, managesFlows: true)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann, desk.bob])
    }

    @Test func `nobody makes themselves an owner who decides, by whichever account`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        try await estate.change(["owner": .string(desk.bob.text)], by: desk.bob)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
        try await estate.change(["owner": .string(desk.abe.text)], by: desk.bob)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann, desk.abe])
        try await desk.give(desk.bob, "b@acme.example")
        try await desk.give(desk.abe, "B@acme.example")
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
        // An owner who looks after labels only stays one.
        try await desk.give(desk.abe, "a@acme.example")
        try await estate.change(["labels": [["key": "env", "value": "dev"]]], by: desk.abe)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann, desk.abe])
    }

    @Test func `what somebody labelled or moved themselves is riskier, asks people, and no owner`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        try await estate.change(["owner": .string(desk.bob.text)], by: desk.ann, managesFlows: true)
        #expect(try await estate.plan(for: desk.rita, account: "deploy").approvesItself)
        try await estate.change(["description": "Web"], by: desk.rita)
        #expect(try await estate.plan(for: desk.rita, account: "deploy").approvesItself)
        try await estate.change(["labels": [["key": "env", "value": "dev"]]], by: desk.rita)
        let plan = try await estate.plan(for: desk.rita, account: "deploy")
        #expect(!plan.approvesItself && plan.riskReasons.contains { $0.code == .arranged })
        #expect(plan.levels.map { $0.seats.map(\.user) } == [[desk.ann]])
        #expect(try await estate.plan(for: desk.abe, account: "deploy").approvesItself)
    }

    @Test func `who looks after flows settles what they say, and no ownership along with it`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        try await estate.change(["owner": .string(desk.bob.text)], by: desk.bob)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
        try await estate.change(["labels": [["key": "env", "value": "dev"]]], by: desk.rita)
        try await estate.change(["description": "Web"], by: desk.ann, managesFlows: true)
        #expect(try await !estate.plan(for: desk.rita, account: "deploy").approvesItself)
        try await estate.change(["labels": [["key": "env", "value": "test"]]], by: desk.ann, managesFlows: true)
        #expect(try await estate.plan(for: desk.rita, account: "deploy").approvesItself)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
        // A label is settled by itself as well: an owner says nothing of it.
        try await estate.change(["labels": [["key": "env", "value": "dev"]]], by: desk.rita)
        try await estate.change(["owner": .string(desk.bob.text)], by: desk.ann, managesFlows: true)
        #expect(try await estate.seats(for: desk.abe) == [desk.ann, desk.bob])
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
    }

    @Test func `who set labels and named an owner has done two things, and each is settled by itself`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        func isHeld() async throws -> Bool {
            try await estate.plan(for: desk.rita, account: "deploy").riskReasons.contains { $0.code == .arranged }
        }
        // The owner is named anew, and the label is still theirs.
        try await estate.change(["labels": [["key": "env", "value": "dev"]]], by: desk.rita)
        try await estate.change(["owner": .string(desk.rita.text)], by: desk.rita)
        try await estate.change(["owner": .string(desk.bob.text)], by: desk.ann, managesFlows: true)
        #expect(try await isHeld())
        try await estate.change(["labels": [["key": "env", "value": "dev"]]], by: desk.ann, managesFlows: true)
        #expect(try await !isHeld())
        // The other way round: who made themselves owner stays so, whoever says the labels.
        try await estate.change(["labels": [["key": "env", "value": "x"]]], by: desk.bob)
        try await estate.change(["owner": .string(desk.abe.text)], by: desk.bob)
        try await estate.change(["owner": .string(desk.bob.text)], by: desk.bob)
        try await estate.change(["labels": [["key": "env", "value": "x"]]], by: desk.ann, managesFlows: true)
        #expect(try await estate.seats(for: desk.abe) == [desk.ann])
        let marks = try await desk.stage.database.query(
            "select gave_owner, gave_rest from asset_arrangements where tenant_id = \(desk.scope.tenant)",
            in: desk.scope
        ) { row in [try row.next(Bool.self), try row.next(Bool.self)] }
        #expect(marks == [[true, false]])
        // What they say of labels from then on is theirs again, and no owner.
        try await estate.change(["owner": .string(desk.abe.text)], by: desk.ann, managesFlows: true)
        try await estate.change(["labels": [["key": "env", "value": "y"]]], by: desk.bob)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann, desk.abe])
        #expect(try await estate.plan(for: desk.bob, account: "deploy").riskReasons.contains { $0.code == .arranged })
    }

    @Test func `who moves a folder for good leaves the ownership that somebody gave themselves`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        func node(_ name: String, _ path: [String], _ body: JSON, by user: UserID, version: Int? = nil, managing: Bool)
            async throws -> Answer
        {
            try await desk.stage.call(
                estate.endpoints, name, path, body: body, by: user,
                permissions: ["assets.manage"] + (managing ? ["flows.manage"] : []), version: version, in: desk.scope)
        }
        let top = try await node("nodes.create", [], ["name": "top"], by: desk.ann, managing: true)
        let web = try await node(
            "nodes.create", [], ["name": "web", "owner": .string(desk.bob.text)], by: desk.bob, managing: false)
        try await estate.change(["nodes": [.string(web["id"])]], by: desk.ann, managesFlows: true)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
        let moved = try await node(
            "nodes.change", [web["id"]], ["parent": .string(top["id"])], by: desk.ann, version: 1, managing: true)
        #expect(moved.status == 200, "\(moved.json)")
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
    }

    @Test(
        arguments: [
            ["address": "192.0.2.77"], ["port": 2222],
        ] as [JSON]) func `an asset with another address is another machine`(body: JSON) async throws
    {
        let estate = try await Estate()
        let desk = estate.desk
        #expect(try await estate.plan(for: desk.rita, account: "deploy").approvesItself)
        try await estate.change(body, by: desk.rita)
        #expect(try await !estate.plan(for: desk.rita, account: "deploy").approvesItself)
        #expect(try await estate.plan(for: desk.abe, account: "deploy").approvesItself)
    }

    @Test func `whoever adds an asset has arranged it, and who looks after flows has not`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        func arranges(_ name: String, managing: Bool) async throws -> Bool {
            let made = try await desk.stage.call(
                estate.endpoints, "assets.create",
                body: ["name": .string(name), "platform": "linux", "address": "192.0.2.7"], by: desk.rita,
                permissions: ["assets.manage"] + (managing ? ["flows.manage"] : []), in: desk.scope)
            #expect(made.status == 201, "\(made.json)")
            let asset = try #require(AssetID(made["id"]))
            return try await estate.plan(for: desk.rita, asset, account: "deploy").riskReasons
                .contains { $0.code == .arranged }
        }
        #expect(try await arranges("new-1", managing: false))
        #expect(try await !arranges("new-2", managing: true))
    }

    @Test func `no floor goes away with a label that the person who asks takes away`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        let production = [FlowLabel(key: "env", value: "prod")]
        let floors = [
            ("Label", FlowConditions(labels: production, assets: .all)),
            ("Platform", FlowConditions(platforms: ["windows"])), ("Root", FlowConditions(privileged: true)),
            ("Risk", FlowConditions(risks: [.high])), ("Other", FlowConditions(kinds: [.general], labels: production)),
        ].map { ApprovalFloor(name: $0.0, conditions: $0.1, needsPasskey: true) }
        _ = try await desk.tickets.setApprovalRules(
            SetApprovalRules(floors: floors, mostOpenPerPerson: 50, mostOpen: 1_000), from: 0, at: desk.stage.now,
            audit: .discarding, in: desk.scope)
        func held(_ user: UserID) async throws -> Set<String> {
            Set(try await estate.plan(for: user, account: "deploy").because.filter { $0.hasPrefix("floor=") })
        }
        try await estate.change(["labels": [["key": "env", "value": "prod"]]], by: desk.ann, managesFlows: true)
        #expect(try await held(desk.rita) == ["floor=Label"])
        try await estate.change(["labels": []], by: desk.rita)
        #expect(try await held(desk.rita) == ["floor=Label", "floor=Platform", "floor=Root", "floor=Risk"])
        #expect(try await estate.plan(for: desk.rita, account: "deploy").levels.allSatisfy(\.needsPasskey))
        // For everybody else it is what it says.
        #expect(try await held(desk.abe) == [])
    }

    @Test func `the folders above count as the asset does`() async throws {
        let estate = try await Estate()
        let desk = estate.desk
        let node = try await desk.stage.call(
            estate.endpoints, "nodes.create", body: ["name": "web", "owner": .string(desk.bob.text)], by: desk.rita,
            in: desk.scope)
        #expect(node.status == 201, "\(node.json)")
        try await estate.change(["nodes": [.string(node["id"])]], by: desk.ann, managesFlows: true)
        #expect(try await estate.seats(for: desk.rita) == [desk.ann])
        #expect(try await estate.seats(for: desk.abe) == [desk.ann, desk.bob])
        let confirmed = try await desk.stage.call(
            estate.endpoints, "nodes.change", [node["id"]], body: ["owner": .string(desk.bob.text)], by: desk.ann,
            permissions: ["assets.manage", "flows.manage"], version: 1, in: desk.scope)
        #expect(confirmed.status == 200, "\(confirmed.json)")
        #expect(try await estate.seats(for: desk.rita) == [desk.ann, desk.bob])
    }
}
