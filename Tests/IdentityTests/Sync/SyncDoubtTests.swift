import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Directories that show less than they have, lie, or are not there: nobody is shut out for what was not seen.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct SyncDoubtTests: SyncStage {
    /// What became of the latest run that the schedule would have started: whatever is wrong now was not at the preview.
    private func runAsBefore(_ provider: String, _ admin: Visitor) async throws -> JSON {
        _ = try await admin.house.test.superuser().execute(
            "update identity_syncs set previewed_at = now() where tenant_id = \(admin.scope.tenant)")
        return try await run(provider, admin)
    }

    private func active(_ admin: Visitor) async throws -> [String] {
        try await users(admin).values.filter { $0["state"] == "active" }.compactMap { $0["login"]?.text }.sorted()
    }

    private func move(_ provider: String, to settings: JSON, _ admin: Visitor) async throws {
        let moved = try await admin.call(
            "identity-providers.change", [provider],
            body: ["settings": settings, "secret": .string(TestDirectory.searchPassword)],
            version: try await admin.call("identity-providers.show", [provider]).version)
        #expect(moved.status == 200, "\(moved.json)")
    }

    private func staged(_ house: House) async throws -> Int {
        let count = try await house.test.superuser().query(
            "select (select count(*) from identity_sync_entries) + (select count(*) from identity_sync_edges)"
        ) { try $0.next(Int.self) }
        return count.first ?? -1
    }

    @Test func `what is not read to its end changes nothing`() async throws {
        // It shows three entries to one search, and has four people.
        let directory = try await TestDirectory(most: "3")
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        let cut = try await preview(provider, admin)
        #expect(cut["state"] == "failed", "\(cut)")
        #expect(cut["report"] == .null && cut["error"] == "the server returned more than was asked for")
        #expect(
            try await admin.call("identity-sync.start", [provider], body: ["kind": "run"]).problem == "preview-first")
        #expect(try await users(admin).keys.sorted() == ["ada"])
        #expect(try await staged(house) == 0)
    }

    @Test func `whatever a directory says or does not say, a failed search shuts nobody out`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).status == 200)
        let everybody = ["ada", "ann", "ben", "cleo", "eve"]
        #expect(try await active(admin) == everybody)
        let lies = [
            "endless": "the same page again and again", "hollow": "the same page again and again",
            "circle": "the same people again and again", "mute": "a page without a word on the next one",
            "unreadable": "a page of which nobody knows whether it is the last", "referral": "refers to another one",
            "cut-off": "", "large": "", "drip": "no answer in time", "silent": "no answer in time",
        ]
        for (lie, words) in lies {
            let liar = try await LyingDirectory(lie, certificatesOf: directory)
            try house.opened.open([liar.port])
            let place: JSON = [
                "servers": [["host": "127.0.0.1", "port": .int(Int64(liar.port))]], "security": "tls",
                "timeoutSeconds": 1,
            ]
            try await move(provider, to: settings(directory, place), admin)
            let answer = try await runAsBefore(provider, admin)
            #expect(answer["state"] == "failed", "\(lie): \(answer)")
            #expect(answer["error"]?.text?.contains(words) == true, "\(lie): \(answer)")
            #expect(try await active(admin) == everybody, "\(lie)")
            #expect(try await staged(house) == 0, "\(lie)")
        }
        await directory.first.stop()
        try await move(provider, to: settings(directory), admin)
        #expect(try await runAsBefore(provider, admin)["state"] == "failed")
        #expect(try await active(admin) == everybody)
    }

    @Test func `a directory with somebody else in it, or two of one subject, is not followed unasked`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).status == 200)
        // It succeeds, with one person whom nobody knows.
        let liar = try await LyingDirectory("everybody", certificatesOf: directory)
        let twins = try await LyingDirectory("twins", certificatesOf: directory)
        try house.opened.open([liar.port, twins.port])
        for (port, ambiguous) in [(liar.port, 0), (twins.port, 1)] {
            let place: JSON = ["servers": [["host": "127.0.0.1", "port": .int(Int64(port))]], "security": "tls"]
            try await move(provider, to: settings(directory, place), admin)
            let held = try await runAsBefore(provider, admin)
            #expect(held["state"] == "held", "\(held)")
            #expect(names(held, "leavers") == ["ann", "ben", "cleo", "eve"])
            #expect(try await active(admin).count == 5)
            let preview = try await preview(provider, admin)
            #expect(refused(preview)["ambiguous"]?.count ?? 0 == ambiguous, "\(preview)")
        }
    }

    @Test func `entries that cannot be told from others cast a doubt on who is gone`() async throws {
        let directory = try await TestDirectory()
        try await directory.change(
            """
            dn: uid=ann,ou=people,\(Self.base)
            changetype: modify
            replace: description
            description: 1

            dn: uid=ben,ou=people,\(Self.base)
            changetype: modify
            replace: description
            description: 2

            """)
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let attributes: JSON = ["subject": "description", "login": "uid", "name": "cn", "email": "mail"]
        let provider = try await makeProvider(directory, for: admin, settings: ["attributes": attributes])
        let preview = try await preview(provider, admin)
        #expect(refused(preview)["no-subject"]?.count == 2, "\(preview)")
        _ = try await run(provider, admin)
        #expect(try await active(admin) == ["ada", "ann", "ben"])
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).status == 200)
        // Ben is there as before, but nobody sees any more that it is he.
        try await directory.change(
            """
            dn: uid=ben,ou=people,\(Self.base)
            changetype: modify
            delete: description

            """)
        let held = try await run(provider, admin)
        #expect(held["state"] == "held" && names(held, "leavers") == ["ben"], "\(held)")
        #expect(try await active(admin) == ["ada", "ann", "ben"])
    }

    @Test func `a run that lost its lease, or what it had read, changes nothing`() async throws {
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let directory = try await TestDirectory()
        let provider = try await makeProvider(directory, for: admin)
        _ = try await preview(provider, admin)
        _ = try await run(provider, admin)
        #expect(try await change(provider, ["disablesLeavers": .bool(true)], admin).status == 200)
        let started = try await admin.call(
            "identity-sync.start", [provider], body: ["kind": "run", "mayDisable": 100])
        let id = try #require(IdentitySyncRunID(started["id"]))
        let (database, now) = (house.test.database, house.now)
        let sync = try await house.identity.identitySync(of: try #require(IdentityProviderID(provider)), in: scope)
        let work = RunIdentitySync(
            database: database, signIn: house.identity.providerSignIn, clock: { now }, scope: scope)
        /// Takes the run up and reads one person; and then does what that says.
        func takeUp() async throws -> (IdentitySyncRun, IdentitySyncStaging, ReadDirectory.Outcome) {
            let found = try await IdentitySyncStore.start(id, at: now, in: scope, database)
            let (run, attempt) = try #require(found)
            let staging = IdentitySyncStaging(run: id, attempt: attempt, database: database, now: now, scope: scope)
            let somebody = IdentitySyncStaging.Person(
                subject: "s", dn: "uid=s", login: "somebody", name: nil, email: nil)
            return (run, staging, ReadDirectory.Outcome(entries: 1, people: try await staging.add([somebody])))
        }
        func apply(_ made: (IdentitySyncRun, IdentitySyncStaging, ReadDirectory.Outcome)) async throws {
            try await database.transaction(in: scope) { tx in
                _ = try await work.apply(made.0, sync, made.2, made.1, tx)
            }
        }
        let first = try await takeUp()
        let second = try await takeUp()
        await #expect(throws: RunIdentitySync.TakenOver.self) { try await apply(first) }
        // What the one forgets is not what the other one knows.
        try await first.1.clear()
        #expect(try await staged(house) == 1)
        _ = try await house.test.superuser().execute("truncate identity_sync_entries")
        await #expect(throws: RunIdentitySync.Lost.self) { try await apply(second) }
        #expect(try await active(admin).count == 5)
        // The next attempt reads all of it again.
        try await house.identity.sync(id, attempt: 3, in: scope) { now }
        let done = try await admin.call("identity-sync.run", [provider, id.text]).json
        #expect(done["state"] == "done" && done["report"]?["leavers"]?["count"] == 0, "\(done)")
        #expect(try await staged(house) == 0)
        await #expect(throws: RunIdentitySync.TakenOver.self) { try await apply(second) }
    }

    @Test(arguments: [
        (0, 0, 20, true, false), (1, 5, 20, true, false), (2, 5, 20, true, false), (3, 5, 20, true, true),
        (1, 1, 20, true, true), (2, 2, 100, true, true), (20, 100, 20, true, false), (21, 100, 20, true, true),
        (21, 100, 21, true, false), (1, 100, 20, false, true), (0, 100, 20, false, false),
    ]) func `so many leavers are believed, and no more`(
        leavers: Int, active: Int, percent: Int, isClear: Bool, isTooMany: Bool
    ) {
        #expect(SyncPeople.isTooMany(leavers, of: active, percent: percent, isClear: isClear) == isTooMany)
    }

    @Test(arguments: [
        (0, 0, 20, false), (1, 1, 20, false), (2, 2, 20, false), (3, 3, 20, true), (3, 3, 100, false),
        (3, 15, 20, false),
        (3, 14, 20, true), (20, 100, 20, false), (21, 100, 20, true),
    ]) func `so many memberships are taken away unasked, and no more`(
        removals: Int, given: Int, percent: Int, isTooMuch: Bool
    ) {
        #expect(SyncMemberships.isTooMuch(removals, of: given, percent: percent) == isTooMuch)
    }
}
