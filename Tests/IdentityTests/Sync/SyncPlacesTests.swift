import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// People and groups in several places of a directory, and what becomes of groups with their provider.
@Suite(.serialized, .enabled(if: TestDirectory.isThere)) struct SyncPlacesTests: SyncStage {
    private func importGroups(_ provider: String, _ admin: Visitor) async throws {
        #expect(try await change(provider, ["importsGroups": .bool(true)], admin).status == 200)
        _ = try await preview(provider, admin)
        #expect(try await run(provider, admin)["state"] == "done")
    }

    @Test func `people and groups are found in several places, however deep, and nowhere else`() async throws {
        let directory = try await TestDirectory()
        func unit(_ place: String) -> String {
            let name = place.prefix { $0 != "," }.dropFirst(3)
            return "dn: \(place),\(Self.base)\nchangetype: add\nobjectClass: organizationalUnit\nou: \(name)\n\n"
        }
        func person(_ uid: String, _ place: String) -> String {
            "dn: uid=\(uid),\(place),\(Self.base)\nchangetype: add\nobjectClass: inetOrgPerson\nuid: \(uid)\ncn: \(uid)\nsn: x\n"
                + "userPassword: \(TestDirectory.password(of: uid))\n\n"
        }
        func group(_ cn: String, _ place: String, _ member: String) -> String {
            "dn: cn=\(cn),\(place),\(Self.base)\nchangetype: add\nobjectClass: groupOfNames\ncn: \(cn)\nmember: \(member),\(Self.base)\n\n"
        }
        let deep = "ou=night,ou=shift,ou=plant"
        try await directory.change(
            unit("ou=plant") + unit("ou=shift,ou=plant") + unit(deep) + unit("ou=hidden") + person("nora", deep)
                + person("ina", "ou=hidden") + group("guards", deep, "uid=nora,\(deep)")
                + group("spies", "ou=hidden", "uid=nora,\(deep)"))
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let places: JSON = [
            "moreBaseDns": ["ou=plant,dc=example,dc=org"], "groupBaseDn": "ou=groups,dc=example,dc=org",
            "moreGroupBaseDns": ["OU=Plant, DC=example, DC=org"],
        ]
        let provider = try await makeProvider(directory, for: admin, settings: places, ["createsUsers": .bool(true)])
        // Whoever stands in the second place comes in as those of the first one.
        for (login, step) in [("nora", "enrol"), ("ann", "enrol"), ("ina", nil)] {
            let visitor = Visitor(house: house, scope: scope, login: login)
            let answer = try await visitor.password(TestDirectory.password(of: login))
            #expect(answer.json["step"]?.text == step, "\(login): \(answer.json)")
        }
        try await importGroups(provider, admin)
        #expect(try await users(admin).keys.sorted() == ["ada", "ann", "ben", "cleo", "eve", "nora"])
        #expect(try await groups(admin).keys.sorted() == ["all", "guards", "ops", "other", "staff"])
        #expect(try await groups(admin)["guards"]?["members"] == 1)
        // The same in two places is nobody in particular.
        let twice = try await admin.call(
            "identity-providers.change", [provider],
            body: ["settings": settings(directory, ["moreBaseDns": ["ou=more,dc=example,dc=org"]])], version: 1)
        #expect(twice.status == 200, "\(twice.json)")
        let cleo = Visitor(house: house, scope: scope, login: "cleo")
        #expect(try await cleo.password(TestDirectory.password(of: "cleo")).status == 401)
        // A place that is not there is a failure, and nobody's end.
        let lost = try await admin.call(
            "identity-providers.change", [provider],
            body: ["settings": settings(directory, ["moreBaseDns": ["ou=nowhere,dc=example,dc=org"]])], version: 2)
        #expect(lost.status == 200)
        #expect(try await preview(provider, admin)["state"] == "failed")
        #expect(try await users(admin)["ann"]?["state"] == "active")
    }

    @Test func `no place lies within another one`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        for places in [
            ["moreBaseDns": ["OU=People, dc=example,dc=org"]], ["moreBaseDns": ["ou=a,ou=people,dc=example,dc=org"]],
            ["moreBaseDns": ["dc=org"]], ["moreGroupBaseDns": ["ou=groups,dc=example,dc=org"]],
            ["moreBaseDns": .array((0..<10).map { .string("ou=p\($0),dc=net") })],
        ] as [JSON] {
            let answer = try await admin.call(
                "identity-providers.change", [provider], body: ["settings": settings(directory, places)], version: 1)
            #expect(answer.status == 422, "\(places): \(answer.json)")
        }
    }

    @Test func `a group that shows its members in parts is read to its end, or not at all`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        for (kind, words) in [
            ("ranged", nil), ("half-ranged", "values without their end"),
            ("endless-ranged", "the server returned more than was asked for"),
        ] {
            let server = try await LyingDirectory(kind, certificatesOf: directory)
            try house.opened.open([server.port])
            let place: JSON = [
                "servers": [["host": "127.0.0.1", "port": .int(Int64(server.port))]], "security": "tls",
            ]
            let made = try await admin.call(
                "identity-providers.create",
                body: [
                    "name": .string(kind), "settings": settings(directory, place),
                    "secret": .string(TestDirectory.searchPassword),
                ])
            #expect(made.status == 201, "\(made.json)")
            #expect(try await change(made["id"], ["importsGroups": .bool(true)], admin).status == 200)
            let preview = try await preview(made["id"], admin)
            #expect(preview["state"] == (words == nil ? "done" : "failed"), "\(kind): \(preview)")
            if let words {
                #expect(preview["error"]?.text?.contains(words) == true, "\(preview)")
            } else {
                #expect(preview["report"]?["groups"]?["membersAdded"] == 3, "\(preview)")
            }
        }
        #expect(ValueRange("member;range=0-1499") != nil && ValueRange("Member;Range=1500-*")?.last == nil)
        for name in ["member", "member;range=", "member;range=5-1", "member;range=-1-2", "member;range=a-*"] {
            #expect(ValueRange(name) == nil, "\(name)")
        }
    }

    @Test func `each company has its own groups of one directory`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, first) = try await house.makeTenant()
        let (_, second) = try await house.makeTenant("beta")
        try await importGroups(try await makeProvider(directory, for: first), first)
        #expect(try await groups(second).isEmpty)
        let provider = try await makeProvider(directory, for: second)
        try await importGroups(provider, second)
        let (ours, theirs) = (try await groups(first), try await groups(second))
        #expect(ours.keys.sorted() == theirs.keys.sorted() && ours.count == 4)
        #expect(ours["ops"]?["id"] != theirs["ops"]?["id"])
        #expect(try await second.call("identity-sync.show", [provider]).json["importsGroups"] == .bool(true))
        #expect(try await first.call("groups.members", [theirs["ops"]?["id"]?.text ?? ""]).status == 404)
        try await directory.change("dn: cn=other,ou=groups,\(Self.base)\nchangetype: delete\n\n")
        #expect(try await run(provider, second)["state"] == "done")
        #expect(try await groups(first)["other"]?["members"] == 1)
        #expect(try await groups(second)["other"]?["members"] == 0)
    }

    @Test func `groups that are taken in no more are emptied, and with their provider they become ordinary ones`()
        async throws
    {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        try await importGroups(provider, admin)
        #expect(try await change(provider, ["importsGroups": .bool(false)], admin).status == 200)
        let preview = try await preview(provider, admin)
        #expect(preview["report"]?["groups"]?["removed"]?["count"] == 4, "\(preview)")
        #expect(try await run(provider, admin)["state"] == "held")
        #expect(try await groups(admin)["ops"]?["members"] == 1)
        #expect(try await run(provider, mayRemove: 4, admin)["state"] == "done")
        #expect(try await groups(admin)["ops"]?["members"] == 0)
        #expect(try await run(provider, admin)["report"]?["groups"] == .null)
        try await importGroups(provider, admin)
        #expect(try await groups(admin)["ops"]?["members"] == 1)
        // Who is forgotten is in none of them.
        let ben = try await users(admin)["ben"]?["id"]?.text ?? ""
        #expect(try await admin.call("identity-providers.unlink", [provider, ben]).status == 204)
        #expect(try await groups(admin)["other"]?["members"] == 0)
        let foreseen = try await admin.call("identity-providers.foresee-removal", [provider])
        #expect(foreseen.json["groups"].map { "\($0)".contains("ops") } == true, "\(foreseen.json)")
        let version = try await admin.call("identity-providers.show", [provider]).version
        #expect(try await admin.call("identity-providers.remove", [provider], version: version).status == 204)
        let left = try await groups(admin)
        #expect(left.count == 4)
        for (name, group) in left {
            #expect(group["members"] == 0 && group["keeper"] == .null, "\(name): \(group)")
        }
    }

    @Test func `groups of a provider that is no directory any more are emptied, and people's to keep`() async throws {
        let directory = try await TestDirectory()
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let provider = try await makeProvider(directory, for: admin)
        try await importGroups(provider, admin)
        let ops = try #require(try await groups(admin)["ops"])
        #expect(ops["members"] == 1)
        let cas: JSON = ["kind": "cas", "serverUrl": "https://cas.example"]
        let changed = try await admin.call(
            "identity-providers.change", [provider], body: ["settings": cas], version: 1)
        #expect(changed.status == 200, "\(changed.json)")
        for (name, group) in try await groups(admin) {
            #expect(group["members"] == 0 && group["keeper"] == .null, "\(name): \(group)")
        }
        let ann = try await users(admin)["ann"]?["id"]?.text ?? ""
        #expect(try await admin.call("groups.add-member", [ops["id"]?.text ?? "", ann]).status == 204)
    }
}
