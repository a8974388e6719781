import Foundation
import Kernel
import TestSupport
import Testing

@testable import Identity

/// CAS with servers that others wrote: LemonLDAP::NG, and django-mama-cas.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CASRealProviderTests {
    @Test(.enabled(if: RealProvider.areThere(RealProvider.ofCAS)), arguments: RealProvider.ofCAS)
    func `somebody comes in, a ticket counts once, and who signs out there is signed out here`(
        _ make: RealProvider.Make
    ) async throws {
        let house = try await House()
        let admin = try await house.makeTenant().admin
        let real = RealProvider(make)
        let catcher = try await PostCatcher()
        let provider = try await admin.addCAS(real.cas, port: real.port)
        let process = try await real.start(through: catcher)
        let tested = try await admin.call("identity-providers.test", [provider], body: [:])
        #expect(tested["outcome"] == "reached", "\(tested.json)")
        var browser = Browser(admin)
        func leave() async throws -> JSON {
            let begun = try await browser.begin(provider)
            #expect(begun.status == 200, "\(begun.json)")
            let back = try await real.visit(begun["url"], host: "acme.localhost", remembering: true)
            return try await browser.arrive(back, at: provider).body(provider)
        }
        let first = try await leave()
        let done = try await browser.finish(first)
        #expect(done.step == "enrol", "\(done.json)")
        let user = try await admin.call("users.list").items.first { $0["login"]?.text == real.login }
        #expect(user?["email"]?.text?.hasPrefix(real.login + "@") == true, "\(String(describing: user))")
        #expect(user?["name"]?.text != real.login)
        // The same person, still signed in there; what came before is of no use.
        let second = try await leave()
        #expect(try await browser.finish(second).step == "enrol")
        let replayed = try await browser.finish(try await leave().merging(["code": first["code"]!]))
        #expect(replayed.problem == "sign-in-refused")
        #expect(try await admin.call("identity-providers.links", [provider]).items.count == 1)

        let person = Visitor(house: house, scope: admin.scope, login: real.login)
        try await person.enrol(try await browser.finish(try await leave())["token"])
        #expect(try await person.call("me.show").status == 200)
        let farewells = try await person.call("me.farewells")
        guard case .array(let items)? = farewells.json["items"], let url = items.first?["url"]?.text else {
            throw Unexpected()
        }
        let place = try await real.visit(url, host: "acme.localhost", remembering: true)
        #expect(place == "http://acme.localhost/sign-in")
        try await eventually("the server says so", within: .seconds(20)) { !catcher.posts.isEmpty }
        for post in catcher.posts {
            let parts = post.address.split(separator: "/").map(String.init)
            try #require(parts.count > 2 && parts[parts.count - 2] == "cas", "\(post)")
            #expect(post.mediaType.hasPrefix("application/x-www-form-urlencoded"))
            let answer = try await house.call(
                "auth.cas-logout", [provider, parts[parts.count - 1]], in: admin.scope, form: post.body)
            #expect(answer.status == 204, "\(answer.json)")
        }
        #expect(try await person.call("me.show").status == 401)
        await process.stop(SIGKILL)
    }
}
