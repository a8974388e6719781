import Foundation
import HTTPTypes
import Kernel
import Outbound
import TestSupport
import Testing

@testable import Identity

/// SAML with providers that others wrote: LemonLDAP::NG, and pysaml2.
@Suite(
    .serialized, .enabled(if: RealProvider.areThere(RealProvider.ofSAML), "needs lemonldap-ng and pysaml2"),
    .timeLimit(.minutes(3)))
struct SAMLRealProviderTests {
    /// A company whose people the provider knows. Both have read the other's metadata.
    struct Scene {
        let house: House
        let admin: Visitor
        let real: RealProvider
        let process: ChildProcess
        let provider: String

        init(_ make: RealProvider.Make, encrypting: Bool = false) async throws {
            house = try await House()
            // It has a clock of its own. Ours is behind, since time passes here at each code; it is set when somebody leaves.
            house.wait(Date().timeIntervalSince(house.now) - 90)
            admin = try await house.makeTenant().admin
            real = RealProvider(make)
            try house.opened.open([real.port])
            provider = try await admin.addSAML(try await SAMLDocuments.make())
            process = try await real.start(
                serviceProvider: try await admin.metadata(of: provider), encrypting: encrypting)
            let read = try await admin.call(
                "identity-providers.read-metadata", body: ["url": .string(real.metadata)])
            #expect(read.status == 200, "\(read.json)")
            let settings = read.json.merging([
                "kind": "saml", "wantsEncryptedAssertions": .bool(encrypting),
                "attributes": ["subject": "NameID", "login": "uid", "name": "cn", "email": "mail", "groups": "groups"],
            ])
            let changed = try await admin.call(
                "identity-providers.change", [provider], body: ["settings": settings], version: 1)
            #expect(changed.status == 200, "\(changed.json)")
        }

        /// Out to the provider; what it has the browser post.
        func leave(_ browser: inout Browser, remembering: Bool = false) async throws -> String {
            house.wait(max(0, Date().timeIntervalSince(house.now)))
            let begun = try await browser.begin(provider)
            #expect(begun.status == 200, "\(begun.json)")
            let lines = try await real.visit(begun["url"], host: "acme.localhost", remembering: remembering)
                .split(separator: "\n").map(String.init)
            try #require(lines.count == 2, "\(lines)")
            #expect(lines[0] == "http://acme.localhost/api/v1/auth/identity-providers/\(provider)/saml/response")
            return lines[1]
        }
    }

    static let ways =
        RealProvider.ofSAML.map { ($0, false) } + [(.lemonLDAP, true)]

    /// LemonLDAP::NG encrypts too.
    @Test(arguments: SAMLRealProviderTests.ways)
    func `somebody comes in, and what they came with counts once`(
        _ make: RealProvider.Make, encrypting: Bool
    ) async throws {
        let scene = try await Scene(make, encrypting: encrypting)
        func set(_ rules: JSON, from version: Int) async throws {
            let changed = try await scene.admin.call(
                "identity-providers.change", [scene.provider], body: ["rules": rules], version: version)
            #expect(changed.status == 200, "\(changed.json)")
        }
        func filled() async throws -> [String] {
            try await scene.admin.call("groups.list").items.filter { $0["members"] == 1 }
                .compactMap { $0["name"]?.text }
        }
        // Of three rules by attributes one holds: case counts, and so does each condition.
        var rules: [JSON] = []
        let login = scene.real.login
        for (name, values) in [
            ("Theirs", [login]), ("Shouted", [login.uppercased()]), ("Half", [login, "somebody else"]),
        ] {
            let group = try await scene.admin.call("groups.create", body: ["name": .string(name)])["id"]
            let conditions = values.map { ["kind": "attribute", "name": "uid", "value": .string($0)] as JSON }
            rules.append(["conditions": .array(conditions), "group": .string(group)])
        }
        try await set(.array(rules), from: 2)
        let tested = try await scene.admin.call("identity-providers.test", [scene.provider], body: [:])
        #expect(tested["outcome"] == "reached", "\(tested.json)")
        var browser = Browser(scene.admin)
        let form = try await scene.leave(&browser)
        let back = try await browser.post(form, to: scene.provider)
        let done = try await browser.finish(back.body(scene.provider))
        #expect(done.step == "enrol", "\(done.json)")
        let user = try await scene.admin.call("users.list").items.first { $0["login"]?.text == scene.real.login }
        #expect(user?["email"]?.text?.hasPrefix(scene.real.login + "@") == true, "\(String(describing: user))")
        #expect(try await filled() == ["Theirs"])
        // The same response once more, for the same attempt and for another one.
        let late = try await browser.post(form, to: scene.provider)
        #expect(try await browser.finish(late.body(scene.provider)).problem == "sign-in-expired")
        let begun = try await browser.begin(scene.provider)
        let state = try #require(
            URLComponents(string: begun["url"])?.queryItems?.first { $0.name == "RelayState" }?.value)
        let response = try #require(FormText.decoded("SAMLResponse", in: Array(form.utf8)))
        let other = try await browser.post(Browser.form(response, relayState: state), to: scene.provider)
        #expect(try await browser.finish(other.body(scene.provider)).problem == "sign-in-refused")
        // And once more the whole way: the same person, of whom no rule speaks any more.
        try await set([], from: 3)
        let again = try await browser.post(try await scene.leave(&browser), to: scene.provider)
        #expect(try await browser.finish(again.body(scene.provider)).step == "enrol")
        #expect(try await scene.admin.call("identity-providers.links", [scene.provider]).items.count == 1)
        #expect(try await filled() == [])
        await scene.process.stop(SIGKILL)
    }

    @Test(arguments: RealProvider.ofSAML)
    func `whoever signs out here signs out there as well, by a request that counts there`(
        _ make: RealProvider.Make
    ) async throws {
        let scene = try await Scene(make)
        var browser = Browser(scene.admin)
        let back = try await browser.post(try await scene.leave(&browser, remembering: true), to: scene.provider)
        let begun = try await browser.finish(back.body(scene.provider))
        let person = Visitor(house: scene.house, scope: scene.admin.scope, login: scene.real.login)
        try await person.enrol(begun["token"])
        let answer = try await person.call("me.farewells")
        guard case .array(let items)? = answer.json["items"], let url = items.first?["url"]?.text else {
            throw Unexpected()
        }
        let place = try await scene.real.visit(url, host: "acme.localhost", remembering: true)
        #expect(place.hasPrefix("http://acme.localhost/sign-in?SAMLResponse="), "\(place)")
        await scene.process.stop(SIGKILL)
    }

    @Test(arguments: RealProvider.ofSAML)
    func `whoever signs out there is signed out here, and the provider is told`(
        _ make: RealProvider.Make
    ) async throws {
        let scene = try await Scene(make)
        var browser = Browser(scene.admin)
        let back = try await browser.post(
            try await scene.leave(&browser, remembering: true), to: scene.provider)
        let begun = try await browser.finish(back.body(scene.provider))
        let person = Visitor(house: scene.house, scope: scene.admin.scope, login: scene.real.login)
        try await person.enrol(begun["token"])
        #expect(try await person.call("me.show").status == 200)
        let exit = "http://127.0.0.1:\(scene.real.port)/\(make == .pysaml2 ? "leave" : "?logout=1")"
        let place = try await scene.real.visit(exit, host: "acme.localhost", remembering: true)
        let parts = place.split(separator: "?", maxSplits: 1).map(String.init)
        try #require(parts.count == 2, "\(place)")
        #expect(parts[0] == "http://acme.localhost/api/v1/auth/identity-providers/\(scene.provider)/saml/logout")
        let answer = try await scene.house.call(
            "auth.saml-logout", [scene.provider], in: scene.admin.scope, site: "cross-site", rawQuery: parts[1])
        #expect(answer.status == 303, "\(answer.json)")
        let answered = answer.headers[.location] ?? ""
        #expect(
            answered.hasPrefix("http://127.0.0.1:\(scene.real.port)/") && answered.contains("SAMLResponse="),
            "\(answered)")
        #expect(try await person.call("me.show").status == 401)
        await scene.process.stop(SIGKILL)
    }
}
