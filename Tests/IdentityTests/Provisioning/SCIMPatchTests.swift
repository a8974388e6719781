import Kernel
import Testing

@testable import Identity

/// What becomes of a person's record by the operations of a PATCH.
@Suite struct SCIMPatchTests {
    private func record() throws -> SCIMRecord {
        try SCIMRecord(
            .user,
            body: [
                "schemas": [.string(SCIMKind.user.urn)], "userName": "anna",
                "name": ["givenName": "Anna", "familyName": "A"],
                "emails": [["value": "a@work.example", "type": "work", "primary": true]], "password": "never kept",
                "phoneNumbers": [["value": "1"]], "id": "chosen", "unknown": 1,
            ])
    }

    private func patched(_ operations: JSON...) throws -> SCIMRecord {
        var record = try record()
        let patch = try SCIMPatch(
            body: ["schemas": [.string(SCIMPatch.urn)], "Operations": .array(operations)])
        for operation in patch.operations { try record.apply(operation) }
        return record
    }

    private func fault(_ operations: JSON...) -> SCIMFault.Kind? {
        do {
            var record = try record()
            let patch = try SCIMPatch(
                body: ["schemas": [.string(SCIMPatch.urn)], "Operations": .array(operations)])
            for operation in patch.operations { try record.apply(operation) }
            return nil
        } catch SCIMFault.invalid(let kind, _) {
            return kind
        } catch {
            return nil
        }
    }

    @Test func `what is not kept is not there`() throws {
        #expect(Set(try record().values.keys) == ["userName", "name", "emails"])
    }

    @Test func `attributes are replaced, added and removed`() throws {
        #expect(try patched(["op": "Replace", "path": "displayName", "value": "B"])["displayName"] == "B")
        #expect(try patched(["op": "replace", "value": ["displayName": "B", "active": "False"]])["active"] == false)
        #expect(
            try patched(["op": "replace", "path": "name.givenName", "value": "B"])["name"]
                == ["familyName": "A", "givenName": "B"])
        #expect(try patched(["op": "remove", "path": "name.givenName"])["name"] == ["familyName": "A"])
        #expect(try patched(["op": "remove", "path": "emails"])["emails"] == nil)
        // Entra ID sends dotted names without a path.
        #expect(
            try patched(["op": "add", "value": ["name.middleName": "M"]])["name"]?["middleName"] == "M")
    }

    @Test func `values are found by filters, and made by additions`() throws {
        let changed = try patched([
            "op": "replace", "path": #"emails[type eq "work"].value"#, "value": "b@work.example",
        ])
        #expect(changed["emails"] == [["value": "b@work.example", "type": "work", "primary": true]])
        let added = try patched(["op": "add", "path": #"emails[type eq "home"].value"#, "value": "h@home.example"])
        #expect(added.list(try #require(SCIMKind.user.attribute("emails"))).count == 2)
        let primary = try patched(
            ["op": "add", "path": "emails", "value": [["value": "p@work.example", "primary": true]]])
        let list = primary.list(try #require(SCIMKind.user.attribute("emails")))
        #expect(list.map { $0["primary"] } == [false, true])
        #expect(
            try patched(["op": "remove", "path": #"emails[value eq "a@work.example"]"#])["emails"] == nil)
        #expect(fault(["op": "replace", "path": #"emails[type eq "none"].value"#, "value": "x@y.z"]) == .noTarget)
    }

    @Test func `standard attributes that are not kept are passed over, others are refused`() throws {
        let same = try record()
        #expect(try patched(["op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "1"]) == same)
        #expect(
            try patched([
                "op": "replace",
                "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:badge", "value": "IT",
            ]) == same)
        #expect(fault(["op": "replace", "path": "nothing", "value": 1]) == .invalidPath)
        #expect(fault(["op": "replace", "path": "id", "value": "x"]) == .mutability)
        #expect(fault(["op": "add", "path": "groups", "value": []]) == .mutability)
        #expect(fault(["op": "replace", "path": "meta.created", "value": "x"]) == .mutability)
        #expect(fault(["op": "remove"]) == .noTarget)
        #expect(fault(["op": "move", "path": "userName"]) == .invalidSyntax)
        #expect(fault(["op": "replace", "path": "active", "value": "maybe"]) == .invalidValue)
        #expect(fault(["op": "replace", "path": "displayName", "value": "a\nb"]) == .invalidValue)
        #expect(fault(["op": "replace", "path": "name[type eq \"a\"]", "value": "x"]) == .invalidPath)
        #expect(
            fault(["op": "add", "path": "emails", "value": .array((0...20).map { ["value": .string("\($0)@x.y")] })])
                == .tooMany)
        #expect(
            fault([
                "op": "replace", "path": "emails",
                "value": [["value": "a@x.y", "primary": true], ["value": "b@x.y", "primary": true]],
            ]) == .invalidValue)
    }

    @Test func `a request has a hundred operations at most, however they are written`() {
        let one: JSON = ["op": "replace", "path": "displayName", "value": "x"]
        let hundred: [JSON] = Array(repeating: one, count: 100)
        let schemas: JSON = [.string(SCIMPatch.urn)]
        #expect(throws: Never.self) { try SCIMPatch(body: ["schemas": schemas, "Operations": .array(hundred)]) }
        #expect(throws: SCIMFault.self) {
            try SCIMPatch(body: ["schemas": schemas, "Operations": .array(hundred + [one])])
        }
        let many = JSON.object((0...100).map { .init("a\($0)", "x") })
        #expect(throws: SCIMFault.self) {
            try SCIMPatch(body: ["schemas": schemas, "Operations": [["op": "add", "value": many]]])
        }
        #expect(throws: SCIMFault.self) { try SCIMPatch(body: ["Operations": .array(hundred)]) }
        #expect(throws: SCIMFault.self) { try SCIMPatch(body: ["schemas": schemas, "Operations": []]) }
    }

    @Test func `members are one change, whatever the operations are`() throws {
        let attribute = try #require(SCIMKind.group.attribute("members"))
        let ids = (0..<4).map { _ in UserID.new() }
        func change(_ operations: JSON...) throws -> MemberChange {
            var change = MemberChange()
            let patch = try SCIMPatch(
                body: ["schemas": [.string(SCIMPatch.urn)], "Operations": .array(operations)])
            for operation in patch.operations { try change.apply(operation, attribute) }
            return change
        }
        func member(_ index: Int) -> JSON { ["value": .string(ids[index].text)] }
        var done = try change(
            ["op": "add", "path": "members", "value": [member(0), member(1)]],
            ["op": "remove", "path": .string("members[value eq \"\(ids[0].text)\"]")],
            ["op": "Remove", "path": "members", "value": [member(2)]])
        #expect(!done.clears && done.added == [ids[1]] && done.removed == [ids[0], ids[2]])
        done = try change(
            ["op": "add", "path": "members", "value": [member(0)]],
            ["op": "replace", "path": "members", "value": [member(3)]])
        #expect(done.clears && done.added == [ids[3]] && done.removed.isEmpty)
        done = try change(["op": "remove", "path": "members"])
        #expect(done.clears && done.added.isEmpty)
        let many = JSON.array((0...MemberChange.most).map { _ in member(0) })
        #expect(throws: SCIMFault.self) { try change(["op": "add", "path": "members", "value": many]) }
        #expect(throws: SCIMFault.self) { try change(["op": "add", "path": "members", "value": [["value": "grp_x"]]]) }
        #expect(throws: SCIMFault.self) {
            try change(["op": "replace", "path": .string("members[value eq \"\(ids[0].text)\"]"), "value": member(1)])
        }
        #expect(throws: SCIMFault.self) { try change(["op": "remove", "path": "members[display co \"a\"]"]) }
    }
}
