import FoundationEssentials
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

@Suite struct SaveFlowTests {
    private func body(_ name: String, _ approver: JSON, isDefault: Bool = true) -> JSON {
        [
            "name": .string(name), "isDefault": .bool(isDefault),
            "levels": [["name": "One", "approvers": [approver]]],
        ]
    }

    @Test func `a flow is read as it was saved, with the names of its approvers`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let answer = try await desk.stage.call(desk.endpoints, "flows.list", by: desk.ann, in: desk.scope)
        guard case .array(let levels)? = answer.items.first?["levels"] else {
            Issue.record("no levels")
            return
        }
        let names = levels.compactMap { level -> [String]? in
            guard case .array(let approvers)? = level["approvers"] else { return nil }
            return approvers.compactMap { $0["name"]?.text }.sorted()
        }
        #expect(names == [["leads"], ["Ann", "security"]])
    }

    @Test func `one flow at most is the default, names are unique and versions count`() async throws {
        let desk = try await Desk()
        let (stage, scope) = (desk.stage, desk.scope)
        let ann: JSON = ["user": .string(desk.ann.text)]
        func create(_ name: String) async throws -> Answer {
            try await stage.call(desk.endpoints, "flows.create", body: body(name, ann), by: desk.ann, in: scope)
        }
        let first = try await create("A")
        #expect(first.status == 201)
        #expect(try await create("A").problem == "flow-name-taken")
        #expect(try await create("B").status == 201)
        let flows = try await stage.call(desk.endpoints, "flows.list", by: desk.ann, in: scope).items
        #expect(flows.map { $0["isDefault"] } == [false, true])
        func replace(_ name: String, version: Int?) async throws -> Answer {
            try await stage.call(
                desk.endpoints, "flows.replace", [first["id"]], body: body(name, ann), by: desk.ann, version: version,
                in: scope)
        }
        #expect(try await replace("C", version: nil).status == 428)
        // Another flow took over since, which turned it off.
        #expect(try await replace("C", version: 1).status == 412)
        #expect(try await replace("B", version: 2).problem == "flow-name-taken")
        #expect(try await replace("C", version: 2).version == 3)
    }

    @Test func `approvers must exist in this tenant`() async throws {
        let desk = try await Desk()
        let theirs = try await desk.stage.makeTenant("bolt")
        let eve = try await desk.stage.makeUser("eve", in: theirs)
        let group = try await desk.stage.makeGroup("them", of: [eve], in: theirs)
        let approvers: [JSON] = [
            ["user": .string(eve.text)], ["user": .string(UserID.new().text)], ["group": .string(group.text)],
            ["role": .string(RoleID.new().text)],
        ]
        for approver in approvers {
            let answer = try await desk.stage.call(
                desk.endpoints, "flows.create", body: body("A", approver), by: desk.ann, in: desk.scope)
            #expect(answer.problem == "unknown-approver")
        }
        let both: JSON = ["user": .string(desk.ann.text), "group": .string(group.text)]
        let answer = try await desk.stage.call(
            desk.endpoints, "flows.create", body: body("A", both), by: desk.ann, in: desk.scope)
        #expect(answer.status == 422)
        #expect(try await desk.stage.count("select count(*) from flows", in: desk.scope) == 0)
    }
}
