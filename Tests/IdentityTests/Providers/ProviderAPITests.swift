import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// Identity providers as administrators keep them.
@Suite struct ProviderAPITests {
    private static let settings: JSON = [
        "kind": "ldap", "servers": [["host": "LDAP.example.org.", "port": 389]],
        "bindDn": "cn=search,dc=example,dc=org",
        "baseDn": "dc=example,dc=org",
    ]

    private static func body(_ more: JSON = [:], settings: JSON = [:]) -> JSON {
        let base: JSON = [
            "name": "Directory", "settings": Self.settings.merging(settings), "secret": "bind secret",
        ]
        return base.merging(more)
    }

    @Test func `a provider is created, changed and removed, and its secret is never shown`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let made = try await admin.call("identity-providers.create", body: Self.body(["domains": ["Example.ORG"]]))
        #expect(made.status == 201, "\(made.json)")
        let id = made["id"]
        #expect(made.json["domains"] == ["example.org"])
        #expect(made.json["createsUsers"] == .bool(false))
        #expect(made.json["hasSecret"] == .bool(true))
        #expect(made.json["settings"]?["kind"]?.text == "ldap")
        #expect(made.json["settings"]?["userFilter"]?.text == "(&(objectClass=person)(uid={login}))")
        #expect(made.json["settings"]?["servers"] == [["host": "ldap.example.org", "port": 389]])
        for answer in [
            made, try await admin.call("identity-providers.show", [id]),
            try await admin.call("identity-providers.list"),
        ] {
            #expect(!String(decoding: answer.json.bytes, as: UTF8.self).contains("bind secret"))
        }
        #expect(try await admin.call("identity-providers.create", body: Self.body()).problem == "name-taken")
        #expect(
            try await admin.call("identity-providers.change", [id], body: ["position": 3], version: 7).status == 412)
        let changed = try await admin.call("identity-providers.change", [id], body: ["position": 3], version: 1)
        #expect(changed.json["position"] == 3 && changed.version == 2)
        #expect(try await admin.call("identity-providers.remove", [id]).status == 204)
        #expect(try await admin.call("identity-providers.show", [id]).status == 404)
    }

    @Test func `a secret goes to the place it was given for, and to no other`() async throws {
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let made = try await admin.call("identity-providers.create", body: Self.body())
        let id = made["id"]
        func change(_ settings: JSON, secret: JSON = [:], version: Int) async throws -> Answer {
            let body: JSON = ["settings": Self.settings.merging(settings)]
            return try await admin.call("identity-providers.change", [id], body: body.merging(secret), version: version)
        }
        for elsewhere: JSON in [
            ["servers": [["host": "evil.example", "port": 389]]],
            ["servers": [["host": "ldap.example.org", "port": 390]]],
            ["security": "tls"], ["bindDn": "cn=other,dc=example,dc=org"],
            ["authorities": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"],
        ] {
            let answer = try await change(elsewhere, version: 1)
            #expect(answer.status == 422, "\(answer.json)")
            #expect(String(decoding: answer.json.bytes, as: UTF8.self).contains("\"/secret\""))
        }
        #expect(try await change(["baseDn": "ou=people,dc=example,dc=org"], version: 1).status == 200)
        func secret() async throws -> String? {
            let stored = try await IdentityProviderStore.find(
                try #require(IdentityProviderID(id)), in: scope, house.test.database)
            guard let sealed = stored?.sealedSecret else { return nil }
            let bytes = try await house.keys.open(
                sealed, table: "identity_providers", row: id, version: 1, in: scope)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(try await secret() == "bind secret")
        let moved = try await change(
            ["servers": [["host": "new.example", "port": 389]]], secret: ["secret": "another"], version: 2)
        #expect(moved.status == 200)
        #expect(try await secret() == "another")
        #expect(try await change(["bindDn": .null], version: 3).json["hasSecret"] == .bool(false))
        #expect(try await secret() == nil)
    }

    @Test func `a secret moves under the tenant's new key`() async throws {
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let id = try await admin.call("identity-providers.create", body: Self.body())["id"]
        let rewrapping = ProvidersRewrapping(database: house.test.database)
        let before = try await house.keys.current(in: scope).id
        _ = try await house.tenancy.rotateKey(at: house.now, in: scope)
        let chain = try await house.keys.chain(in: scope)
        #expect(chain.current.id != before)
        #expect(try await rewrapping.waiting(besides: chain.current.id, in: scope) == 1)
        #expect(try await rewrapping.rewrap(10, with: chain, in: scope) == 1)
        #expect(try await rewrapping.waiting(besides: chain.current.id, in: scope) == 0)
        let stored = try await IdentityProviderStore.find(
            try #require(IdentityProviderID(id)), in: scope, house.test.database)
        let bytes = try await house.keys.open(
            try #require(stored?.sealedSecret), table: "identity_providers", row: id, version: 1, in: scope)
        #expect(String(decoding: bytes, as: UTF8.self) == "bind secret")
    }

    @Test func `what makes no sense is refused where it stands`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let wrong: [(JSON, String)] = [
            (Self.body(["domains": ["no domain"]]), "/domains/0"), (Self.body(["position": 0]), "/position"),
            (Self.body(settings: ["servers": []]), "/settings/servers"),
            (Self.body(settings: ["servers": [["host": "a b", "port": 389]]]), "/settings/servers/0/host"),
            (Self.body(settings: ["userFilter": "(uid=ann)"]), "/settings/userFilter"),
            (Self.body(settings: ["userFilter": "(uid={login}))("]), "/settings/userFilter"),
            (Self.body(settings: ["authorities": "no certificate"]), "/settings/authorities"),
            (Self.body(settings: ["bindDn": .null]), "/secret"),
            (Self.body(["secret": .null]), "/secret"),
            (Self.body(settings: ["security": "none"]), "/settings/security"),
            (Self.body(settings: ["kind": "nis"]), "/settings/kind"),
            (Self.body(["rules": [["directoryGroup": "x"]]]), "/rules/0"),
            (Self.body(["rules": [["directoryGroup": "x", "role": .string(RoleID.new().text)]]]), "/rules"),
            (Self.body(["rules": [["directoryGroup": "x", "group": .string(GroupID.new().text)]]]), "/rules"),
        ]
        for (body, pointer) in wrong {
            let answer = try await admin.call("identity-providers.create", body: body)
            #expect(answer.status == 422, "\(pointer): \(answer.json)")
            #expect(
                String(decoding: answer.json.bytes, as: UTF8.self).contains("\"\(pointer)\""),
                "\(pointer): \(answer.json)")
        }
        #expect(try await admin.call("identity-providers.list").items.isEmpty)
    }

    @Test func `whoever may not manage providers does not, and another tenant finds nothing`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let id = try await admin.call("identity-providers.create", body: Self.body())["id"]
        let (_, auditor) = try await admin.take("otto", roles: ["auditor"])
        #expect(try await auditor.call("identity-providers.show", [id]).status == 200)
        #expect(try await auditor.call("identity-providers.create", body: Self.body(["name": "x"])).status == 403)
        let tested = try await auditor.call("identity-providers.test", [id], body: ["login": "ann"])
        #expect(tested.status == 403)
        let (_, other) = try await house.makeTenant("bolt")
        #expect(try await other.call("identity-providers.show", [id]).status == 404)
        #expect(try await other.call("identity-providers.links", [id]).status == 404)
        #expect(try await other.call("identity-providers.test", [id], body: ["login": "ann"]).status == 404)
        #expect(try await other.call("identity-providers.list").items.isEmpty)
    }

    @Test func `a provider takes nothing that its tenant's network closes`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let settings: JSON = [
            "servers": [["host": "127.0.0.1", "port": 389], ["host": "169.254.169.254", "port": 389]]
        ]
        let id = try await admin.call("identity-providers.create", body: Self.body(settings: settings))["id"]
        let test = try await admin.call("identity-providers.test", [id], body: ["login": "ann"])
        let text = String(decoding: test.json.bytes, as: UTF8.self)
        #expect(text.contains("127.0.0.1:389 is on a private or reserved network"))
        #expect(text.contains("169.254.169.254:389 is on a private or reserved network"))
        #expect(test["outcome"] == "refused")
    }
}
