import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// What an organization sets, where it takes effect: at its people's sign-ins, sessions, passwords and language.
@Suite(.serialized) struct OrganizationSettingsTests {
    private func set(
        _ settings: JSON, at organization: String, by person: Person, expecting status: Int = 200
    ) async throws -> Answer {
        let path = "/organizations/\(organization)/settings"
        let shown = try await person.call(.get, path, expecting: 200)
        guard case .int(let version)? = shown.json["version"] else { throw DividedCompany.Missing() }
        return try await person.call(.patch, path, settings, version: Int(version), expecting: status)
    }

    @Test func `what a part's administrator sets holds for the people of that part and for nobody else`() async throws {
        let company = try await DividedCompany()
        let (ada, eva) = (company.ada, company.eva)
        _ = try await set(
            ["password.min-length": 20, "session.max": 1, "session.idle": 5, "locale.language": "zh"],
            at: company.europe, by: eva)

        // Passwords.
        func user(_ login: String, by person: Person) async throws -> Answer {
            try await person.call(
                .post, "/users", ["login": .string(login), "name": "New", "password": "kV9#mtr2!xPq"])
        }
        let short = try await user("short", by: eva)
        #expect(short.status == 422 && short.text.contains("20 characters"), "\(short.text)")
        #expect(try await user("long", by: ada).status == 201)
        let own: JSON = ["current": "correct horse of eva in acme", "password": "kV9#mtr2!xPq"]
        #expect(try await eva.call(.post, "/me/password", own, expecting: 422).text.contains("20 characters"))

        // The portal's language.
        #expect(try await eva.call(.get, "/me").json["tenant"]?["language"] == "zh")
        #expect(try await ada.call(.get, "/me").json["tenant"]?["language"] == "en")

        // How long a session lasts.
        let superuser = try await company.installation.test.superuser()
        func hours(_ login: String) async throws -> Int {
            try #require(
                try await superuser.query(
                    """
                    select round(extract(epoch from w.expires_at - now()) / 3600)::int
                    from web_sessions w join users u using (tenant_id, user_id)
                    where u.login = \(login) order by w.web_session_id desc limit 1
                    """
                ) { try $0.next(Int.self) }.first)
        }
        let people: [(Person, String?, Int)] = [(eva, nil, 1), (ada, company.asia, 12)]
        for (person, organization, expected) in people {
            let login = "\(person.login)-new"
            let body: JSON = ["login": .string(login), "name": "New", "roles": ["administrator"]]
            let made =
                if let organization {
                    try await company.call(person, .post, "/users", body, in: organization)
                } else {
                    try await person.call(.post, "/users", body)
                }
            #expect(made.status == 201, "\(made.text)")
            try await Person(installation: company.installation, slug: "acme", login: login)
                .comeIn(by: made["invitationUrl"])
            #expect(try await hours(login) == expected, "\(login)")
        }

        // When it ends without a request.
        _ = try await superuser.execute("update web_sessions set last_seen_at = now() - interval '6 minutes'")
        #expect(try await eva.call(.get, "/me").status == 401)
        #expect(try await ada.call(.get, "/me").status == 200)
    }

    @Test func `who administers a part sets it there and below, makes nothing looser and reaches no sibling`()
        async throws
    {
        let company = try await DividedCompany()
        let (ada, eva) = (company.ada, company.eva)
        let below = try await eva.call(.post, "/organizations", ["name": "Berlin"], expecting: 201)["id"]
        _ = try await set(["session.max": 6], at: company.europe, by: ada)
        let looser = try await set(["session.max": 7], at: below, by: eva, expecting: 422)
        #expect(looser.text.contains("at most 6, which holds above"), "\(looser.text)")
        _ = try await set(["session.max": 5], at: below, by: eva)
        // What is the company's is not to be had by way of a part.
        _ = try await set(["branding.color": "#123456"], at: below, by: eva, expecting: 422)
        for (organization, status) in [(company.asia, 404), (company.root, 404)] {
            let path = "/organizations/\(organization)/settings"
            #expect(try await eva.call(.get, path).status == status)
            #expect(try await eva.call(.patch, path, ["session.max": 1], version: 1).status == status)
        }
        let shown = try await ada.call(.get, "/organizations/\(below)/settings", expecting: 200)
        let item = try #require(shown.items.first { $0["key"] == "session.max" })
        #expect(item["held"]?["value"] == 5 && item["inherited"]?["value"] == 6)
        #expect(item["inherited"]?["organization"]?["id"] == .string(company.europe))
        // The line of the trail is read where the organization lies.
        let trail = try await eva.call(.get, "/audit-events?filter=action%20eq%20%22organization.settings-changed%22")
        #expect(trail.items.filter { $0["outcome"] == "success" }.count == 2)
        // Where the part goes, what holds above it goes along, and the part's own word with the part.
        try await company.move(below, below: company.asia)
        let moved = try await ada.call(.get, "/organizations/\(below)/settings", expecting: 200)
        let after = try #require(moved.items.first { $0["key"] == "session.max" })
        #expect(after["held"]?["value"] == 5 && after["inherited"]?["origin"] == "default")
        // An organization with settings and nothing else is empty.
        try await ada.call(.delete, "/organizations/\(below)", expecting: 204)
    }
}
