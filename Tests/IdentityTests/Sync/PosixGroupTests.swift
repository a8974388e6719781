import FoundationEssentials
import Kernel
import LDAP
import TestSupport
import Testing

@testable import Identity

/// Groups of Unix in a real directory: the same at a sign-in and in a sync.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct PosixGroupTests: SyncStage {
    private static let names = ["crew", "desk", "upper", "board"]

    /// Ann is of `crew` by name and of `desk` by number, and Ben of `board` by number; `upper` names somebody like Ann.
    private func fill(_ directory: TestDirectory) async throws {
        func account(_ dn: String, _ number: Int, of group: Int) -> String {
            """
            dn: \(dn),\(Self.base)
            changetype: modify
            add: objectClass
            objectClass: posixAccount
            -
            add: uidNumber
            uidNumber: \(number)
            -
            add: gidNumber
            gidNumber: \(group)
            -
            add: homeDirectory
            homeDirectory: /


            """
        }
        try await directory.change(
            account("uid=ann,ou=people", 1001, of: 501) + account("uid=ben,ou=people", 1002, of: 503)
                + group("crew", 500, "memberUid: ann") + group("desk", 501, "memberUid: cleo")
                + group("upper", 502, "memberUid: ANN", "memberUid: ann*", "memberUid: uid=ann,ou=people,\(Self.base)")
                + group("board", 503, "description: Of nobody by name"))
    }

    private func group(_ name: String, _ number: Int, _ lines: String...) -> String {
        "dn: cn=\(name),ou=groups,\(Self.base)\nchangetype: add\nobjectClass: posixGroup\ncn: \(name)\n"
            + "gidNumber: \(number)\n" + lines.joined(separator: "\n") + "\n\n"
    }

    /// A group of ours for each of theirs, by rules.
    private func rules(_ admin: Visitor) async throws -> JSON {
        var rules: [JSON] = []
        for name in Self.names {
            let called = name == "desk" ? "cn=\(name),ou=groups,\(Self.base)" : name
            let own = try await admin.call("groups.create", body: ["name": .string("Of \(name)")])["id"]
            rules.append(["directoryGroup": .string(called), "group": .string(own)])
        }
        return .array(rules)
    }

    private func everybody(_ admin: Visitor) async throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for (name, group) in try await groups(admin) {
            let members = try await admin.call("groups.members", [group["id"]?.text ?? ""]).items
            found[name] = members.compactMap { $0["login"]?.text }.sorted()
        }
        return found
    }

    @Test func `accounts are in groups by name and by number, at a sign-in and in a sync alike`() async throws {
        let directory = try await TestDirectory()
        try await fill(directory)
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(
            directory, for: admin, settings: ["groups": "posix"],
            ["rules": try await rules(admin), "createsUsers": .bool(true)])
        for login in ["ann", "ben", "cleo"] {
            let one = Visitor(house: house, scope: scope, login: login)
            #expect(try await one.password(TestDirectory.password(of: login)).step == "enrol")
        }
        let given = ["Of crew": ["ann"], "Of desk": ["ann", "cleo"], "Of upper": [], "Of board": ["ben"]]
        #expect(try await everybody(admin) == given)
        _ = try await preview(provider, admin)
        let same = try await run(provider, admin)
        #expect(same["state"] == "done" && same["report"]?["groupChanges"] == 0, "\(same)")
        #expect(try await everybody(admin) == given)
        #expect(refused(same) == [:], "\(same)")
        // Out of one by name, into another by number.
        try await directory.change(
            """
            dn: cn=crew,ou=groups,\(Self.base)
            changetype: modify
            replace: memberUid
            memberUid: ben

            dn: uid=ann,ou=people,\(Self.base)
            changetype: modify
            replace: gidNumber
            gidNumber: 503


            """)
        let changed = try await run(provider, admin)
        #expect(changed["state"] == "done" && changed["report"]?["groupChanges"] == 4, "\(changed)")
        let moved = ["Of crew": ["ben"], "Of desk": ["cleo"], "Of upper": [], "Of board": ["ann", "ben"]]
        #expect(try await everybody(admin) == moved)
    }

    @Test func `groups of Unix are taken in, and no others beside them`() async throws {
        let directory = try await TestDirectory()
        try await fill(directory)
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin, settings: ["groups": "posix"])
        #expect(try await change(provider, ["importsGroups": .bool(true)], admin).status == 200)
        _ = try await preview(provider, admin)
        let done = try await run(provider, admin)
        #expect(done["report"]?["groups"]?["membersAdded"] == 4, "\(done)")
        #expect(
            try await everybody(admin) == ["crew": ["ann"], "desk": ["ann", "cleo"], "upper": [], "board": ["ben"]])
        // By another way of reading they are no groups, and everybody is out of them.
        let ours = try await admin.call(
            "identity-providers.change", [provider], body: ["settings": settings(directory)], version: 1)
        #expect(ours.status == 200, "\(ours.json)")
        _ = try await preview(provider, admin)
        let other = try await run(provider, mayRemove: 4, admin)
        #expect(other["report"]?["groups"]?["membersRemoved"] == 4, "\(other)")
        let all = try await everybody(admin)
        #expect(Self.names.allSatisfy { all[$0] == [] } && all["ops"] == ["ann"], "\(all)")
    }

    @Test func `an account that two entries have, or an entry with two, is in no group by name`() async throws {
        let directory = try await TestDirectory()
        try await fill(directory)
        // Two Cleos with addresses of their own, Ben who is also called like nobody else, and somebody called as Ann is but for a
        // space, which is nothing to a server.
        try await directory.change(
            group("stage", 510, "memberUid: cleo", "memberUid: ben", "memberUid: ann")
                + "dn: uid=ben,ou=people,\(Self.base)\nchangetype: modify\nadd: uid\nuid: benjamin\n\n"
                + "dn: cn=Twin,ou=people,\(Self.base)\nchangetype: add\nobjectClass: inetOrgPerson\ncn: Twin\nsn: Twin\n"
                + "uid:: \(Data("ann ".utf8).base64EncodedString())\nmail: twin@example.org\n"
                + "userPassword: \(TestDirectory.password(of: "twin"))\n\n")
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let own = try await admin.call("groups.create", body: ["name": "Of stage"])["id"]
        let board = try await admin.call("groups.create", body: ["name": "Of board"])["id"]
        let provider = try await makeProvider(
            directory, for: admin,
            settings: [
                "groups": "posix", "baseDn": .string(Self.base), "userFilter": "(&(objectClass=person)(mail={login}))",
                "attributes": ["subject": "entryUUID", "login": "mail", "name": "cn", "email": "mail"],
            ],
            [
                "rules": [
                    ["directoryGroup": "stage", "group": .string(own)],
                    ["directoryGroup": "board", "group": .string(board)],
                ], "createsUsers": .bool(true),
            ])
        let people = ["ann": "ann", "ben": "ben", "cleo": "cleo", "cleo2": "cleo", "twin": "twin"]
        for (login, uid) in people {
            let one = Visitor(house: house, scope: scope, login: "\(login)@example.org")
            #expect(try await one.password(TestDirectory.password(of: uid)).step == "enrol", "\(login)")
        }
        let given = ["Of stage": ["ann@example.org"], "Of board": ["ben@example.org"]]
        #expect(try await everybody(admin) == given)
        let trial = try await admin.call(
            "identity-providers.test", [provider], body: ["login": "cleo@example.org"])
        #expect("\(trial.json)".contains("another entry has its uid"), "\(trial.json)")
        _ = try await preview(provider, admin)
        let done = try await run(provider, admin)
        #expect(done["state"] == "done" && done["report"]?["groupChanges"] == 0, "\(done)")
        let twins = ["uid=cleo,ou=more,dc=example,dc=org", "uid=cleo,ou=people,dc=example,dc=org"]
        #expect(refused(done) == ["shared-account": twins], "\(done)")
        #expect(try await everybody(admin) == given)
        // One of them goes, and the name is the other's.
        try await directory.change("dn: uid=cleo,ou=more,\(Self.base)\nchangetype: delete\n\n")
        let one = try await run(provider, admin)
        #expect(refused(one) == [:] && one["report"]?["groupChanges"] == 1, "\(one)")
        #expect(try await everybody(admin)["Of stage"] == ["ann@example.org", "cleo@example.org"])
    }

    @Test func `an account is nobody's that an entry outside the filter of a sync has as well`() async throws {
        let directory = try await TestDirectory()
        try await fill(directory)
        try await directory.change(group("stage", 510, "memberUid: cleo", "memberUid: ann"))
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let own = try await admin.call("groups.create", body: ["name": "Of stage"])["id"]
        let provider = try await makeProvider(
            directory, for: admin,
            settings: [
                "groups": "posix", "baseDn": .string(Self.base), "userFilter": "(&(objectClass=person)(mail={login}))",
                "attributes": ["subject": "entryUUID", "login": "mail", "name": "cn", "email": "mail"],
            ],
            ["rules": [["directoryGroup": "stage", "group": .string(own)]], "createsUsers": .bool(true)])
        #expect(try await change(provider, ["filter": "(!(mail=cleo2@example.org))"], admin).status == 200)
        _ = try await preview(provider, admin)
        let done = try await run(provider, admin)
        #expect(done["state"] == "done", "\(done)")
        let people = try await users(admin)
        #expect(people["cleo@example.org"] != nil && people["cleo2@example.org"] == nil)
        #expect(try await everybody(admin) == ["Of stage": ["ann@example.org"]])
        let twins = ["uid=cleo,ou=more,dc=example,dc=org", "uid=cleo,ou=people,dc=example,dc=org"]
        #expect(refused(done) == ["shared-account": twins], "\(done)")
    }
}
