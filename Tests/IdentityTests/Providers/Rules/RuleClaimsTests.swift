import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import Identity

/// What providers that take the browser say of people, as rules go by it.
struct RuleClaimsTests {
    @Test(.enabled(if: LyingProvider.isThere)) func `claims give at a sign-in and take at the next one`() async throws {
        let scene = try await OIDCSignInTests.Scene()
        let admin = scene.admin
        let group = try await admin.call("groups.create", body: ["name": "Operators"])["id"]
        let rule: JSON = [
            "conditions": [
                ["kind": "attribute", "name": "org.department", "value": "IT"],
                ["kind": "attribute", "name": "level", "value": "7"],
                ["kind": "attribute", "name": "email", "match": "ends-with", "value": "@example.org"],
            ], "group": .string(group),
        ]
        let changed = try await admin.call(
            "identity-providers.change", [scene.provider], body: ["rules": [rule], "createsUsers": true], version: 1)
        #expect(changed.status == 200, "\(changed.text)")
        func members(_ claims: JSON) async throws -> Int {
            try await scene.op.behave(["claims": claims], at: scene.house.now)
            var browser = Browser(admin)
            let answer = try await browser.signIn(scene.provider)
            #expect(answer.step == "enrol", "\(answer.text)")
            return try await admin.call("groups.members", [group]).items.count
        }
        let claims: JSON = ["org": ["department": ["HR", "IT"]], "level": 7, "email_verified": true]
        #expect(try await members(claims) == 1)
        // An address that the provider does not vouch for opens nothing, whatever it ends with.
        #expect(try await members(claims.merging(["email_verified": false])) == 0)
        #expect(try await members(claims) == 1)
        #expect(try await members(claims.merging(["org": ["department": "it"]])) == 0)
        #expect(try await members(claims.merging(["level": .null])) == 0)
    }

    @Test func `claims are words, numbers, yes or no, and nothing else is a value`() throws {
        let claims: JSON = [
            "sub": "1", "preferred_username": "ann", "a": ["x", 3, .null, ["y"], ["z": 1]], "b": true,
            "c": ["d": "deep"], "email": "ann@x.example", "long": .array((0..<5000).map { .string("v\($0)") }),
        ]
        let profile = try OIDCClaims.standard.profile(
            in: claims, verifiesEmail: false, strictly: false, naming: ["a", "b", "c", "c.d", "email", "long", "none"])
        let values = Dictionary(uniqueKeysWithValues: profile.attributes.map { ($0.name, $0.values) })
        #expect(values["a"] == ["x", "3"] && values["b"] == ["true"] && values["c.d"] == ["deep"])
        #expect(values["c"] == nil && values["email"] == nil && values["none"] == nil)
        #expect(values["long"]?.count == ProviderAttribute.mostValues)
    }

    @Test func `of a CAS server an address counts only where addresses are verified`() throws {
        let person = CASPerson(
            user: "ann",
            attributes: [.init(name: "mail", value: "ann@x.example"), .init(name: "dept", value: "IT")])
        func names(_ verifies: Bool) throws -> [String] {
            try CASAttributes.standard.profile(of: person, verifiesEmail: verifies, naming: ["dept", "mail"]).attributes
                .map(\.name)
        }
        #expect(try names(false) == ["dept"])
        #expect(try names(true) == ["dept", "mail"])
    }
}
