import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Groups of a real directory that are groups here.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct SyncGroupsTests: SyncStage {
    /// A provider that takes in the groups of the test directory; nothing has run so far.
    private func makeImporting(
        _ directory: TestDirectory, for admin: Visitor, settings more: JSON = [:], filter: JSON = .null
    ) async throws -> String {
        let provider = try await makeProvider(directory, for: admin, settings: more)
        let changed = try await change(provider, ["importsGroups": .bool(true), "groupFilter": filter], admin)
        #expect(changed.status == 200, "\(changed.json)")
        return provider
    }

    private func members(_ name: String, _ admin: Visitor) async throws -> [String] {
        let group = try #require(try await groups(admin)[name]?["id"]?.text)
        return try await admin.call("groups.members", [group]).items.compactMap { $0["login"]?.text }.sorted()
    }

    private func told(_ run: JSON, _ kind: String) -> [String] {
        guard case .array(let names)? = run["report"]?["groups"]?[kind]?["names"] else { return [] }
        return names.compactMap(\.text)
    }

    private func passedOver(_ run: JSON) -> [String: [String]] {
        guard case .array(let reasons)? = run["report"]?["groups"]?["refused"] else { return [:] }
        return reasons.reduce(into: [:]) { result, reason in
            guard case .array(let names)? = reason["people"]?["names"] else { return }
            result[reason["reason"]?.text ?? ""] = names.compactMap(\.text).sorted()
        }
    }

    private func add(_ directory: TestDirectory, _ entries: String...) async throws {
        try await directory.change(entries.map { $0 + "\n\n" }.joined())
    }

    private func group(_ rdn: String, in place: String = "ou=groups", _ lines: String...) -> String {
        "dn: \(rdn),\(place),\(Self.base)\nchangetype: add\nobjectClass: groupOfNames\n" + lines.joined(separator: "\n")
    }

    private func delete(_ name: String, _ directory: TestDirectory) async throws {
        try await add(directory, "dn: cn=\(name),ou=groups,\(Self.base)\nchangetype: delete")
    }

    @Test func `a preview shows the groups, and a run takes them in with everybody below them, circles included`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeImporting(directory, for: admin)
        #expect(
            try await admin.call("identity-sync.start", [provider], body: ["kind": "run"]).problem == "preview-first")
        let preview = try await preview(provider, admin)
        #expect(told(preview, "added") == ["all", "ops", "other", "staff"], "\(preview)")
        #expect(preview["report"]?["groups"]?["membersAdded"] == 4, "\(preview)")
        #expect(try await groups(admin).isEmpty)
        let done = try await run(provider, admin)
        #expect(done["report"]?["groups"] == preview["report"]?["groups"], "\(done)")
        for name in ["ops", "staff", "all"] { #expect(try await members(name, admin) == ["ann"], "\(name)") }
        #expect(try await members("other", admin) == ["ben"])
        let before = try await groups(admin)
        #expect(before["ops"]?["keeper"]?["name"] == "Directory" && before["ops"]?["keeper"]?["leftAt"] == .null)
        let again = try await run(provider, admin)
        let none: JSON = ["count": 0, "names": []]
        for kind in ["added", "renamed", "removed", "returned"] {
            #expect(again["report"]?["groups"]?[kind] == none, "\(kind): \(again)")
        }
        #expect(again["report"]?["groups"]?["membersAdded"] == 0 && again["report"]?["groups"]?["known"] == 4)
        #expect(try await groups(admin) == before)
        // What each one's own entry says is the same.
        let byEntries = try await admin.call(
            "identity-providers.change", [provider], body: ["settings": settings(directory, ["groups": "member-of"])],
            version: 1)
        #expect(byEntries.status == 200, "\(byEntries.json)")
        _ = try await self.preview(provider, admin)
        let same = try await run(provider, admin)
        #expect(same["report"]?["groups"]?["membersRemoved"] == 0 && same["report"]?["groups"]?["membersAdded"] == 0)
        #expect(try await groups(admin) == before)
        let superuser = try await house.test.superuser()
        let trail = try await superuser.query(
            "select action, details ->> 'come' from audit_events where target_kind = 'group' and target_name = 'other' order by 1"
        ) { [try $0.next(String?.self), try $0.next(String?.self)] }
        #expect(trail == [["group.created-by-directory", nil], ["group.members-by-directory", #"["ben"]"#]])
        let events = try await superuser.query(
            "select subject from events where type = 'group.members-changed' and urgent"
        ) { try $0.next(String.self) }
        #expect(Set(events) == Set(before.values.compactMap { $0["id"]?.text }))
    }

    @Test func `nobody changes by hand what a directory keeps, and no rule fills it`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeImporting(directory, for: admin, filter: "(cn=o*)")
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        #expect(try await groups(admin).keys.sorted() == ["ops", "other"])
        let kept = try #require(try await groups(admin)["ops"])
        let id = kept["id"]?.text ?? ""
        let (ann, ben) = (try await users(admin)["ann"]?["id"]?.text, try await users(admin)["ben"]?["id"]?.text)
        let version = try await admin.call("groups.show", [id]).version
        let answers = [
            try await admin.call("groups.rename", [id], body: ["name": "Mine"], version: version),
            try await admin.call("groups.remove", [id], version: version),
            try await admin.call("groups.add-member", [id, ben ?? ""]),
            try await admin.call("groups.remove-member", [id, ann ?? ""]),
        ]
        #expect(answers.map(\.problem) == Array(repeating: "kept-by-provider", count: 4))
        let rule = try await admin.call(
            "identity-providers.change", [provider],
            body: ["rules": [["directoryGroup": "other", "group": .string(id)]]], version: 1)
        #expect(rule.status == 422, "\(rule.json)")
        #expect(try await groups(admin)["ops"] == kept)
        #expect(try await members("ops", admin) == ["ann"])
    }

    @Test func `it takes the permission for groups to have a directory fill them, and to say where it is from then on`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        let role: JSON = [
            "name": "keeper", "permissions": ["identity-providers.read", "identity-providers.manage", "profile.use"],
        ]
        let made = try await admin.call("roles.create", body: role)
        #expect(made.status == 201, "\(made.json)")
        let (_, keeper) = try await admin.take("kim", roles: [made["id"], "user"])
        let bases = ["settings": settings(directory, ["timeoutSeconds": 3])] as JSON
        let free = try await keeper.call("identity-providers.change", [provider], body: bases, version: 1)
        #expect(free.status == 200, "\(free.json)")
        let refused = try await change(provider, ["importsGroups": .bool(true)], keeper)
        #expect(refused.status == 403, "\(refused.json)")
        #expect(try await change(provider, ["importsGroups": .bool(true)], admin).status == 200)
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        let moved = ["settings": settings(directory, ["timeoutSeconds": 4])] as JSON
        #expect(
            try await keeper.call("identity-providers.change", [provider], body: moved, version: 2).status == 403)
        #expect(try await change(provider, ["importsGroups": .bool(false)], keeper).status == 403)
        #expect(try await change(provider, ["groupFilter": "(cn=s*)"], keeper).status == 403)
        #expect(try await change(provider, ["leaverPercent": 20], keeper).status == 200)
        #expect(try await admin.call("identity-providers.change", [provider], body: moved, version: 2).status == 200)
    }

    @Test func `a group is the same under another name, gone it is empty, and back it is full again`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let own = try await admin.call("groups.create", body: ["name": "By hand"])["id"]
        let provider = try await makeImporting(directory, for: admin)
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        let ben = try await users(admin)["ben"]?["id"]?.text ?? ""
        #expect(try await admin.call("groups.add-member", [own, ben]).status == 204)
        let id = try await groups(admin)["other"]?["id"]
        try await add(
            directory,
            "dn: cn=other,ou=groups,\(Self.base)\nchangetype: modrdn\nnewrdn: cn=Elsewhere\ndeleteoldrdn: 1",
            "dn: cn=ops,ou=groups,\(Self.base)\nchangetype: modify\nadd: member\nmember: uid=ben,ou=people,\(Self.base)"
        )
        let renamed = try await run(provider, admin)
        #expect(told(renamed, "renamed") == ["other → Elsewhere"], "\(renamed)")
        #expect(told(renamed, "added") == [] && told(renamed, "removed") == [])
        #expect(renamed["report"]?["groups"]?["membersAdded"] == 3, "\(renamed)")
        #expect(try await groups(admin)["Elsewhere"]?["id"] == id)
        #expect(try await members("ops", admin) == ["ann", "ben"])
        try await delete("Elsewhere", directory)
        let gone = try await run(provider, admin)
        #expect(gone["state"] == "done" && told(gone, "removed") == ["Elsewhere"], "\(gone)")
        #expect(gone["report"]?["groups"]?["membersRemoved"] == 1 && gone["report"]?["removals"] == 1)
        #expect(try await members("Elsewhere", admin) == [])
        #expect(try await groups(admin)["Elsewhere"]?["keeper"]?["leftAt"]?.text != nil)
        #expect(try await members("By hand", admin) == ["ben"])
        // Another entry of the same name is another group, and gets nothing that this one was granted.
        try await add(directory, group("cn=Elsewhere", "cn: Elsewhere", "member: uid=ann,ou=people,\(Self.base)"))
        let twin = try await run(provider, admin)
        #expect(passedOver(twin) == ["name-taken": ["Elsewhere"]], "\(twin)")
        #expect(try await members("Elsewhere", admin) == [])
        // Nothing keeps one that is gone from being removed.
        try await delete("Elsewhere", directory)
        let version = try await admin.call("groups.show", [id?.text ?? ""]).version
        #expect(try await admin.call("groups.remove", [id?.text ?? ""], version: version).status == 204)
        #expect(try await groups(admin)["Elsewhere"] == nil)
        // Out of sight and back.
        #expect(try await change(provider, ["groupFilter": "(cn=s*)"], admin).json["previewedAt"] == .null)
        _ = try await preview(provider, admin)
        _ = try await run(provider, mayRemove: 100, admin)
        #expect(try await members("all", admin) == [])
        #expect(try await members("staff", admin) == ["ann", "ben"])
        #expect(try await change(provider, ["groupFilter": .null], admin).status == 200)
        _ = try await preview(provider, admin)
        let back = try await run(provider, admin)
        #expect(told(back, "returned") == ["all", "ops"], "\(back)")
        #expect(try await members("all", admin) == ["ann", "ben"])
    }

    @Test func `groups in groups count ten deep, in a run and at a sign-in alike`() async throws {
        let directory = try await TestDirectory()
        for number in 1...11 {
            let member = number == 1 ? "uid=ann,ou=people" : "cn=deep\(number - 1),ou=groups"
            try await add(
                directory, group("cn=deep\(number)", "cn: deep\(number)", "member: \(member),\(Self.base)"))
        }
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        var rules: [JSON] = []
        for name in ["deep10", "deep11"] {
            for called in [name, "cn=\(name),ou=groups,\(Self.base)"] {
                let own = try await admin.call("groups.create", body: ["name": .string("Of \(called)")])["id"]
                rules.append(["directoryGroup": .string(called), "group": .string(own)])
            }
        }
        let provider = try await makeProvider(directory, for: admin, ["rules": .array(rules)])
        #expect(try await change(provider, ["importsGroups": .bool(true)], admin).status == 200)
        _ = try await preview(provider, admin)
        func everybody() async throws -> [String: [String]] {
            var found: [String: [String]] = [:]
            for name in try await groups(admin).keys where name.contains("deep1") {
                found[name] = try await members(name, admin)
            }
            return found
        }
        #expect(try await run(provider, admin)["state"] == "done")
        let given = [
            "deep1": ["ann"], "deep10": ["ann"], "deep11": [], "Of deep10": ["ann"], "Of deep11": [],
            "Of cn=deep10,ou=groups,\(Self.base)": ["ann"], "Of cn=deep11,ou=groups,\(Self.base)": [],
        ]
        #expect(try await everybody() == given)
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password(TestDirectory.password(of: "ann")).step == "enrol")
        #expect(try await everybody() == given)
        let again = try await run(provider, admin)
        #expect(again["report"]?["groupChanges"] == 0, "\(again)")
    }

    @Test func `a directory's group of a name that is taken gets nobody into the group that has it`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        for name in ["OPS", "Cafe\u{301}", "all"] {
            #expect(try await admin.call("groups.create", body: ["name": .string(name)]).status == 201)
        }
        let ann = "member: uid=ann,ou=people,\(Self.base)"
        try await add(
            directory, group("cn=twin", "cn: twin", ann), group("cn=twin", in: "ou=more", "cn: Twin", ann),
            group("cn=cafe", "cn: cafe", ann),
            // With one letter where the group here has two for it.
            group(
                "description=coffee", "description: coffee", "cn:: \(Data("caf\u{E9}".utf8).base64EncodedString())", ann
            )
        )
        let provider = try await makeImporting(directory, for: admin)
        let preview = try await preview(provider, admin)
        #expect(passedOver(preview)["name-taken"] == ["all", "caf\u{E9}", "ops"], "\(preview)")
        #expect(passedOver(preview)["ambiguous"] == ["Twin", "twin"], "\(preview)")
        #expect(told(preview, "added") == ["cafe", "other", "staff"])
        _ = try await run(provider, admin)
        for name in ["OPS", "Cafe\u{301}", "all"] {
            #expect(try await members(name, admin) == [], "\(name)")
            #expect(try await groups(admin)[name]?["keeper"] == .null, "\(name)")
        }
        // Nor does one that is renamed later; it keeps the name that it had, and its people.
        #expect(try await admin.call("groups.create", body: ["name": "Board"]).status == 201)
        try await add(
            directory, "dn: cn=other,ou=groups,\(Self.base)\nchangetype: modrdn\nnewrdn: cn=board\ndeleteoldrdn: 1")
        let renamed = try await run(provider, admin)
        #expect(passedOver(renamed)["name-taken"]?.contains("board") == true, "\(renamed)")
        #expect(try await members("other", admin) == ["ben"])
        #expect(try await members("Board", admin) == [])
    }

    @Test func `names that would look like others, or fit nowhere, become no such groups`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        func named(_ number: Int, _ name: String) -> String {
            group(
                "description=\(number)", "description: \(number)", "cn:: \(Data(name.utf8).base64EncodedString())",
                "member: uid=ann,ou=people,\(Self.base)")
        }
        try await add(
            directory, named(1, "\u{202E}ops"), named(2, "Bell\u{7}s"), named(3, String(repeating: "x", count: 65_536)),
            named(4, "\u{200B}\u{2066}"), named(5, "<b>bold</b>\u{2028}; drop table groups"),
            named(6, String(repeating: "y", count: 201)), named(7, "a=b,c=d"))
        let provider = try await makeImporting(directory, for: admin)
        let preview = try await preview(provider, admin)
        #expect(preview["state"] == "done", "\(preview)")
        // What is left of the first one is called as another group.
        #expect(passedOver(preview)["ambiguous"] == ["ops", "ops"], "\(preview)")
        #expect(passedOver(preview)["unusable-name"]?.count == 3, "\(preview)")
        let done = try await run(provider, admin)
        #expect(done["state"] == "done", "\(done)")
        #expect(
            try await groups(admin).keys.sorted() == [
                "<b>bold</b>; drop table groups", "Bells", "a=b,c=d", "all", "other", "staff",
            ])
        #expect(try await members("Bells", admin) == ["ann"])
    }

    @Test func `a directory that has many members or groups no more is asked about`() async throws {
        let directory = try await TestDirectory(most: "unlimited", memberOf: false)
        try await directory.add(people: 5000)
        let members = (0..<5000).map { "member: uid=many\($0),ou=people,\(Self.base)" }.joined(separator: "\n")
        try await add(
            directory, group("cn=huge", "cn: huge", members),
            group("cn=outer", "cn: outer", "member: cn=huge,ou=groups,\(Self.base)"))
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeImporting(directory, for: admin)
        _ = try await preview(provider, admin)
        let superuser = try await house.test.superuser()
        let before = try await commits(superuser)
        let done = try await run(provider, admin)
        #expect(done["report"]?["groups"]?["membersAdded"] == 10_004, "\(done)")
        #expect(try await commits(superuser) - before < 300)
        #expect(try await groups(admin)["huge"]?["members"] == 5000)
        #expect(try await groups(admin)["outer"]?["members"] == 5000)
        // One who leaves it is no question; all of them are.
        try await add(
            directory,
            "dn: cn=huge,ou=groups,\(Self.base)\nchangetype: modify\ndelete: member\nmember: uid=many17,ou=people,\(Self.base)"
        )
        let one = try await run(provider, admin)
        #expect(one["state"] == "done" && one["report"]?["groups"]?["membersRemoved"] == 2, "\(one)")
        try await delete("huge", directory)
        let preview = try await preview(provider, admin)
        #expect(preview["report"]?["needsConfirmation"] == .bool(true), "\(preview)")
        for agreed: Int? in [nil, 9997] {
            let held = try await run(provider, mayRemove: agreed, admin)
            #expect(held["state"] == "held" && held["report"]?["removals"] == 9998, "\(held)")
        }
        #expect(try await groups(admin)["huge"]?["members"] == 4999)
        #expect(try await groups(admin)["huge"]?["keeper"]?["leftAt"] == .null)
        let agreed = try await run(provider, mayRemove: 9998, admin)
        #expect(agreed["state"] == "done", "\(agreed)")
        #expect(try await groups(admin)["outer"]?["members"] == 0)
        // No more than the groups of a few people, and most of the groups.
        for name in ["all", "staff", "ops", "other"] { try await delete(name, directory) }
        #expect(try await run(provider, admin)["state"] == "held")
        #expect(try await self.members("ops", admin) == ["ann"])
    }
}
