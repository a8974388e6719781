import FoundationEssentials
import Kernel
import LDAP
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Groups of a real directory that are too many, or that cannot be told apart.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct SyncGroupsBoundTests: SyncStage {
    private func makeImporting(
        _ directory: TestDirectory, for admin: Visitor, settings more: JSON = [:]
    ) async throws -> String {
        let provider = try await makeProvider(directory, for: admin, settings: more)
        let changed = try await change(provider, ["importsGroups": .bool(true)], admin)
        #expect(changed.status == 200, "\(changed.json)")
        return provider
    }

    private func everybody(_ admin: Visitor) async throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for (name, group) in try await groups(admin) {
            let members = try await admin.call("groups.members", [group["id"]?.text ?? ""]).items
            found[name] = members.compactMap { $0["login"]?.text }.sorted()
        }
        return found
    }

    private func group(_ number: Int, of members: String) -> String {
        """
        dn: cn=g\(number),ou=groups,\(Self.base)
        changetype: add
        objectClass: posixGroup
        cn: g\(number)
        gidNumber: \(1000 + number)
        memberUid: \(members)


        """
    }

    @Test func `more groups than are taken in fail a run that says so, and nobody's group or account is touched`()
        async throws
    {
        let directory = try await TestDirectory(most: "unlimited", memberOf: false)
        try await directory.change(group(0, of: "ann") + group(1, of: "ben"))
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeImporting(directory, for: admin, settings: ["groups": "posix"])
        _ = try await preview(provider, admin)
        #expect(try await run(provider, admin)["state"] == "done")
        let before = (groups: try await groups(admin), users: try await users(admin))
        #expect(try await everybody(admin) == ["g0": ["ann"], "g1": ["ben"]])
        // Somebody is new, somebody has left a group, and there are as many groups as are too many.
        try await directory.add(people: 1)
        try await directory.change(
            "dn: cn=g0,ou=groups,\(Self.base)\nchangetype: modify\nreplace: memberUid\nmemberUid: many0\n\n"
                + (2...SyncGroups.most).map { group($0, of: "many0") }.joined())
        for kind in ["run", "preview"] {
            let failed = kind == "run" ? try await run(provider, admin) : try await preview(provider, admin)
            #expect(failed["state"] == "failed" && failed["report"] == .null, "\(failed)")
            #expect(
                failed["error"] == "the directory has more than 20000 groups to take in; a filter narrows them",
                "\(failed)")
            #expect(try await groups(admin) == before.groups)
            #expect(try await users(admin) == before.users)
            #expect(try await everybody(admin) == ["g0": ["ann"], "g1": ["ben"]])
        }
        let superuser = try await house.test.superuser()
        let left = try await superuser.query(
            """
            select (select count(*) from identity_sync_entries) + (select count(*) from identity_sync_edges)
              + (select count(*) from identity_sync_groups)
            """
        ) { try $0.next(Int.self) }
        #expect(left == [0])
        let trail = try await superuser.query(
            """
            select details ->> 'error' from audit_events
            where action = 'identity-sync.finished' and outcome = 'failed' and details ->> 'kind' = 'run'
            """
        ) { try $0.next(String.self) }
        #expect(trail == ["the directory has more than 20000 groups to take in; a filter narrows them"])
        // Narrowed, it goes on.
        let few: JSON = ["groupFilter": "(|(cn=g0)(cn=g1)(cn=g2))"]
        #expect(try await change(provider, few, admin).status == 200)
        _ = try await preview(provider, admin)
        let narrowed = try await run(provider, admin)
        #expect(narrowed["state"] == "done", "\(narrowed)")
        #expect(try await everybody(admin) == ["g0": ["many0"], "g1": ["ben"], "g2": ["many0"]])
    }

    @Test func `two entries that are one group to the directory leave it as it was, and come to nothing if it is new`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeImporting(directory, for: admin)
        _ = try await preview(provider, admin)
        #expect(try await run(provider, admin)["state"] == "done")
        let before = try await everybody(admin)
        #expect(before["other"] == ["ben"] && before["ops"] == ["ann"])
        let superuser = try await house.test.superuser()
        let subject = try await superuser.query("select directory_id from groups where name = 'other'") {
            try $0.next(String.self)
        }
        func twin(_ name: String, _ uuid: String, of member: String) -> String {
            "dn: cn=\(name),ou=groups,\(Self.base)\nchangetype: add\nobjectClass: groupOfNames\ncn: \(name)\n"
                + "entryUUID: \(uuid)\nmember: uid=\(member),ou=people,\(Self.base)\n\n"
        }
        let new = "11111111-2222-4333-8444-555555555555"
        try await directory.change(
            twin("another", try #require(subject.first), of: "ann") + twin("one", new, of: "ann")
                + twin("two", new, of: "ann"), relaxed: true)
        try await directory.change(
            """
            dn: cn=other,ou=groups,\(Self.base)
            changetype: modify
            replace: member
            member: uid=ann,ou=people,\(Self.base)


            """)
        for _ in 0..<2 {
            let done = try await run(provider, admin)
            #expect(done["state"] == "done", "\(done)")
            guard case .array(let reasons)? = done["report"]?["groups"]?["refused"], let reason = reasons.first else {
                Issue.record("\(done)")
                return
            }
            #expect(reasons.count == 1 && reason["reason"] == "ambiguous", "\(done)")
            #expect(reason["people"]?["count"] == 2, "\(done)")
            #expect(try await everybody(admin) == before)
        }
        // One of each goes: what is left is one group.
        try await directory.change(
            "dn: cn=another,ou=groups,\(Self.base)\nchangetype: delete\n\n"
                + "dn: cn=one,ou=groups,\(Self.base)\nchangetype: delete\n\n")
        let clear = try await run(provider, admin)
        #expect(clear["state"] == "done" && clear["report"]?["groups"]?["refused"] == [], "\(clear)")
        let after = try await everybody(admin)
        #expect(after["other"] == ["ann"] && after["two"] == ["ann"] && after["one"] == nil, "\(after)")
    }
}
