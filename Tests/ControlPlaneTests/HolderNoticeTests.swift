import Access
import Audit
import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// What people hear of what they hold, through a whole server: once each, and nothing that is not theirs.
@Suite(.timeLimit(.minutes(5))) struct HolderNoticeTests {
    private struct Colleague {
        let person: Person
        let id: String

        init(_ login: String, of ada: Person) async throws {
            let made = try await ada.call(
                .post, "/users", ["login": .string(login), "name": .string(login)], expecting: 201)
            person = Person(installation: ada.installation, slug: ada.slug, login: login)
            try await person.comeIn(by: made["invitationUrl"])
            id = made["id"]
        }
    }

    private func notices(_ person: Person) async throws -> [JSON] {
        try await person.call(.get, "/my/notices", expecting: 200).items
    }

    /// The text of the one notice with this title.
    private func told(_ person: Person, _ title: String) async throws -> String {
        var found: [JSON] = []
        try await eventually("\(person.login) is told: \(title)", within: .seconds(20)) {
            found = try await notices(person).filter { $0["title"]?.text == title }
            return !found.isEmpty
        }
        #expect(found.count == 1)
        return found.first?["body"]?.text ?? ""
    }

    private func grant(
        _ name: String, _ people: JSON, effect: String = "allow", _ asset: String, by ada: Person
    ) async throws -> String {
        let body: JSON = [
            "name": .string(name), "effect": .string(effect), "assets": [.string(asset)],
            "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
        ]
        return try await ada.call(.post, "/grants", body.merging(people), expecting: 201)["id"]
    }

    @Test func `whose access ends early hears it with the reason, and nobody hears of a denial`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let (bob, carol) = (try await Colleague("bob", of: ada), try await Colleague("carol", of: ada))
        let group = try await ada.call(.post, "/groups", ["name": "Ops"], expecting: 201)
        for member in [bob, carol] { try await ada.call(.put, "/groups/\(group["id"])/members/\(member.id)") }
        let asset = try await ada.call(
            .post, "/assets", ["name": "web-1", "address": "web-1.example"], expecting: 201)["id"]
        let people: JSON = ["users": [.string(bob.id)], "groups": [.string(group["id"])]]
        let denial = try await grant("Under suspicion", people, effect: "deny", asset, by: ada)
        let allowed = try await grant("Night shift", people, asset, by: ada)
        let unused = try await grant("Request #7", ["users": [.string(bob.id)]], asset, by: ada)
        for id in [denial, allowed] {
            try await ada.call(.post, "/grants/\(id)/revoke", ["reason": "The shift is over"], expecting: 200)
        }
        let text = try await told(bob.person, "Your access Night shift was revoked")
        #expect(text.contains("Reason: The shift is over") && !text.contains("Ada"))
        // Whoever is of the group hears it, too, and whoever is named besides not twice.
        #expect(
            try await told(carol.person, "Your access Night shift was revoked").contains("Reason: The shift is over"))

        let superuser = try await installation.test.superuser()
        _ = try await superuser.execute(
            """
            update grants set source = 'ticket', ticket_id = \(TicketID.new()), unused_at = now() - interval '1 second'
            where grant_id = \(GrantID(unused)!)
            """)
        let database = installation.test.database
        #expect(try await Access(database: database, outbox: Outbox()).endUnusedGrants(at: Date()) <= 1)
        _ = try await told(bob.person, "Your access Request #7 has ended because it was not used")

        #expect(try await notices(bob.person).count == 2)
        #expect(try await notices(carol.person).count == 1)
    }

    @Test func `whose emergency access a reviewer takes back hears it as what was said of it, and once`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let (bob, carol) = (try await Colleague("bob", of: ada), try await Colleague("carol", of: ada))
        let asset = try await ada.call(
            .post, "/assets", ["name": "web-1", "address": "web-1.example"], expecting: 201)["id"]
        let reviewers: JSON = [["name": "Lead", "approvers": [["user": .string(carol.id)]]]]
        try await ada.call(.post, "/flows", ["name": "Standard", "levels": reviewers], expecting: 201)
        let group = try await ada.call(.post, "/groups", ["name": "On call"], expecting: 201)["id"]
        try await ada.call(.put, "/groups/\(group)/members/\(bob.id)", expecting: 204)
        let rule: JSON = ["name": "On call", "groups": [.string(group)]]
        try await ada.call(.put, "/break-glass-rules", ["rules": [rule]], version: 0, expecting: 200)
        let taken = try await bob.person.call(
            .post, "/break-glass",
            ["reason": "Nobody can log in", "assets": [.string(asset)], "accounts": ["root"]], expecting: 201)
        let objection: JSON = ["outcome": "rejected", "comment": "Call first", "digest": .string(taken["digest"])]
        try await carol.person.call(.post, "/tickets/\(taken["id"])/decision", objection, expecting: 200)
        let text = try await told(bob.person, "Your request #1 is objected to, and the access is over")
        #expect(text.contains("Call first"))
        // What comes later is told later.
        let later = try await grant("Night shift", ["users": [.string(bob.id)]], asset, by: ada)
        try await ada.call(.post, "/grants/\(later)/revoke", ["reason": "Over"], expecting: 200)
        _ = try await told(bob.person, "Your access Night shift was revoked")
        #expect(try await notices(bob.person).count == 2)
    }

    @Test func `whose role for a while is over hears it, whether its time has come or somebody took it`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let (bob, carol) = (try await Colleague("bob", of: ada), try await Colleague("carol", of: ada))
        let superuser = try await installation.test.superuser()
        func lend(_ user: String, until end: String) async throws -> (role: RoleID, place: OrganizationID) {
            let lent = try await superuser.query(
                """
                insert into role_bindings (tenant_id, role_id, user_id, org_id, ends_at)
                select u.tenant_id, r.role_id, u.user_id, u.org_id, now() + \(end)::interval
                from users u join roles r on r.tenant_id = u.tenant_id and r.built_in = 'auditor'
                where u.user_id = \(UserID(user)!) returning role_id, org_id
                """
            ) { (try $0.next(RoleID.self), try $0.next(OrganizationID.self)) }
            return try #require(lent.first)
        }
        _ = try await lend(bob.id, until: "0 seconds")
        let taken = try await lend(carol.id, until: "1 hour")
        try await ada.call(
            .delete, "/organizations/\(taken.place)/roles/\(taken.role)/users/\(carol.id)", expecting: 204)
        func role(_ person: Person) async throws -> String {
            var body = ""
            try await eventually("\(person.login) is told", within: .seconds(20)) {
                body = try await notices(person).first?["body"]?.text ?? ""
                return body.contains("You had it at")
            }
            return body
        }
        #expect(try await role(bob.person).hasPrefix("Its time is over."))
        #expect(try await role(carol.person).hasPrefix("It was taken back."))
        #expect(try await notices(ada).isEmpty)
    }

    @Test func `both hear that one stands in for the other, and of its end the one who did not end it`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let (bob, carol) = (try await Colleague("bob", of: ada), try await Colleague("carol", of: ada))
        let made = try await ada.call(
            .post, "/me/delegations",
            [
                "to": ["user": .string(bob.id)], "note": "On leave",
                "endsAt": .string(Timestamp.text(Date() + 86_400)),
            ], expecting: 201)
        for person in [ada, bob.person] {
            #expect(try await told(person, "bob stands in for Ada").contains("On leave"))
        }
        try await ada.call(.post, "/me/delegations/\(made["id"])/end", expecting: 200)
        _ = try await told(bob.person, "bob no longer stands in for Ada")
        #expect(try await notices(ada).count == 1)
        #expect(try await notices(carol.person).isEmpty)
    }
}
