import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Where a company, or an organization in it, wants passwords of several kinds of characters.
@Suite struct PasswordKindsTests {
    @Test func `what a password has to be is said before it is chosen, and holds wherever one is`() async throws {
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        let (bob, visitor) = try await ada.take("bob")
        #expect(try await ada.call("me.show").json["newPassword"] == ["length": 12, "kinds": 0])
        let part = try await ada.call("organizations.create", body: ["name": "Europe"])
        let organization = try #require(OrganizationID(part["id"]))
        let superuser = try await house.test.superuser()
        _ = try await superuser.execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), 'password.kinds', '3', \(scope.tenant.uuid))
            """)
        for (key, value) in [("password.kinds", 4), ("password.min-length", 20)] as [(String, JSON)] {
            _ = try await superuser.execute(
                """
                insert into organization_setting_values (tenant_id, org_id, key, value, updated_by)
                values (\(scope.tenant), \(organization), \(key), \(value), \(scope.tenant.uuid))
                """)
        }
        func move(_ user: String) async throws {
            let id = try #require(UserID(user))
            _ = try await superuser.execute(
                "update users set org_id = \(organization) where tenant_id = \(scope.tenant) and user_id = \(id)")
        }
        try await move(bob.text)

        // The profile.
        #expect(try await ada.call("me.show").json["newPassword"] == ["length": 12, "kinds": 3])
        #expect(try await visitor.call("me.show").json["newPassword"] == ["length": 20, "kinds": 4])
        func change(_ visitor: Visitor, to password: String) async throws -> Answer {
            house.wait(1)
            return try await visitor.call(
                "me.password", body: ["current": .string(House.password), "password": .string(password)])
        }
        let refused = try await change(ada, to: "nine herons on the roof")
        #expect(refused.status == 422 && "\(refused.json)".contains("must also have a capital letter or a digit"))
        let inPart = try await change(visitor, to: "Nine herons on the roof")
        #expect(inPart.status == 422 && "\(inPart.json)".contains("must also have a digit"))
        #expect(try await change(ada, to: "Nine herons on the roof").status == 204)

        // A password that somebody else gives.
        let body: JSON = ["login": "eve", "name": "Eve", "password": "four badgers in the barn"]
        #expect(try await ada.call("users.create", body: body).status == 422)

        // An invitation, which is not used up by it.
        let carl = try await ada.call("users.create", body: ["login": "carl", "name": "Carl"])
        try await move(carl["id"])
        let invitation = JSON.string(String(carl["invitationUrl"].split(separator: "=").last!))
        for _ in 0..<2 {
            let told = try await ada.open("auth.password-demand", ["token": invitation])
            #expect(told.status == 200 && told.json == ["length": 20, "kinds": 4], "\(told.json)")
        }
        let weak = try await ada.open("auth.invitation", ["token": invitation, "password": "Nine herons on the roof"])
        #expect(weak.status == 422)
        let taken = try await ada.open(
            "auth.invitation", ["token": invitation, "password": "9 Herons on the tin roof"])
        #expect(taken.step == "enrol", "\(taken.json)")
        #expect(try await ada.open("auth.password-demand", ["token": invitation]).problem == "sign-in-expired")

        // A password that has to be changed.
        #expect(try await ada.call("users.require-password-change", [bob.text]).status == 200)
        let first = try await visitor.password()
        let token = JSON.string(first["token"])
        #expect(try await visitor.open("auth.password-demand", ["token": token]).problem == "sign-in-expired")
        let due = try await visitor.open("auth.second-factor", ["token": token, "code": .string(visitor.freshCode())])
        #expect(due.step == "change-password")
        let told = try await visitor.open("auth.password-demand", ["token": .string(due["token"])])
        #expect(told.json == ["length": 20, "kinds": 4], "\(told.json)")
        house.wait(SignIn.lifetime)
        let late = try await visitor.open("auth.password-demand", ["token": .string(due["token"])])
        #expect(late.problem == "sign-in-expired")
    }
}
