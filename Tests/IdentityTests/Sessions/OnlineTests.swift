import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

@Suite struct OnlineTests {
    private func events(_ type: String, _ house: House) async throws -> [String] {
        try await house.test.superuser().query(
            "select subject from events where type = \(type)"
        ) { try $0.next(String.self) }
    }

    private func reason(_ answer: Answer) -> String? {
        guard case .array(let reasons)? = answer.json["reasons"] else { return nil }
        return reasons.first?["code"]?.text
    }

    @Test func `administrators see who is signed in, and end one browser or all that a person has`() async throws {
        let house = try await House()
        let (_, ada) = try await house.makeTenant()
        let (_, eve) = try await house.makeTenant("bolt")
        let (bob, visitor) = try await ada.take("bob")
        let first = try #require(visitor.pocket.cookie)
        try await visitor.signIn()
        let online = try await ada.call("online.list").items.sorted {
            ($0["createdAt"]?.text ?? "") > ($1["createdAt"]?.text ?? "")
        }
        #expect(online.map { $0["login"]?.text } == ["bob", "bob", "ada"])
        #expect(online.first?["clientAddress"]?.text == "192.0.2.1" && online.first?["userAgent"]?.text == "Testing")
        #expect(try await visitor.call("online.list").status == 403)
        #expect(try await eve.call("online.list").items.count == 1)

        let newest = try #require(online.first?["id"]?.text)
        #expect(try await eve.call("online.end", [newest]).status == 404)
        #expect(try await ada.call("online.end", [newest]).status == 204)
        let told = try await visitor.call("me.show")
        #expect(told.status == 401 && reason(told) == "session-ended-administrator")
        #expect(try await events("user.browser-signed-out", house) == [bob.text])
        visitor.keep(cookie: first)
        #expect(try await visitor.call("me.show").status == 200)
        #expect(try await visitor.call("me.sessions").items.count == 1)
        #expect(try await ada.call("online.end", [newest]).status == 404)

        #expect(try await eve.call("online.sign-out", [bob.text]).status == 404)
        #expect(try await ada.call("online.sign-out", [bob.text]).status == 204)
        #expect(reason(try await visitor.call("me.show")) == "session-ended-administrator")
        #expect(try await events("user.signed-out", house) == [bob.text])
        #expect(try await ada.call("online.list").items.count == 1)
        // Whoever is silent for too long is not here any more.
        try await visitor.signIn()
        house.wait(3_600)
        #expect(try await ada.call("me.show").status == 401)
        try await ada.signIn()
        #expect(try await ada.call("online.list").items.map { $0["login"]?.text } == ["ada"])
    }

    @Test func `nobody ends what somebody has who may do more`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (_, carol) = try await ada.take("carol", roles: ["auditor"])
        #expect(try await carol.call("online.list").items.count == 2)
        let chief = try #require(try await house.identity.directory.user(login: "ada", in: scope)).id
        #expect(try await carol.call("online.sign-out", [chief.text]).status == 403)
        let limited = Acting(user: .new(), permissions: [.onlineManage], scope: scope, now: house.now)
        await #expect(throws: IdentityError.beyondOwnPermissions) {
            try await house.identity.signOutUser(chief, limited)
        }
        #expect(try await ada.call("me.show").status == 200)
    }

    @Test(arguments: [SingleSession.off, .browsers, .everything])
    func `signing in ends what the company's setting says`(setting: SingleSession) async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        let first = try #require(visitor.pocket.cookie)
        _ = try await house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), 'session.single', \(JSON.string(setting.rawValue)), \(bob))
            """)
        try await visitor.signIn()
        #expect(try await visitor.call("me.show").status == 200)
        visitor.keep(cookie: first)
        let older = try await visitor.call("me.show")
        #expect(older.status == (setting == .off ? 200 : 401))
        #expect(reason(older) == (setting == .off ? nil : "session-ended-elsewhere"))
        let told = try await house.test.superuser().query(
            "select data ->> 'sessions' from events where type = 'user.signed-in-elsewhere'"
        ) { try $0.next(String?.self) }
        #expect(told == (setting == .off ? [] : [setting == .everything ? "true" : "false"]))
        #expect(try await ada.call("me.show").status == 200)
    }

    @Test func `every list can be sorted and filtered as it says`() async throws {
        let house = try await House()
        let (scope, _) = try await house.makeTenant()
        for page in OnlineSession.listing.samples {
            _ = try await house.identity.onlineSessions(page, at: house.now, in: scope)
        }
    }
}
