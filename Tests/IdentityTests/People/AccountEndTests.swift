import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// Accounts that are good until a day. What sign-ins look at is the database's clock, which is ahead of the house's.
@Suite struct AccountEndTests {
    private func set(_ end: Date?, _ user: UserID, _ ada: Visitor) async throws -> Answer {
        let version = try await ada.call("users.show", [user.text]).version
        let value = end.map { JSON.string(Timestamp.text($0)) } ?? .null
        return try await ada.call("users.change", [user.text], body: ["expiresAt": value], version: version)
    }

    @Test func `whose day has come is out, and stays out`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        let token = try await visitor.call("me.create-token", body: ["name": "script"])["token"]
        let bearer = { try await house.call("me.show", in: scope, headers: [.authorization: "Bearer \(token)"]).status }
        let end = house.now + 600
        let changed = try await set(end, bob, ada)
        #expect(changed.status == 200 && changed["expiresAt"].isEmpty == false)
        #expect(try await visitor.call("me.show").status == 200)
        #expect(try await bearer() == 200)
        #expect(try await house.identity.endDueAccounts(at: end - 1) == 0)
        house.wait(600)
        // Before any work in the background has been there.
        #expect(try await visitor.call("me.show").status == 401)
        #expect(try await bearer() == 401)
        let wrong = try await visitor.password("wrong wrong wrong")
        #expect(try await visitor.password().essence == wrong.essence)
        let gateway = house.identity.gateway
        let ssh = try await gateway.password(
            login: "bob", Secret(House.password), from: "198.51.100.7", at: house.now, in: scope)
        #expect(ssh == .refused)
        #expect(try await house.identity.endDueAccounts(at: house.now) == 1)
        #expect(try await house.identity.endDueAccounts(at: house.now) == 0)
        #expect(try await ada.call("users.show", [bob.text])["state"] == "disabled")
        let superuser = try await house.test.superuser()
        let told = try await superuser.query(
            """
            select e.data ->> 'reason' from events e where e.type = 'user.disabled'
            union all select a.actor_kind from audit_events a where a.action = 'user.expired'
            """
        ) { try $0.next(String?.self) ?? "-" }
        #expect(told == ["expired", "system"])
        // Let in again, they stay in: the day is over and gone.
        #expect(try await ada.call("users.enable", [bob.text]).json["expiresAt"] == .null)
        #expect(try await house.identity.endDueAccounts(at: house.now) == 0)
        #expect(try await visitor.signIn().step == "done")
    }

    @Test func `a day that is not over, or was taken away, keeps nobody out`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        #expect(try await set(Date() + 3600, bob, ada).status == 200)
        #expect(try await visitor.signIn().step == "done")
        #expect(try await set(house.now + 60, bob, ada).status == 200)
        #expect(try await visitor.password().problem == "sign-in-refused")
        #expect(try await set(nil, bob, ada).json["expiresAt"] == .null)
        #expect(try await visitor.signIn().step == "done")
        #expect(try await set(house.now, bob, ada).status == 422)
        let late = try await ada.call(
            "users.create", body: ["login": "carl", "name": "Carl", "expiresAt": "2001-01-01T00:00:00Z"])
        #expect(late.status == 422)
        let made = try await ada.call(
            "users.create",
            body: ["login": "carl", "name": "Carl", "expiresAt": .string(Timestamp.text(Date() + 3600))])
        #expect(made.status == 201 && !made["expiresAt"].isEmpty)
    }

    @Test func `somebody is left to administer`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let me = try #require(UserID(try await ada.call("me.show").json["user"]?["id"]?.text ?? ""))
        #expect(try await set(Date() + 3600, me, ada).problem == "last-administrator")
        let (zoe, _) = try await ada.take("zoe", roles: ["administrator"])
        #expect(try await set(Date() + 3600, zoe, ada).status == 200)
        // Whoever leaves on a day does not count.
        #expect(try await set(Date() + 3600, me, ada).problem == "last-administrator")
        #expect(try await set(nil, zoe, ada).status == 200)
        #expect(try await set(Date() + 3600, me, ada).status == 200)
    }

    @Test func `the person and the administrators are told once, a week before`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (bob, _) = try await ada.take("bob")
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            "update users set email = 'bob@example.com', language = 'zh-Hans' where user_id = \(bob)")
        let letters = Letters()
        let identity = house.identity(sending: letters)
        func tell() async throws -> [String] {
            try await identity.tellOfEnds(at: house.now)
            return letters.takeAll().map { "\($0.to) \($0.text.contains("您") ? "zh" : "en") \($0.kind)" }
        }
        #expect(try await set(house.now + 8 * 86_400, bob, ada).status == 200)
        #expect(try await tell() == [])
        house.wait(86_400)
        try await ada.signIn()
        let told = ["ada@example.com en account-ends", "bob@example.com zh account-end"]
        #expect(try await tell().sorted() == told)
        #expect(try await tell() == [])
        // Another day is news again, the same one is not.
        let day = try await ada.call("users.show", [bob.text])["expiresAt"]
        #expect(try await set(Timestamp.parse(day), bob, ada)["expiresAt"] == day)
        #expect(try await tell() == [])
        #expect(try await set(house.now + 86_400, bob, ada).status == 200)
        #expect(try await tell().sorted() == told)
        // However many there are, an administrator gets one letter, which names them.
        for login in ["carl", "dora", "emil"] {
            #expect(try await set(house.now + 3600, try await ada.take(login).id, ada).status == 200)
        }
        try await identity.tellOfEnds(at: house.now)
        let sent = letters.takeAll().filter { $0.to == "ada@example.com" }
        #expect(sent.map(\.kind) == ["account-ends"])
        #expect(["carl", "dora", "emil"].allSatisfy { sent.first?.text.contains("(\($0))") == true })
    }

    @Test func `an SSH key ends on its day, at the latest when the company says, and its person is told a week before`()
        async throws
    {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute("update users set email = 'bob@example.com' where user_id = \(bob)")
        let letters = Letters()
        let identity = house.identity(sending: letters)
        func add(_ name: String, _ seconds: TimeInterval?) async throws -> Answer {
            var body: JSON = ["name": .string(name), "publicKey": .string(Self.sshKey())]
            if let seconds {
                body = body.merging(["expiresAt": .string(Timestamp.text(house.now + seconds))])
            }
            return try await visitor.call("me.add-ssh-key", body: body)
        }
        let (day, year): (TimeInterval, TimeInterval) = (86_400, 366 * 86_400)
        for seconds in [0, -60, 10 * year] {
            #expect(try await add("no", seconds).problem == "invalid-fields")
        }
        #expect(try await add("for good", nil).json["expiresAt"] == .null)
        let line = Self.sshKey()
        let added = try await visitor.call(
            "me.add-ssh-key",
            body: [
                "name": "laptop", "publicKey": .string(line),
                "expiresAt": .string(Timestamp.text(house.now + 10 * day)),
            ])
        #expect(added.status == 201, "\(added.json)")
        let off = try await add("off", 8 * day)
        #expect(try await visitor.call("me.disable-ssh-key", [off["id"]]).status == 200)
        _ = try await superuser.execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), 'ssh-key.max-days', '30', \(scope.tenant.uuid))
            """)
        #expect(try await add("too long", 31 * day).problem == "invalid-fields")
        let short = try await add("as the company says", nil)
        #expect(short.json["expiresAt"] == .string(Timestamp.text(house.now + 30 * day)), "\(short.json)")

        try await identity.tellOfEnds(at: house.now)
        #expect(letters.takeAll().isEmpty)
        house.wait(4 * day)
        try await identity.tellOfEnds(at: house.now)
        let told = letters.takeAll()
        #expect(told.map(\.kind) == ["ssh-key-end"] && told.map(\.to) == ["bob@example.com"])
        #expect(told.first?.text.contains("laptop: ") == true && told.first?.text.contains("off") == false)
        try await identity.tellOfEnds(at: house.now)
        #expect(letters.takeAll().isEmpty)

        let (gateway, blob) = (house.identity.gateway, try SSHPublicKey(line: line).blob)
        func opens() async throws -> Bool {
            try await gateway.person(login: "bob", publicKey: blob, at: house.now, in: scope) != nil
        }
        #expect(try await opens())
        house.wait(6 * day)
        #expect(try await !opens())
        // One that has ended is forgotten when the next one comes, and may be added again.
        try await visitor.signIn()
        #expect(try await visitor.call("me.ssh-keys").items.count == 4)
        let again: JSON = ["name": "again", "publicKey": .string(line)]
        #expect(try await visitor.call("me.add-ssh-key", body: again).status == 201)
        let names = try await visitor.call("me.ssh-keys").items.map { $0["name"]?.text ?? "" }
        #expect(names.sorted() == ["again", "as the company says", "for good"])
    }

    private static func sshKey() -> String {
        let blob = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + SigningKey().verifyingKey.bytes
        return "ssh-ed25519 \(Data(blob).base64EncodedString()) bob@laptop"
    }
}
