import Foundation
import HTTPTypes
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// People who come in by a provider of SAML, and what comes in its name. The documents are made by other libraries.
@Suite(.enabled(if: SAMLDocuments.isThere, "needs signxml (GATEHOUSE_TEST_PYTHON)"), .timeLimit(.minutes(3)))
struct SAMLSignInTests {
    /// A company, its administrator, a browser that has left for the provider, and what the provider could answer.
    struct Scene {
        let house: House
        let admin: Visitor
        let provider: String
        let documents: SAMLDocuments
        let state: String
        var browser: Browser

        init(settings: JSON = [:], _ more: JSON = [:]) async throws {
            house = try await House()
            admin = try await house.makeTenant().admin
            let first = try await SAMLDocuments.make()
            provider = try await admin.addSAML(first, settings: settings, more)
            let metadata = try await admin.metadata(of: provider)
            let place = "http://acme.localhost/api/v1/auth/identity-providers/\(provider)/saml"
            #expect(metadata.contains("entityID=\"\(place)/metadata\""))
            let certificate = try #require(metadata.firstMatch(of: /<ds:X509Certificate>([^<]*)</)).output.1
            browser = Browser(admin)
            let begun = try await browser.begin(provider, ["returnTo": "/requests"])
            #expect(begun.status == 200 && begun["url"].hasPrefix("https://idp.example.com/sso?SAMLRequest="))
            let parts = try #require(URLComponents(string: begun["url"])?.queryItems)
            state = try #require(parts.first { $0.name == "RelayState" }?.value)
            documents = try await SAMLDocuments.make(
                for: SAMLDocuments.Reader(
                    sp: "\(place)/metadata", acs: "\(place)/response", slo: "\(place)/logout",
                    request: "\(SAMLProver.request(state: state))",
                    now: house.now.timeIntervalSince1970.rounded(.down), certificate: String(certificate)))
            let shown = try await admin.call("identity-providers.show", [provider])
            let changed = try await admin.call(
                "identity-providers.change", [provider],
                body: [
                    "settings": (shown.json["settings"] ?? .null).merging([
                        "certificates": [.string(documents.certificate), .string(documents.curve)]
                    ])
                ], version: 1)
            #expect(changed.status == 200, "\(changed.json)")
            _ = try await house.test.superuser().execute(
                "create table kept_attempts as select * from browser_sign_ins")
        }

        /// As if nothing had come back yet, and nothing had been used.
        func rewind() async throws {
            for statement: SQL in [
                "delete from browser_sign_ins", "delete from saml_assertions",
                "insert into browser_sign_ins select * from kept_attempts",
            ] { _ = try await house.test.superuser().execute(statement) }
        }

        /// The provider's page posts a response, and the browser goes where it is sent.
        mutating func answer(_ response: String?) async throws -> Answer {
            let form = Browser.form(try #require(response), relayState: state)
            let back = try await browser.post(form, to: provider)
            #expect(back.fields["state"] == state)
            return try await browser.finish(back.body(provider))
        }

        func logins() async throws -> [String] {
            try await admin.call("users.list").items.compactMap { $0["login"]?.text }.sorted()
        }

        /// What the trail has of the last sign-in.
        func causes() async throws -> [String] {
            let rows = try await house.test.superuser().query(
                "select coalesce(outcome ->> 'steps', '') from browser_sign_ins"
            ) { try $0.next(String.self) }
            return rows
        }
    }

    @Test func `all right ways to sign and to encrypt let the same person in`() async throws {
        var scene = try await Scene(settings: ["wantsSignedAssertions": .bool(false), "clockSkewSeconds": 90])
        #expect(scene.documents.accepted.count == 27)
        for (name, response) in scene.documents.accepted.sorted(by: { $0.key < $1.key }) {
            try await scene.rewind()
            let done = try await scene.answer(response)
            // Whoever proved the person: the second factor is asked for, and nothing is open before.
            #expect(done.step == "enrol" && done.cookie == nil, "\(name): \(done.json)")
            #expect(done["returnTo"] == "/requests")
        }
        #expect(try await scene.logins() == ["ada", "alice@example.com"])
        let links = try await scene.admin.call("identity-providers.links", [scene.provider]).items
        #expect(links.map { $0["subject"]?.text } == ["alice@example.com"])
    }

    @Test func `nothing that is wrong lets anybody in`() async throws {
        var scene = try await Scene(settings: ["wantsSignedAssertions": .bool(false)])
        #expect(scene.documents.refused.count > 100)
        for (name, response) in scene.documents.refused.sorted(by: { $0.key < $1.key }) {
            try await scene.rewind()
            let refused = try await scene.answer(response)
            #expect(refused.problem == "sign-in-refused" && refused.cookie == nil, "\(name): \(refused.json)")
        }
        #expect(try await scene.logins() == ["ada"])
        // The same browser, with what is right.
        try await scene.rewind()
        #expect(try await scene.answer(scene.documents.accepted["both"]).step == "enrol")
    }

    @Test func `a session lasts no longer than the provider's`() async throws {
        var scene = try await Scene()
        let token = try await scene.answer(scene.documents.accepted["an hour's session"])["token"]
        try await Visitor(house: scene.house, scope: scene.admin.scope, login: "alice@example.com").enrol(token)
        func most() async throws -> [Double] {
            try await scene.house.test.superuser().query(
                """
                select extract(epoch from s.expires_at - s.created_at)::float8 from web_sessions s
                join users u using (tenant_id, user_id) where u.login = 'alice@example.com' order by s.created_at
                """
            ) { try $0.next(Double.self) }
        }
        #expect(try await most().map { $0 <= 3600 && $0 > 3500 } == [true])
    }

    @Test func `a response counts once, for the attempt that it answers and for any other`() async throws {
        var scene = try await Scene()
        let response = try #require(scene.documents.accepted["both"])
        #expect(try await scene.answer(response).step == "enrol")
        // The attempt is over.
        let form = Browser.form(response, relayState: scene.state)
        #expect(try await scene.browser.post(form, to: scene.provider).fields["state"] == "over")
        // Had it been stolen before the browser was back: the assertion was used.
        _ = try await scene.house.test.superuser().execute(
            "insert into browser_sign_ins select * from kept_attempts")
        #expect(try await scene.answer(response).problem == "sign-in-refused")
        // Another attempt asked for another answer.
        let begun = try await scene.browser.begin(scene.provider)
        let other = try #require(
            URLComponents(string: begun["url"])?.queryItems?.first { $0.name == "RelayState" }?.value)
        let late = try await scene.browser.post(Browser.form(response, relayState: other), to: scene.provider)
        #expect(try await scene.browser.finish(late.body(scene.provider)).problem == "sign-in-refused")
        // Two posts for one attempt: the second changes nothing.
        try await scene.rewind()
        let wrong = try #require(scene.documents.refused["unsigned"])
        let first = try await scene.browser.post(Browser.form(wrong, relayState: scene.state), to: scene.provider)
        #expect(try await scene.browser.post(form, to: scene.provider).fields["state"] == "over")
        #expect(try await scene.browser.finish(first.body(scene.provider)).problem == "sign-in-refused")
    }

    @Test func `only the browser that began comes in, and only while it may`() async throws {
        var scene = try await Scene()
        let response = try #require(scene.documents.accepted["both"])
        let form = Browser.form(response, relayState: scene.state)
        let state: JSON = ["provider": .string(scene.provider), "state": .string(scene.state)]
        // A browser that comes back before anything was posted.
        #expect(try await scene.browser.finish(state).problem == "sign-in-refused")
        try await scene.rewind()
        // Somebody has another browser post their own answer: it has no cookie, or one of its own.
        var victim = Browser(scene.admin)
        let posted = try await victim.post(form, to: scene.provider)
        #expect(victim.cookie == nil)
        #expect(try await victim.finish(posted.body(scene.provider)).problem == "sign-in-expired")
        _ = try await victim.begin(scene.provider)
        #expect(try await victim.finish(posted.body(scene.provider)).problem == "sign-in-expired")
        // Whoever began has no use of what another browser was made to post: that one was told the code.
        #expect(try await scene.browser.finish(state).problem == "sign-in-expired")
        let guess: JSON = ["code": .string(String(repeating: "A", count: 43))]
        #expect(try await scene.browser.finish(state.merging(guess)).problem == "sign-in-expired")
        #expect(try await scene.logins() == ["ada"])
        // Both in one hand.
        #expect(try await scene.browser.finish(posted.body(scene.provider)).step == "enrol")
        // At another provider, in another company, and too late.
        let other = try await scene.admin.addSAML(
            try await SAMLDocuments.make(), ["name": "Another", "enabled": .bool(true)])
        #expect(try await scene.browser.post(form, to: other).fields["state"] == "over")
        let (bolt, _) = try await scene.house.makeTenant("bolt")
        let theirs = try await scene.house.call(
            "auth.saml-response", [scene.provider], in: bolt, form: form, site: "cross-site")
        #expect(theirs.status == 404)
        #expect(try await scene.house.call("auth.saml-metadata", [scene.provider], in: bolt).status == 404)
        for text in ["", "RelayState=x", "SAMLResponse=a&SAMLResponse=b", "SAMLResponse=%zz"] {
            let broken = try await scene.house.call(
                "auth.saml-response", [scene.provider], in: scene.admin.scope, form: text, site: "cross-site")
            #expect(broken.status == 400, "\(text)")
        }
        try await scene.rewind()
        scene.house.wait(601)
        #expect(try await scene.browser.post(form, to: scene.provider).fields["state"] == "over")
    }

    @Test func `a sign-in that the provider began is refused unless an administrator wants it, and leads nowhere else`()
        async throws
    {
        var scene = try await Scene()
        let unsolicited = scene.documents.unsolicited
        #expect(
            try await scene.browser.post(Browser.form(unsolicited, relayState: nil), to: scene.provider).fields["state"]
                == "over")
        let shown = try await scene.admin.call("identity-providers.show", [scene.provider])
        let settings = (shown.json["settings"] ?? .null).merging(["allowsUnsolicited": .bool(true)])
        let changed = try await scene.admin.call(
            "identity-providers.change", [scene.provider], body: ["settings": settings], version: shown.version)
        #expect(changed.status == 200, "\(changed.json)")
        for (relayed, path) in [
            ("/requests?new=1", "/requests?new=1"), ("//evil.example/", nil), ("https://evil.example/", nil),
            ("/\\evil.example", nil), (nil, nil),
        ] as [(String?, String?)] {
            try await scene.rewind()
            var browser = Browser(scene.admin)
            let back = try await browser.post(Browser.form(unsolicited, relayState: relayed), to: scene.provider)
            #expect(browser.cookie != nil)
            let done = try await browser.finish(back.body(scene.provider))
            #expect(done.step == "enrol", "\(done.json)")
            #expect(done.json["returnTo"]?.text == path)
            // Once.
            let again = try await browser.post(Browser.form(unsolicited, relayState: relayed), to: scene.provider)
            #expect(try await browser.finish(again.body(scene.provider)).problem == "sign-in-refused")
        }
        // What answers a request is no sign-in that nobody asked for, and changes no cookie.
        let answer = try #require(scene.documents.accepted["both"])
        let cookie = scene.browser.cookie
        let back = try await scene.browser.post(Browser.form(answer, relayState: nil), to: scene.provider)
        #expect(back.fields["state"] == "over" && scene.browser.cookie == cookie)
    }

    @Test(
        arguments: [
            (["wantsSignedAssertions": .bool(true)], "response", "only the response is signed"),
            (["wantsEncryptedAssertions": .bool(true)], "both", "is not encrypted"),
            (["clockSkewSeconds": 30], "clocks apart", "is from the future"),
            (["nameFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"], "both", "another format"),
            (["attributes": SAMLSignInTests.attributes(login: "groups")], "both", "there is not one groups"),
            (["attributes": SAMLSignInTests.attributes(login: "uid")], "both", "there is no uid"),
        ] as [(JSON, String, String)])
    func `what an administrator asks for beyond that is held, and an administrator is told`(
        _ settings: JSON, _ document: String, _ cause: String
    ) async throws {
        var scene = try await Scene(settings: settings)
        #expect(try await scene.answer(scene.documents.accepted[document]).problem == "sign-in-refused")
        try await scene.rewind()
        _ = try await scene.browser.post(
            Browser.form(try #require(scene.documents.accepted[document]), relayState: scene.state),
            to: scene.provider)
        let causes = try await scene.causes()
        #expect(causes.contains { $0.contains(cause) }, "\(causes)")
    }

    @Test func `a provider cannot vouch for a login of another one's domain`() async throws {
        var scene = try await Scene(settings: [:], ["domains": ["example.org"]])
        let home = try await scene.admin.addSAML(
            try await SAMLDocuments.make(), ["name": "Home", "domains": ["example.com"]])
        #expect(try await scene.answer(scene.documents.accepted["both"]).problem == "sign-in-refused")
        let face = try await scene.house.call("auth.tenant", in: scene.admin.scope)
        guard case .array(let offered)? = face.json["providers"] else { throw Unexpected() }
        #expect(offered.map { $0["kind"]?.text } == ["saml", "saml"])
        let off = try await scene.admin.call(
            "identity-providers.change", [home], body: ["enabled": .bool(false)], version: 1)
        #expect(off.status == 200, "\(off.json)")
        try await scene.rewind()
        #expect(try await scene.answer(scene.documents.accepted["both"]).step == "enrol")
    }

    @Test func `settings that make no sense are refused where they stand, and the key is ours`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let documents = try await SAMLDocuments.make()
        let provider = try await admin.addSAML(documents)
        let metadata = try await admin.metadata(of: provider)
        let good = try #require(try await admin.call("identity-providers.show", [provider]).json["settings"])
        let wrong: [(JSON, String)] = [
            (["signOnUrl": "javascript:alert(1)"], "/settings/signOnUrl"),
            (["signOnUrl": "https://idp.example.com/#x"], "/settings/signOnUrl"),
            (["logoutUrl": "ftp://idp.example.com/"], "/settings/logoutUrl"),
            (["certificates": []], "/settings/certificates"),
            (["certificates": [.string(documents.weak)]], "/settings/certificates/0"),
            (["certificates": [.string(documents.serviceKey)]], "/settings/certificates/0"),
            (["entityId": ""], "/settings/entityId"), (["clockSkewSeconds": 301], "/settings/clockSkewSeconds"),
        ]
        for (settings, pointer) in wrong {
            let answer = try await admin.call(
                "identity-providers.create", body: ["name": "Other", "settings": good.merging(settings)])
            #expect(answer.status == 422 && answer.text.contains("\"\(pointer)\""), "\(pointer): \(answer.json)")
        }
        let secret = try await admin.call(
            "identity-providers.create", body: ["name": "Other", "secret": "mine", "settings": good])
        #expect(secret.status == 422 && secret.text.contains("\"/secret\""))
        // An edit leaves the key; nothing shows its private half.
        let changed = try await admin.call(
            "identity-providers.change", [provider],
            body: ["settings": good.merging(["entityId": "https://other.example"])], version: 1)
        #expect(changed.status == 200 && !changed.text.contains("PRIVATE"))
        #expect(try await admin.metadata(of: provider) == metadata)
        #expect(try await SAMLDocuments.schemaErrors([metadata]) == "")
        // Another kind has no key of ours; and back again it is a new one.
        let oidc: JSON = ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"]
        let away = try await admin.call(
            "identity-providers.change", [provider], body: ["settings": oidc, "secret": "s"], version: 2)
        #expect(away.status == 200, "\(away.json)")
        #expect(try await house.call("auth.saml-metadata", [provider], in: admin.scope).status == 404)
        let back = try await admin.call(
            "identity-providers.change", [provider], body: ["settings": good], version: 3)
        #expect(back.status == 200, "\(back.json)")
        #expect(try await admin.metadata(of: provider) != metadata)
    }

    @Test func `metadata are read for the form, from text and from where they are`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let documents = try await SAMLDocuments.make()
        func read(_ body: JSON) async throws -> Answer {
            try await admin.call("identity-providers.read-metadata", body: body)
        }
        let one = try await read(["metadata": .string(documents.metadata["one"]!)])
        #expect(one.status == 200 && one["entityId"] == documents.idp, "\(one.json)")
        #expect(one.json["signOnUrl"] == "https://idp.example.com/sso?x=1")
        #expect(one.json["certificates"] == [.string(documents.certificate), .string(documents.curve)])
        let federation = documents.metadata["federation"]!
        #expect(try await read(["metadata": .string(federation)]).text.contains("/entityId"))
        let second = try await read(["metadata": .string(federation), "entityId": "https://idp2.example.com"])
        #expect(second["entityId"] == "https://idp2.example.com")
        for name in ["no key", "script", "post only", "service", "document type", "many keys"] {
            let refused = try await read(["metadata": .string(documents.metadata[name]!)])
            #expect(refused.status == 422 && refused.text.contains("\"/metadata\""), "\(name): \(refused.json)")
        }
        #expect(try await read([:]).status == 422)
        #expect(try await read(["metadata": "x", "url": "https://idp.example.com/"]).status == 422)
        // A private address is reached only if an administrator has opened it.
        let web = try SAMLMetadataServer(documents.metadata["one"]!)
        try await web.wait()
        let closed = try await read(["url": .string(web.address)])
        #expect(closed.status == 422 && closed.text.contains("\"/url\""), "\(closed.json)")
        try house.opened.open([web.port])
        #expect(try await read(["url": .string(web.address)])["entityId"] == documents.idp)
        #expect(try await read(["url": .string(web.address + "nothing")]).text.contains("status 404"))
    }

    static func attributes(login: String) -> JSON {
        ["subject": "NameID", "login": .string(login), "name": "cn", "email": "mail", "groups": "groups"]
    }
}

/// Metadata on a port of this machine.
private struct SAMLMetadataServer {
    let port: Int
    private let process: ChildProcess
    private let folder = TemporaryFolder()

    var address: String { "http://127.0.0.1:\(port)/metadata.xml" }

    init(_ document: String) throws {
        port = FreePort.next()
        try document.write(toFile: folder.file("metadata.xml"), atomically: true, encoding: .utf8)
        process = try ChildProcess(
            ["python3", "-m", "http.server", "--bind", "127.0.0.1", "--directory", folder.path, "\(port)"])
    }

    func wait() async throws {
        let address = address
        try await eventually("the metadata are served", within: .seconds(30)) {
            (try? await ChildProcess.run(["curl", "-sf", "-o", "/dev/null", address])) != nil
        }
    }
}
