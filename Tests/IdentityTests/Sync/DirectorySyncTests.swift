import Cryptography
import FoundationEssentials
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// People of a real directory, kept up with.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct DirectorySyncTests: SyncStage {
    private func move(_ uid: String, from: String, to: String, in directory: TestDirectory) async throws {
        try await directory.change(
            """
            dn: uid=\(uid),ou=\(from),\(Self.base)
            changetype: modrdn
            newrdn: uid=\(uid)
            deleteoldrdn: 1
            newsuperior: ou=\(to),\(Self.base)

            """)
    }

    @Test func `nothing is changed before a preview was seen, and the preview says what the run does`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        let early = try await admin.call("identity-sync.start", [provider], body: ["kind": "run"])
        #expect(early.problem == "preview-first")
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).problem == "preview-first")
        let preview = try await preview(provider, admin)
        #expect(preview["state"] == "done", "\(preview)")
        #expect(preview["entries"] == 4)
        #expect(preview["askedBy"] == "ada")
        #expect(names(preview, "created") == ["ann", "ben", "cleo", "eve"])
        #expect(try await users(admin).keys.sorted() == ["ada"])
        #expect(try await admin.call("identity-sync.show", [provider]).json["previewedAt"] != .null)
        let done = try await run(provider, admin)
        #expect(done["report"]?["created"] == preview["report"]?["created"])
        let people = try await users(admin)
        #expect(people.keys.sorted() == ["ada", "ann", "ben", "cleo", "eve"])
        #expect(people["ann"]?["name"] == "Ann Archer" && people["ann"]?["email"] == "ann@example.org")
        #expect(try await admin.call("identity-providers.links", [provider]).items.count == 4)
        // A second time there is nothing to do.
        let again = try await run(provider, admin)
        for kind in ["created", "linked", "changed", "enabled", "disabled", "leavers"] {
            #expect(again["report"]?[kind]?["count"] == 0, "\(kind): \(again)")
        }
        #expect(try await users(admin)["ann"]?["version"] == people["ann"]?["version"])
        #expect(try await admin.call("identity-sync.runs", [provider]).items.count == 3)
        // Whoever was taken in comes in with the directory's password, and is the same person.
        let ann = Visitor(house: house, scope: admin.scope, login: "ann")
        #expect(try await ann.password(TestDirectory.password(of: "ann")).step == "enrol")
        #expect(try await users(admin).count == 5)
    }

    @Test func `a link that somebody made themselves is no word of the directory, whoever is in it or gone`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).status == 200)
        let (olga, _) = try await admin.take("olga")
        let ann = try #require(try await house.identity.directory.user(login: "ann", in: scope))
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject, bound_by_user, account)
            values (\(scope.tenant), \(IdentityProviderID(provider)!), \(olga), 'nobody there', true, 'Olga')
            """)
        _ = try await superuser.execute(
            """
            update identity_links set bound_by_user = true, account = 'Ann' where user_id = \(ann.id)
            """)
        _ = try await superuser.execute("update users set name = 'Own Name' where user_id = \(ann.id)")
        let done = try await run(provider, admin)
        #expect(done["state"] == "done", "\(done)")
        #expect(done["report"]?["known"] == 3 && done["report"]?["leavers"]?["count"] == 0, "\(done)")
        #expect(try await house.identity.directory.user(olga, in: scope)?.isActive == true)
        #expect(try await users(admin)["ann"]?["name"] == "Own Name")
    }

    @Test func `changes, leavers and returners are followed, and what was done by hand stays`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).status == 200)
        let before = try await users(admin)
        let ben = Visitor(house: house, scope: scope, login: "ben")
        try await ben.enrol(try await ben.password(TestDirectory.password(of: "ben"))["token"])
        #expect(try await ben.call("me.show").status == 200)
        let made = try await ben.call("me.create-token", body: ["name": "script"])
        let bearer: HTTPFields = [.authorization: "Bearer \(made["token"])"]
        #expect(try await house.call("me.show", in: scope, headers: bearer).status == 200)
        let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ben@laptop"
        #expect(
            try await ben.call("me.add-ssh-key", body: ["name": "laptop", "publicKey": .string(line)]).status == 201)
        let (gateway, blob) = (house.identity.gateway, try SSHPublicKey(line: line).blob)
        #expect(try await gateway.person(login: "ben", publicKey: blob, at: house.now, in: scope) != nil)
        // A new name for the same person, one who leaves, one who is new.
        try await directory.change(
            """
            dn: uid=ann,ou=people,\(Self.base)
            changetype: modrdn
            newrdn: uid=anna
            deleteoldrdn: 1

            dn: uid=anna,ou=people,\(Self.base)
            changetype: modify
            replace: cn
            cn: Anna Archer

            dn: uid=dan,ou=people,\(Self.base)
            changetype: add
            objectClass: inetOrgPerson
            uid: dan
            cn: Dan Drake
            sn: Drake

            """)
        try await move("ben", from: "people", to: "more", in: directory)
        let second = try await run(provider, admin)
        #expect(names(second, "changed") == ["ann"])
        #expect(names(second, "created") == ["dan"])
        #expect(names(second, "leavers") == ["ben"] && names(second, "disabled") == ["ben"])
        var people = try await users(admin)
        #expect(people["ann"]?["name"] == "Anna Archer" && people["ann"]?["id"] == before["ann"]?["id"])
        #expect(people["ben"]?["state"] == "disabled" && people["dan"]?["state"] == "active")
        #expect(people["ada"]?["state"] == "active")
        #expect(try await ben.call("me.show").status == 401)
        #expect(try await house.call("me.show", in: scope, headers: bearer).status == 401)
        #expect(try await gateway.person(login: "ben", publicKey: blob, at: house.now, in: scope) == nil)
        let events = try await house.test.superuser().query(
            "select subject from events where type = 'user.disabled'"
        ) { try $0.next(String.self) }
        #expect(events == [people["ben"]?["id"]?.text ?? ""])
        // Back again, and back in.
        try await move("ben", from: "more", to: "people", in: directory)
        #expect(names(try await run(provider, admin), "enabled") == ["ben"])
        #expect(try await users(admin)["ben"]?["state"] == "active")
        #expect(try await gateway.person(login: "ben", publicKey: blob, at: house.now, in: scope) == nil)
        // Whom an administrator disables stays so.
        #expect(try await admin.call("users.disable", [people["ben"]?["id"]?.text ?? ""]).status == 200)
        #expect(names(try await run(provider, admin), "enabled") == [])
        people = try await users(admin)
        #expect(people["ben"]?["state"] == "disabled")
        #expect(try await house.test.used("users", in: scope) == 5)
    }

    @Test func `rules give through nested groups and take back only what they gave`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        func group(_ name: String) async throws -> String {
            try await admin.call("groups.create", body: ["name": .string(name)])["id"]
        }
        let (operators, everybody, others) = (
            try await group("Operators"), try await group("Everybody"), try await group("Others")
        )
        let rules: JSON = [
            ["directoryGroup": "cn=ops,ou=groups,dc=example,dc=org", "group": .string(operators)],
            ["directoryGroup": "CN=All, OU=Groups, DC=Example, DC=Org", "group": .string(everybody)],
            ["directoryGroup": "staff", "role": "auditor"],
            ["directoryGroup": "other", "group": .string(others)],
        ]
        let provider = try await makeProvider(directory, for: admin, ["rules": rules])
        func members(_ group: String) async throws -> [String] {
            try await admin.call("groups.members", [group]).items.compactMap { $0["login"]?.text }.sorted()
        }
        let preview = try await preview(provider, admin)
        #expect(preview["report"]?["groupChanges"] == 3 && preview["report"]?["roleChanges"] == 1, "\(preview)")
        #expect(try await members(everybody) == [])
        _ = try await run(provider, admin)
        #expect(try await members(operators) == ["ann"])
        #expect(try await members(everybody) == ["ann"])
        #expect(try await members(others) == ["ben"])
        let eve = try await users(admin)["eve"]?["id"]?.text ?? ""
        #expect(try await admin.call("groups.add-member", [others, eve]).status == 204)
        // The same by what the entries say themselves.
        let byEntries = try await admin.call(
            "identity-providers.change", [provider], body: ["settings": settings(directory, ["groups": "member-of"])],
            version: 1)
        #expect(byEntries.status == 200, "\(byEntries.json)")
        // Other settings may mean other people.
        #expect(
            try await admin.call("identity-sync.start", [provider], body: ["kind": "run"]).problem == "preview-first")
        _ = try await self.preview(provider, admin)
        let same = try await run(provider, admin)
        #expect(same["report"]?["groupChanges"] == 0 && same["report"]?["roleChanges"] == 0, "\(same)")
        let fewer = try await admin.call(
            "identity-providers.change", [provider],
            body: ["rules": [["directoryGroup": "all", "group": .string(everybody)]]], version: 2)
        #expect(fewer.status == 200)
        let less = try await run(provider, admin)
        #expect(less["report"]?["groupChanges"] == 2 && less["report"]?["roleChanges"] == 1, "\(less)")
        #expect(try await members(operators) == [])
        #expect(try await members(everybody) == ["ann"])
        #expect(try await members(others) == ["eve"])
    }

    @Test func `a directory that has many memberships no more is asked about`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let group = try await admin.call("groups.create", body: ["name": "Operators"])["id"]
        let others = try await admin.call("groups.create", body: ["name": "Others"])["id"]
        let rules: JSON = [
            ["directoryGroup": "ops", "group": .string(group)], ["directoryGroup": "staff", "role": "auditor"],
            ["directoryGroup": "all", "role": "administrator"], ["directoryGroup": "other", "group": .string(others)],
        ]
        let provider = try await makeProvider(directory, for: admin, ["rules": rules])
        func members(_ group: String) async throws -> [String] {
            try await admin.call("groups.members", [group]).items.compactMap { $0["login"]?.text }
        }
        func delete(_ name: String) async throws {
            try await directory.change("dn: cn=\(name),ou=groups,\(Self.base)\nchangetype: delete\n\n")
        }
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        #expect(try await members(group) == ["ann"])
        #expect(try await members(others) == ["ben"])
        // A few go without a question.
        try await delete("other")
        let few = try await run(provider, admin)
        #expect(few["state"] == "done" && few["report"]?["removals"] == 1, "\(few)")
        #expect(few["report"]?["needsConfirmation"] == .bool(false))
        #expect(try await members(others) == [])
        // All that Ann has, she has through one group.
        try await delete("ops")
        let preview = try await preview(provider, admin)
        #expect(
            preview["report"]?["removals"] == 3 && preview["report"]?["needsConfirmation"] == .bool(true), "\(preview)")
        for agreed: Int? in [nil, 2] {
            let held = try await run(provider, mayRemove: agreed, admin)
            #expect(held["state"] == "held" && held["report"]?["removals"] == 3, "\(held)")
            let number: JSON = agreed.map { .int(Int64($0)) } ?? .null
            #expect(held["mayRemove"] == number)
        }
        #expect(try await members(group) == ["ann"])
        let confirmed = try await run(provider, mayRemove: 3, admin)
        #expect(confirmed["state"] == "done", "\(confirmed)")
        #expect(try await members(group) == [])
        #expect(try await run(provider, admin)["report"]?["removals"] == 0)
    }

    @Test func `a login that somebody has here is linked only where the provider links, and twins are refused`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let (ben, _) = try await admin.take("ben")
        let provider = try await makeProvider(directory, for: admin, settings: ["baseDn": .string(Self.base)])
        let preview = try await preview(provider, admin)
        #expect(refused(preview) == ["ambiguous": ["cleo", "cleo"], "not-linked": ["ben"]])
        #expect(names(preview, "created") == ["ann", "eve"])
        #expect(
            try await admin.call(
                "identity-providers.change", [provider], body: ["linksUsers": .bool(true)], version: 1
            ).status == 200)
        let done = try await run(provider, admin)
        #expect(names(done, "linked") == ["ben"])
        #expect(try await users(admin)["ben"]?["id"]?.text == ben.text)
        #expect(try await users(admin)["ben"]?["name"] == "Ben Baker")
    }

    @Test func `the plan's room is used up and the rest is named`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        try await house.test.setLimit("users", 4, in: scope)
        let provider = try await makeProvider(directory, for: admin)
        let preview = try await preview(provider, admin)
        #expect(try await house.test.used("users", in: scope) == 1)
        #expect(names(preview, "created") == ["ann", "ben", "cleo"])
        let done = try await run(provider, admin)
        #expect(names(done, "created") == ["ann", "ben", "cleo"])
        #expect(refused(done) == ["over-quota": ["eve"]])
        #expect(try await house.test.used("users", in: scope) == 4)
    }

    @Test func `thousands of people take few transactions, and an emptied directory shuts nobody out`() async throws {
        let directory = try await TestDirectory(most: "unlimited")
        try await directory.add(people: 2600)
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(
            directory, for: admin, settings: ["userFilter": "(&(objectClass=person)(uid={login})(cn=Many))"])
        _ = try await self.preview(provider, admin)
        let superuser = try await house.test.superuser()
        let before = try await commits(superuser)
        let done = try await run(provider, admin)
        #expect(done["report"]?["created"]?["count"] == 2600, "\(done)")
        #expect(names(done, "created").count == 100)
        #expect(try await commits(superuser) - before < 200)
        try await isToldTogether(2600, admin)
        // Nothing is kept of people who are here as the directory has them, and who was renamed here is called as before.
        _ = try await superuser.execute("update users set name = 'Somebody' where login = 'many17'")
        let again = try await run(provider, admin)
        #expect(names(again, "changed") == ["many17"], "\(again)")
        #expect(again["report"]?["leavers"]?["count"] == 0 && again["report"]?["known"] == 2600)
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).status == 200)
        #expect(try await change(provider, ["filter": "(description=nobody)"], admin).json["previewedAt"] == .null)
        #expect(
            try await admin.call("identity-sync.start", [provider], body: ["kind": "run"]).problem == "preview-first")
        let preview = try await preview(provider, admin)
        #expect(preview["report"]?["needsConfirmation"] == .bool(true))
        let held = try await run(provider, admin)
        #expect(held["state"] == "held" && held["report"]?["needsConfirmation"] == .bool(true), "\(held)")
        #expect(held["report"]?["leavers"]?["count"] == 2600)
        let active = try await superuser.query("select count(*) from users where state = 'active'") {
            try $0.next(Int.self)
        }
        #expect(active == [2601])
        // Who agreed to fewer did not agree to these.
        #expect(try await run(provider, mayDisable: 2599, admin)["state"] == "held")
        let confirmed = try await run(provider, mayDisable: 2600, admin)
        #expect(confirmed["report"]?["disabled"]?["count"] == 2600, "\(confirmed)")
    }

    /// A line of the trail is about hundreds of newcomers, and an event, of which each is told once for who wants to hear it.
    private func isToldTogether(_ count: Int, _ admin: Visitor) async throws {
        func texts(_ json: JSON?) -> [String] {
            if case .array(let items)? = json { items.compactMap(\.text) } else { [] }
        }
        let superuser = try await admin.house.test.superuser()
        let lines = try await superuser.query(
            "select details from audit_events where action = 'user.created' and actor_kind = 'system'"
        ) { try $0.next(JSON.self) }
        let told = Set(lines.flatMap { texts($0["users"]) })
        let logins = Set(lines.flatMap { texts($0["logins"]) })
        #expect(lines.count < 10 && told.count == count && logins.count == count && logins.contains("many17"))
        let events = try await superuser.query(
            "select event_id, data, at from events where type = 'identity-sync.imported'"
        ) { (id: try $0.next(EventID.self), data: try $0.next(JSON.self), at: try $0.next(Date.self)) }
        #expect(Set(events.flatMap { texts($0.data["users"]) }) == told)
        for event in events + events {
            try await admin.house.identity.tellOfImported(event.id, event.data, at: event.at, in: admin.scope)
        }
        let each = try await superuser.query("select subject from events where type = 'user.created'") {
            try $0.next(String.self)
        }
        #expect(each.count(where: told.contains) == count && Set(each).isSuperset(of: told))
    }

    @Test func `the last administrator stays, and one run waits for nobody else's`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).status == 200)
        // Ada is of the directory, under a subject that it has no more.
        _ = try await house.test.superuser().execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at)
            select tenant_id, \(IdentityProviderID(provider))::uuid, user_id, 'gone', \(house.now)::timestamptz
            from users where login = 'ada'
            """)
        let done = try await run(provider, admin)
        #expect(refused(done) == ["last-administrator": ["ada"]])
        #expect(try await users(admin)["ada"]?["state"] == "active")
        let first = try await admin.call("identity-sync.start", [provider], body: ["kind": "run"])
        #expect(first.status == 201)
        let second = try await admin.call("identity-sync.start", [provider], body: ["kind": "preview"])
        #expect(second.problem == "sync-under-way")
        let id = try #require(IdentitySyncRunID(first["id"]))
        // Its job is done twice, as after a crash.
        for attempt in 1...2 { try await house.identity.sync(id, attempt: attempt, in: scope) { house.now } }
        #expect(try await admin.call("identity-sync.run", [provider, id.text]).json["state"] == "done")
        // By the clock.
        func missed(_ missed: MissedSync) { Issue.record("\(missed)") }
        #expect(try await change(provider, ["intervalMinutes": 15], admin).status == 200)
        #expect(try await house.identity.startDueSyncs(at: house.now, missed: missed) == 0)
        #expect(try await house.identity.startDueSyncs(at: house.now + 900, missed: missed) == 1)
        let latest = try await admin.call("identity-sync.runs", [provider]).items.first
        #expect(latest?["state"] == "waiting" && latest?["askedBy"] == .null, "\(String(describing: latest))")
    }
}
