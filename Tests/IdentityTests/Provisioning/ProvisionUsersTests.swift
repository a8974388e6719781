import FoundationEssentials
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// What a provider's program can do to people, and what it cannot.
@Suite(.serialized) struct ProvisionUsersTests {
    private func stage(_ more: JSON = [:]) async throws -> (house: House, admin: Visitor, program: Program) {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        return (house, admin, try await Program.make(for: admin, more))
    }

    @Test func `a person comes, changes, leaves and comes back`() async throws {
        let (house, admin, program) = try await stage()
        let made = try await program.call(
            "create-user", [],
            Program.user(
                "Ann@example.com",
                [
                    "externalId": "e1", "displayName": "Ann Archer", "password": "never kept",
                    "emails": [["value": "ann@example.com", "type": "work", "primary": true]],
                ]))
        #expect(made.status == 201 && made["userName"] == "Ann@example.com" && made.json["active"] == true)
        #expect(made.headers[.location]?.hasSuffix("/scim/v2/Users/\(made["id"])") == true)
        #expect(made.headers[.contentType] == "application/scim+json" && !made.text.contains("never kept"))
        let id = made["id"]
        let user = try await program.user(id)
        #expect(user["login"] == "ann@example.com" && user["name"] == "Ann Archer")
        #expect(user["email"] == "ann@example.com")
        #expect(try await program.roles(id) == ["user"])
        let renamed = try await program.patch(
            "change-user", id, ["op": "replace", "value": ["displayName": "Ann Baker"]],
            ["op": "replace", "path": "emails[type eq \"work\"].value", "value": "baker@example.com"])
        #expect(renamed.status == 200, "\(renamed.text)")
        #expect(try await program.user(id)["name"] == "Ann Baker")
        #expect(try await program.user(id)["email"] == "baker@example.com")
        // What is open of a person who leaves is closed.
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            """
            insert into web_sessions (tenant_id, web_session_id, user_id, token_hash, created_at, last_seen_at,
              rotated_at, expires_at, second_factor_at)
            select tenant_id, \(WebSessionID.new()), user_id, '\\x01', now(), now(), now(), now() + interval '1 hour', now()
            from users where login = 'ann@example.com'
            """)
        let left = try await program.set(id, active: false)
        #expect(left.status == 200 && left.json["active"] == false)
        #expect(try await program.state(id) == "disabled")
        let open = try await superuser.query(
            """
            select count(*) from web_sessions s join users u on u.tenant_id = s.tenant_id and u.user_id = s.user_id
            where u.login = 'ann@example.com'
            """
        ) { try $0.next(Int.self) }
        #expect(open == [0])
        let events = try await superuser.query("select type from events where subject = \(id)") {
            try $0.next(String.self)
        }
        #expect(events.contains("user.disabled"))
        #expect(try await program.set(id, active: true).json["active"] == true)
        #expect(try await program.state(id) == "active")
        // A removal disables, and the same name brings the same person back.
        #expect(try await program.call("remove-user", [id]).status == 204)
        #expect(try await program.state(id) == "disabled")
        #expect(try await program.call("user", [id]).status == 404)
        #expect(try await program.make("ann@example.com", ["externalId": "e2"]) == id)
        #expect(try await program.state(id) == "active")
        let trail = try await superuser.query(
            "select action from audit_events where actor_name = 'provisioning' and target_id = \(id)"
        ) { try $0.next(String.self) }
        let expected: Set<String> = [
            "user.created", "user.changed", "user.disabled", "user.enabled", "provisioned-user.changed",
            "provisioned-user.removed", "provisioned-user.taken-over",
        ]
        #expect(Set(trail) == expected, "\(trail)")
        #expect(try await program.calls.count == 7)
        #expect(try await admin.call("provisioning.show", [program.provider]).json["people"] == 1)
    }

    @Test func `whom an administrator has disabled stays disabled, whatever is sent`() async throws {
        let (_, admin, program) = try await stage(["linksUsers": true])
        let id = try await program.make("ann")
        #expect(try await admin.call("users.disable", [id]).status == 200)
        let answers = [
            try await program.set(id, active: true),
            try await program.call("replace-user", [id], Program.user("ann", ["active": true, "displayName": "New"])),
        ]
        for answer in answers { #expect(answer.status == 200 && answer.json["active"] == false, "\(answer.text)") }
        #expect(try await program.state(id) == "disabled")
        #expect(try await program.calls.contains { $0["note"]?.text?.contains("administrator") == true })
        // Nor by leaving and coming back, nor by being removed and made anew.
        _ = try await program.set(id, active: false)
        _ = try await program.set(id, active: true)
        #expect(try await program.state(id) == "disabled")
        #expect(try await program.call("remove-user", [id]).status == 204)
        let again = try await program.call("create-user", [], Program.user("ann"))
        #expect(again.status == 409 && again.scimType == "uniqueness")
        #expect(try await program.state(id) == "disabled")
        // Disabled by provisioning first and by an administrator then, it is the administrator's.
        let ben = try await program.make("ben")
        _ = try await program.set(ben, active: false)
        #expect(try await admin.call("users.disable", [ben]).status == 200)
        _ = try await program.set(ben, active: true)
        #expect(try await program.state(ben) == "disabled")
        // And whom an administrator lets in again is in.
        #expect(try await admin.call("users.enable", [ben]).status == 200)
        #expect(try await program.state(ben) == "active")
    }

    @Test func `another provider lets nobody in whom one has disabled`() async throws {
        let (_, admin, program) = try await stage()
        let other = try await Program.make("Okta", for: admin, ["linksUsers": true])
        let id = try await program.make("ann")
        #expect(try await other.make("ann") == id)
        _ = try await program.set(id, active: false)
        _ = try await other.set(id, active: true)
        #expect(try await program.state(id) == "disabled")
        // Both say that the person has left: both have to say that they are back.
        _ = try await other.set(id, active: false)
        _ = try await program.set(id, active: true)
        #expect(try await program.state(id) == "disabled")
        _ = try await other.set(id, active: true)
        #expect(try await program.state(id) == "active")
    }

    @Test func `nobody who may do more is renamed, re-addressed, disabled or removed`() async throws {
        let (_, admin, program) = try await stage()
        let id = try await program.make("ann", ["emails": [["value": "ann@example.com"]], "displayName": "Ann"])
        let promoted = try await admin.call(
            "users.change", [id], body: ["roles": ["user", "auditor"]],
            version: try await admin.call("users.show", [id]).version)
        #expect(promoted.status == 200, "\(promoted.text)")
        let before = try await program.user(id)
        for answer in [
            try await program.patch("change-user", id, ["op": "replace", "path": "userName", "value": "eve"]),
            try await program.patch("change-user", id, ["op": "replace", "path": "displayName", "value": "Eve"]),
            try await program.patch(
                "change-user", id, ["op": "replace", "path": "emails", "value": [["value": "eve@example.com"]]]),
            try await program.call("replace-user", [id], Program.user("ann", ["displayName": "Ann", "emails": []])),
            try await program.set(id, active: false),
            try await program.call("remove-user", [id]),
        ] {
            #expect(answer.status == 403 && answer.problem == "provisioning-refused", "\(answer.text)")
        }
        #expect(try await program.user(id) == before)
        // What changes nothing of these is no harm.
        let external = try await program.patch(
            "change-user", id, ["op": "add", "path": "externalId", "value": "e9"],
            ["op": "replace", "path": "active", "value": true])
        #expect(external.status == 200 && external["externalId"] == "e9", "\(external.text)")
        // Where it is allowed, they leave like everybody, and are still not renamed.
        #expect(try await program.turn(["handlesPrivileged": true]).status == 200)
        #expect(
            try await program.patch("change-user", id, ["op": "replace", "path": "displayName", "value": "Eve"]).status
                == 403)
        #expect(try await program.set(id, active: false).status == 200)
        #expect(try await program.state(id) == "disabled")
    }

    @Test func `the last administrator stays, and rights that the rules give are no obstacle`() async throws {
        let (_, admin, program) = try await stage([
            "linksUsers": true, "rules": [["directoryGroup": "Admins", "role": "administrator"]],
        ])
        let ada = try await program.make("ada", ["displayName": "Ada Archer"])
        #expect(try await admin.call("me.show").json["user"]?["id"]?.text == ada)
        let left = try await program.set(ada, active: false)
        #expect(left.status == 403, "\(left.text)")
        #expect(try await program.call("remove-user", [ada]).status == 403)
        #expect(try await program.state(ada) == "active")
    }

    @Test
    func `an account that is here is taken over only where the provider links people, and never one with more rights`()
        async throws
    {
        let (_, admin, program) = try await stage()
        let bob = try await admin.take("bob")
        #expect(try await program.call("create-user", [], Program.user("BOB")).scimType == "uniqueness")
        // Not by the same address either: nobody is known by it.
        let ada = try await program.make("ada2", ["emails": [["value": "ada@example.com"]]])
        #expect(try await program.user(ada)["login"] == "ada2")
        let linking = try await Program.make("Linking", for: admin, ["linksUsers": true])
        #expect(try await linking.call("create-user", [], Program.user("ada")).status == 409)
        #expect(try await linking.make("bob", ["displayName": "Robert"]) == bob.id.text)
        #expect(try await linking.user(bob.id.text)["name"] == "Robert")
        // With the setting, an administrator is taken over and keeps the names that they have.
        #expect(try await linking.turn(["handlesPrivileged": true]).status == 200)
        let taken = try await linking.make("ada", ["displayName": "Eve", "emails": [["value": "eve@example.com"]]])
        #expect(try await linking.user(taken)["name"] == "Ada Archer")
        #expect(try await linking.user(taken)["email"] == "ada@example.com")
        // One provider sees nothing of another one's people.
        #expect(try await program.call("user", [bob.id.text]).status == 404)
        #expect(try await program.set(bob.id.text, active: false).status == 404)
        #expect(try await program.call("users").total == 1)
    }

    @Test func `another user name renames nobody here, and takes nobody's name`() async throws {
        let (_, admin, program) = try await stage()
        _ = try await admin.take("root")
        let id = try await program.make("ann")
        let renamed = try await program.patch(
            "change-user", id, ["op": "replace", "path": "userName", "value": "ann.baker"])
        #expect(renamed.status == 200 && renamed["userName"] == "ann.baker", "\(renamed.text)")
        #expect(try await program.user(id)["login"] == "ann")
        let found = try await program.call("users", query: [("filter", #"userName eq "ANN.baker""#)])
        #expect(found.total == 1)
        let root = try await program.patch("change-user", id, ["op": "replace", "path": "userName", "value": "root"])
        #expect(root.status == 409 && root.scimType == "uniqueness")
        let ben = try await program.make("ben")
        let same = try await program.patch(
            "change-user", ben, ["op": "replace", "path": "userName", "value": "Ann.Baker"])
        #expect(same.status == 409)
    }

    @Test func `whom the program has named comes in through the provider, and nobody else does by a name`() async throws
    {
        let (house, admin, program) = try await stage()
        _ = try await admin.take("bob")
        let id = try await program.make("ann")
        _ = try await program.patch("change-user", id, ["op": "replace", "path": "userName", "value": "ann.baker"])
        let provider = try await house.identity.identityProvider(
            try #require(IdentityProviderID(program.provider)), in: admin.scope)
        func admit(_ subject: String, _ login: String) async throws -> String {
            let profile = ProviderProfile(subject: subject, login: login, name: nil, email: nil, groups: [])
            let admitting = AdmitSubject(
                database: house.test.database, catalogue: house.identity.settings.catalogue, provider: provider,
                keyDays: 7, address: nil,
                now: house.now, scope: admin.scope)
            return switch try await admitting(profile, typed: nil) {
            case .admitted(let account): account.id.text
            case .bound: "bound"
            case .refused(let reason): "\(reason)"
            }
        }
        #expect(try await admit("s1", "bob") == "notLinked")
        // The login here is no name of the provider's any more.
        #expect(try await admit("s1", "ann") == "notLinked")
        #expect(try await admit("s1", "Ann.Baker") == id)
        #expect(try await admit("s2", "ann.baker") == "otherPerson")
        _ = try await program.set(id, active: false)
        #expect(try await admit("s1", "ann.baker") == "disabled")
    }

    @Test func `a factor by mail does not follow another address`() async throws {
        let (house, _, program) = try await stage()
        let id = try await program.make("ann", ["emails": [["value": "ann@example.com"]]])
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            """
            insert into code_factors (tenant_id, user_id, channel, address, confirmed_at)
            select tenant_id, user_id, 'email', email, now() from users where login = 'ann'
            """)
        let changed = try await program.patch(
            "change-user", id, ["op": "replace", "path": "emails", "value": [["value": "eve@example.com"]]])
        #expect(changed.status == 200)
        let addresses = try await superuser.query("select address from code_factors") { try $0.next(String.self) }
        #expect(addresses == ["ann@example.com"])
    }

    @Test func `domains of other providers are theirs, in user names and in addresses`() async throws {
        let (_, admin, program) = try await stage(["domains": ["ours.example"]])
        _ = try await Program.make("Other", for: admin, ["domains": ["theirs.example"]])
        let refused = [
            try await program.call("create-user", [], Program.user("eve@theirs.example")),
            try await program.call(
                "create-user", [], Program.user("eve", ["emails": [["value": "eve@Theirs.Example"]]])),
            try await program.call(
                "create-user", [],
                Program.user(
                    "eve", ["emails": [["value": "e@ours.example", "primary": true], ["value": "e@theirs.example"]]])),
        ]
        for answer in refused { #expect(answer.status == 403, "\(answer.text)") }
        let id = try await program.make("eve@ours.example", ["emails": [["value": "eve@ours.example"]]])
        for operation: JSON in [
            ["op": "replace", "path": "userName", "value": "eve@theirs.example"],
            ["op": "replace", "path": "emails", "value": [["value": "eve@theirs.example"]]],
        ] {
            #expect(try await program.patch("change-user", id, operation).status == 403)
        }
        #expect(try await program.user(id)["email"] == "eve@ours.example")
    }

    @Test func `filters, pages and projections`() async throws {
        let (_, _, program) = try await stage()
        for number in 0..<5 {
            _ = try await program.make(
                "member\(number)", ["externalId": .string("x\(number)"), "displayName": .string("Member \(number)")])
        }
        _ = try await program.set(
            try #require(
                try await program.call("users", query: [("filter", #"externalId eq "x4""#)]).resources.first?["id"]?
                    .text),
            active: false)
        func total(_ filter: String) async throws -> Int {
            try await program.call("users", query: [("filter", filter)]).total
        }
        #expect(try await total(#"userName eq "member1""#) == 1)
        #expect(try await total(#"userName sw "member" and active eq true"#) == 4)
        #expect(try await total(#"displayName co "MEMBER 3" or externalId eq "x0""#) == 2)
        #expect(try await total(#"userName eq "member1'; drop table users; --""#) == 0)
        #expect(try await total(#"id eq "usr_nobody""#) == 0)
        let bad = try await program.call("users", query: [("filter", "userName eq")])
        #expect(bad.status == 400 && bad.problem == "provisioning-invalid" && bad.scimType == "invalidFilter")
        let page = try await program.call("users", query: [("startIndex", "2"), ("count", "2")])
        let names = try await program.call("users").resources.compactMap { $0["userName"]?.text }
        #expect(page.total == 5 && page.resources.compactMap { $0["userName"]?.text } == Array(names[1...2]))
        #expect(try await program.call("users", query: [("count", "0")]).resources.isEmpty)
        #expect(try await program.call("users", query: [("count", "x")]).status == 400)
        let few = try await program.call("users", query: [("attributes", "userName"), ("count", "1")]).resources
        guard case .object(let members)? = few.first else { return #expect(Bool(false)) }
        #expect(Set(members.map(\.name)) == ["schemas", "id", "userName"])
        let without = try await program.call("users", query: [("excludedAttributes", "displayName,meta.created")])
        #expect(without.resources.allSatisfy { $0["displayName"] == nil && $0["meta"]?["created"] == nil })
        #expect(without.resources.allSatisfy { $0["meta"]?["version"] != nil })
    }

    @Test func `a version that is not the last one changes nothing`() async throws {
        let (_, admin, program) = try await stage()
        let id = try await program.make("ann")
        let tag = try #require(try await program.call("user", [id]).headers[.eTag])
        #expect(try await program.call("user", [id], headers: [.ifNoneMatch: tag]).status == 304)
        let first = try await program.patch(
            "change-user", id, ["op": "replace", "path": "displayName", "value": "One"], headers: [.ifMatch: tag])
        #expect(first.status == 200)
        let second = try await program.patch(
            "change-user", id, ["op": "replace", "path": "displayName", "value": "Two"], headers: [.ifMatch: tag])
        #expect(second.status == 412)
        #expect(try await program.call("remove-user", [id], headers: [.ifMatch: tag]).status == 412)
        // What an administrator changes is another version, too.
        let now = try #require(first.headers[.eTag])
        #expect(try await admin.call("users.disable", [id]).status == 200)
        #expect(try await program.call("user", [id]).headers[.eTag] != now)
    }

    @Test func `a plan that is full takes nobody in`() async throws {
        let (house, _, program) = try await stage()
        _ = try await house.test.superuser().execute(
            "update tenant_quotas set hard_limit = 2, soft_limit = 2, used = 1 where kind = 'users'")
        let id = try await program.make("ann")
        let full = try await program.call("create-user", [], Program.user("ben"))
        #expect(full.status == 403, "\(full.text)")
        // Somebody who is not active takes no place.
        let idle = try await program.make("ben", ["active": false])
        #expect(try await program.set(idle, active: true).status == 403)
        #expect(try await program.set(id, active: false).status == 200)
        #expect(try await program.set(idle, active: true).status == 200)
    }

    @Test func `two newcomers of one name at once are one person`() async throws {
        let (_, _, program) = try await stage()
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { try await program.call("create-user", [], Program.user("ann")).status }
            }
            var all: [Int] = []
            for try await status in group { all.append(status) }
            return all.sorted()
        }
        #expect(answers == [201, 409, 409, 409])
    }
}
