import Kernel
import TestSupport
import Testing

@testable import Identity

/// To whom people report by the word of a provider's program: flows ask them.
@Suite(.serialized) struct ProvisionManagersTests {
    private static let urn = SCIMExtension.enterprise.urn

    private func stage() async throws -> (admin: Visitor, program: Program) {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        return (admin, try await Program.make(for: admin))
    }

    private func reports(to name: String) -> JSON { .object([.init(Self.urn, ["manager": ["value": .string(name)]])]) }

    /// Whom the provider has said.
    private func manager(_ id: String, _ program: Program) async throws -> String {
        let user = try await program.user(id)
        guard user["managerByProvider"] == true else { return "" }
        return user["manager"]?["id"]?.text ?? ""
    }

    @Test func `it is set with the person, in a list of changes in every shape, and taken away`() async throws {
        let (_, program) = try await stage()
        let ann = try await program.make("ann", ["externalId": "e-ann"])
        let cleo = try await program.make("cleo")
        let ben = try await program.make("ben", reports(to: ann))
        #expect(try await manager(ben, program) == ann)
        let shown = try await program.call("user", [ben])
        #expect(shown.json[Self.urn]?["manager"]?["value"]?.text == ann)
        guard case .array(let schemas)? = shown.json["schemas"] else {
            Issue.record("no schemas")
            return
        }
        #expect(schemas.contains(.string(Self.urn)))
        let shapes: [(JSON, String)] = [
            (["op": "Replace", "path": .string("\(Self.urn):manager"), "value": .string(cleo)], cleo),
            (["op": "add", "path": .string("\(Self.urn):manager"), "value": ["value": .string(ann)]], ann),
            (["op": "replace", "path": .string("\(Self.urn):manager.value"), "value": .string(cleo)], cleo),
            (["op": "replace", "value": .object([.init("\(Self.urn):manager", .string(ann))])], ann),
            (["op": "replace", "value": reports(to: cleo)], cleo),
            (["op": "replace", "path": .string(Self.urn), "value": ["manager": ["value": "e-ann"]]], ann),
            (["op": "remove", "path": .string("\(Self.urn):manager")], ""),
            (["op": "add", "path": .string("\(Self.urn):manager"), "value": "Cleo"], cleo),
            (["op": "remove", "path": .string(Self.urn)], ""),
        ]
        for (operation, expected) in shapes {
            let changed = try await program.patch("change-user", ben, operation)
            #expect(changed.status == 200, "\(operation) \(changed.text)")
            #expect(try await manager(ben, program) == expected, "\(operation)")
        }
        // What a PUT does not name stays; what it names without a manager goes.
        _ = try await program.patch("change-user", ben, shapes[0].0)
        #expect(try await program.call("replace-user", [ben], Program.user("ben")).status == 200)
        #expect(try await manager(ben, program) == cleo)
        let bare = Program.user("ben", .object([.init(Self.urn, [:])]))
        #expect(try await program.call("replace-user", [ben], bare).status == 200)
        #expect(try await manager(ben, program) == "")
    }

    @Test func `one who comes later, oneself, and each other's managers do no harm`() async throws {
        let (_, program) = try await stage()
        let ben = try await program.make("ben", reports(to: "e-late"))
        #expect(try await manager(ben, program) == "")
        let late = try await program.make("late", ["externalId": "e-late"])
        #expect(try await manager(ben, program) == late)
        #expect(try await program.patch("change-user", late, ["op": "add", "value": reports(to: late)]).status == 200)
        #expect(try await manager(late, program) == "")
        #expect(try await program.patch("change-user", late, ["op": "add", "value": reports(to: ben)]).status == 200)
        #expect(try await manager(late, program) == ben)
        #expect(try await manager(ben, program) == late)
    }

    @Test func `what the provider has said nobody changes here, and another provider's people are none`() async throws {
        let (admin, program) = try await stage()
        let other = try await Program.make("Other", for: admin)
        let theirs = try await other.make("olga")
        let ann = try await program.make("ann")
        let ben = try await program.make("ben", reports(to: theirs))
        #expect(try await manager(ben, program) == "")
        func set(_ manager: String) async throws -> Answer {
            try await admin.call(
                "users.change", [ben], body: ["manager": .string(manager)],
                version: try await admin.call("users.show", [ben]).version)
        }
        // Where it says nothing that can be used, an administrator does.
        #expect(try await set(theirs).status == 200)
        #expect(try await program.user(ben)["manager"]?["id"]?.text == theirs)
        _ = try await program.patch("change-user", ben, ["op": "replace", "value": reports(to: ann)])
        #expect(try await manager(ben, program) == ann)
        #expect(try await set(theirs).status == 422)
        #expect(try await manager(ben, program) == ann)
    }

    @Test func `whoever may do more than the provider gives keeps the manager they have`() async throws {
        let (admin, program) = try await stage()
        let ann = try await program.make("ann")
        let ben = try await program.make("ben")
        let raised = try await admin.call(
            "users.change", [ben], body: ["roles": ["administrator"]],
            version: try await admin.call("users.show", [ben]).version)
        #expect(raised.status == 200, "\(raised.text)")
        let changed = try await program.patch("change-user", ben, ["op": "replace", "value": reports(to: ann)])
        #expect(changed.status == 200)
        #expect(try await program.user(ben)["manager"]?["id"] == nil)
        // Said again when they may not any more, it counts.
        let lowered = try await admin.call(
            "users.change", [ben], body: ["roles": ["user"]],
            version: try await admin.call("users.show", [ben]).version)
        #expect(lowered.status == 200, "\(lowered.text)")
        _ = try await program.patch("change-user", ben, ["op": "replace", "value": reports(to: ann)])
        #expect(try await manager(ben, program) == ann)
    }

    @Test func `who comes later is manager of all of whom the provider may say so, with other letters too`()
        async throws
    {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let program = try await Program.make(
            for: admin, ["linksUsers": true, "rules": [["directoryGroup": "Auditors", "role": "auditor"]]])
        func raise(_ id: String) async throws {
            let raised = try await admin.call(
                "users.change", [id], body: ["roles": ["administrator"]],
                version: try await admin.call("users.show", [id]).version)
            #expect(raised.status == 200, "\(raised.text)")
        }
        let ruled = try await program.make("ruled", reports(to: "Late"))
        let raised = try await program.make("raised", reports(to: "late"))
        let other = try await program.make("other", reports(to: "LATE-1"))
        _ = try await program.group("Auditors", [ruled])
        try await raise(raised)
        let late = try await program.make("late", ["externalId": "late-1"])
        #expect(try await manager(ruled, program) == late)
        #expect(try await manager(raised, program) == "")
        // An external id is nobody's with other letters.
        #expect(try await manager(other, program) == "")

        // Somebody who may do more, and is here already, is named by those below.
        #expect(try await program.turn(["handlesPrivileged": true]).status == 200)
        let below = try await program.make("below", reports(to: "ADA"))
        #expect(try await manager(below, program) == "")
        let ada = try await program.make("ada")
        #expect(try await manager(below, program) == ada)
    }

    @Test func `the extension is published`() async throws {
        let (_, program) = try await stage()
        #expect(try await program.call("schema", [Self.urn]).json["name"] == "EnterpriseUser")
        let kind = try await program.call("resource-type", ["User"]).json
        #expect(kind["schemaExtensions"] == [["schema": .string(Self.urn), "required": false]])
    }
}
