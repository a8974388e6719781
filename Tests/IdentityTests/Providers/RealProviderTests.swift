import Foundation
import Kernel
import TestSupport
import Testing

@testable import Identity

/// Providers that others wrote: LemonLDAP::NG, django-oauth-toolkit and idpyoidc.
@Suite(.serialized) struct RealProviderTests {
    @Test(.enabled(if: RealProvider.areThere(RealProvider.ofFarewells)), arguments: RealProvider.ofFarewells)
    func `whoever signs out is signed out there too, without a question`(_ make: RealProvider.Make) async throws {
        let house = try await House()
        house.wait(Date().timeIntervalSince(house.now))
        let (_, admin) = try await house.makeTenant()
        let real = RealProvider(make)
        try house.opened.open([real.port])
        let made = try await admin.call(
            "identity-providers.create",
            body: [
                "name": "Real", "createsUsers": .bool(true), "secret": .string(LyingProvider.secret),
                "settings": [
                    "kind": "oidc", "issuer": .string(real.issuer), "clientId": .string(LyingProvider.clientID),
                    "clientAuthentication": "post", "signsOutBy": "form", "verifiesEmail": .bool(true),
                ],
            ])
        let provider = made["id"]
        let process = try await real.start(
            client: LyingProvider.clientID, secret: LyingProvider.secret,
            redirect: "http://acme.localhost/sign-in/callback/\(provider)")
        var browser = Browser(admin)
        func leave(knowingPassword: Bool) async throws -> JSON {
            house.wait(max(0, Date().timeIntervalSince(house.now)))
            let begun = try await browser.begin(provider)
            let back = try await real.visit(
                begun["url"], host: "acme.localhost", remembering: true, knowingPassword: knowingPassword)
            var fields: [String: String] = [:]
            for item in try #require(URLComponents(string: back)).queryItems ?? [] { fields[item.name] = item.value }
            return Browser.Return(fields: fields).body(provider)
        }
        // Left before it is asked to finish: it has its cookie only then.
        let returned = try await leave(knowingPassword: true)
        let begun = try await browser.finish(returned)
        try #require(begun.step == "enrol", "\(begun.json)")
        let person = Visitor(house: house, scope: admin.scope, login: real.login)
        try await person.enrol(begun["token"])
        // Who is signed in there still comes back without a password.
        _ = try await leave(knowingPassword: false)
        guard case .array(let items)? = try await person.call("me.farewells").json["items"], let farewell = items.first,
            case .array(let fields)? = farewell["fields"]
        else { throw Unexpected() }
        let url = try #require(farewell["url"]?.text)
        #expect(!url.contains("eyJ") && !url.contains("?"))
        let form = JSON.object(fields.map { JSON.Member($0["name"]?.text ?? "", $0["value"] ?? .null) })
        let place = try await real.visit(
            url, host: "acme.localhost", remembering: true, knowingPassword: false,
            form: String(decoding: form.bytes, as: UTF8.self))
        #expect(place == "http://acme.localhost/sign-in")
        await #expect(throws: (any Error).self) { try await leave(knowingPassword: false) }
        _ = try await leave(knowingPassword: true)
        await process.stop(SIGKILL)
    }

    @Test(.enabled(if: RealProvider.areThere(RealProvider.ofOpenID)), arguments: RealProvider.ofOpenID)
    func `somebody comes in by a real provider, and a code counts once`(_ make: RealProvider.Make) async throws {
        let house = try await House()
        // They have clocks of their own.
        house.wait(Date().timeIntervalSince(house.now))
        let (_, admin) = try await house.makeTenant()
        let real = RealProvider(make)
        // The others do not unescape what a header has to be escaped for (RFC 6749 §2.3.1).
        let authentication: JSON = make == .django ? "basic" : "post"
        try house.opened.open([real.port])
        let made = try await admin.call(
            "identity-providers.create",
            body: [
                "name": "Real", "createsUsers": .bool(true), "secret": .string(LyingProvider.secret),
                "settings": [
                    "kind": "oidc", "issuer": .string(real.issuer), "clientId": .string(LyingProvider.clientID),
                    "clientAuthentication": authentication, "verifiesEmail": .bool(true),
                ],
            ])
        #expect(made.status == 201, "\(made.json)")
        let provider = made["id"]
        let process = try await real.start(
            client: LyingProvider.clientID, secret: LyingProvider.secret,
            redirect: "http://acme.localhost/sign-in/callback/\(provider)")
        let tested = try await admin.call("identity-providers.test", [provider], body: [:])
        #expect(tested["outcome"] == "reached", "\(tested.json)")
        var browser = Browser(admin)
        func leave() async throws -> JSON {
            house.wait(max(0, Date().timeIntervalSince(house.now)))
            let begun = try await browser.begin(provider)
            #expect(begun.status == 200, "\(begun.json)")
            let back = try await real.visit(begun["url"], host: "acme.localhost")
            let parts = try #require(URLComponents(string: back))
            var fields: [String: String] = [:]
            for item in parts.queryItems ?? [] { fields[item.name] = item.value }
            return Browser.Return(fields: fields).body(provider)
        }
        let first = try await leave()
        let done = try await browser.finish(first)
        #expect(done.step == "enrol", "\(done.json)")
        let user = try await admin.call("users.list").items.first { $0["login"]?.text == real.login }
        #expect(user?["email"]?.text?.hasPrefix(real.login + "@") == true, "\(String(describing: user))")
        let again = try await browser.finish(try await leave())
        #expect(again.step == "enrol", "\(again.json)")
        let replayed = try await browser.finish(try await leave().merging(["code": first["code"]!]))
        #expect(replayed.problem == "sign-in-refused")
        let links = try await admin.call("identity-providers.links", [provider]).items
        #expect(links.count == 1)
        if make == .pyoidc {
            // It has other keys all at once, and what the old ones sign is worth nothing any more.
            let before = try await real.ask("jwks.json")
            _ = try await real.ask("rotate", post: true)
            #expect(try await real.ask("jwks.json") != before)
            house.wait(31)
            #expect(try await browser.finish(try await leave()).step == "enrol")
        }
        await process.stop(SIGKILL)
    }
}
