import Kernel
import TestSupport
import Testing

@testable import Identity

/// RADIUS over TLS, and servers that have to prove something themselves.
extension RADIUSSignInTests {
    func overTLS(_ test: TestRadius, authority: String? = nil, certificate: String? = nil) -> JSON {
        [
            "transport": "tls", "authorities": .string(authority ?? test.certificates.authority),
            "certificate": .string(certificate ?? test.certificates.client.certificate),
        ]
    }

    @Test func `over TLS people come in by password and by answer, and the key is shown to nobody`() async throws {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let key = test.certificates.client.key
        let made = try await makeProvider(
            for: admin, ports: [test.first.tlsPort, test.second.tlsPort], settings: overTLS(test),
            ["secret": .string(key)])
        #expect(!String(decoding: made.json.bytes, as: UTF8.self).contains("PRIVATE KEY"))
        let ann = Visitor(house: house, scope: scope, login: "ann")
        #expect(try await ann.password("wrong").problem == "sign-in-refused")
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
        let cara = Visitor(house: house, scope: scope, login: "cara")
        let asked = try await cara.password(Self.password("cara"))
        #expect(asked.step == "challenge", "\(asked.json)")
        #expect(try await answer("000000", to: asked, cara).problem == "sign-in-refused")
        let again = try await cara.password(Self.password("cara"))
        #expect(try await answer(TestRadius.code, to: again, cara).step == "enrol")
        // The next one answers when the first is gone.
        await test.first.stop()
        #expect(try await ann.password(Self.password("ann")).step == "enrol")
    }

    @Test func `over TLS nobody is asked who is not known, and nobody answers whom the server does not know`()
        async throws
    {
        let test = try await TestRadius()
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        let stranger = test.certificates.stranger
        let cases: [(name: String, settings: JSON, key: String, words: String)] = [
            (
                "Other authority", overTLS(test, authority: stranger.certificate), test.certificates.client.key,
                "certificate does not count"
            ),
            ("Not ours", overTLS(test, certificate: stranger.certificate), stranger.key, "take our certificate"),
        ]
        let ann = Visitor(house: house, scope: scope, login: "ann")
        for one in cases {
            let made = try await makeProvider(
                for: admin, ports: [test.first.tlsPort], settings: one.settings,
                ["name": .string(one.name), "secret": .string(one.key)])
            let tried = try await admin.call(
                "identity-providers.test", [made["id"]],
                body: ["login": "ann", "password": .string(Self.password("ann"))])
            let text = String(decoding: tried.json.bytes, as: UTF8.self)
            #expect(tried["outcome"] != "created" && text.contains("connect"), "\(one.name): \(text)")
            #expect(text.contains(one.words) && !text.contains("PRIVATE KEY"), "\(one.name): \(text)")
            #expect(try await ann.password(Self.password("ann")).problem == "sign-in-refused", "\(one.name)")
        }
    }

    @Test func `what TLS takes has to be there, and is of no use without it`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let test = try await TestRadius()
        func problem(_ settings: JSON) async throws -> Answer {
            let base: JSON = ["kind": "radius", "servers": [["host": "127.0.0.1", "port": 2083]]]
            return try await admin.call(
                "identity-providers.create",
                body: ["name": "Radius", "settings": base.merging(settings), "secret": "some shared secret"])
        }
        let whole = overTLS(test)
        #expect(try await problem(["transport": "tls"]).status == 422)
        #expect(try await problem(whole.merging(["transport": "udp"])).status == 422)
        for field in ["authorities", "certificate"] {
            let broken = try await problem(
                whole.merging(.object([JSON.Member(field, "-----BEGIN CERTIFICATE-----\nbroken\n")])))
            #expect(broken.status == 422 && broken.text.contains(field), "\(broken.json)")
        }
        // A secret for the one is none for the other.
        let made = try await problem([:])
        let changed = try await admin.call(
            "identity-providers.change", [made["id"]],
            body: [
                "settings": (["kind": "radius", "servers": [["host": "127.0.0.1", "port": 2083]]] as JSON).merging(
                    whole)
            ],
            version: made.version)
        #expect(changed.status == 422 && changed.text.contains("secret"), "\(changed.json)")
    }

    @Test func `a key is refused that is another one's or has a passphrase, and MS-CHAPv2 without TLS`() async throws {
        let house = try await House()
        let (_, admin) = try await house.makeTenant()
        let test = try await TestRadius()
        let (own, stranger) = (test.certificates.client.key, test.certificates.stranger.key)
        let secret = own.replacing("BEGIN PRIVATE", with: "BEGIN ENCRYPTED PRIVATE").replacing(
            "END PRIVATE", with: "END ENCRYPTED PRIVATE")
        let base: JSON = ["kind": "radius", "servers": [["host": "127.0.0.1", "port": 2083]]]
        func create(_ settings: JSON, _ secret: String) async throws -> Answer {
            try await admin.call(
                "identity-providers.create",
                body: ["name": "Radius", "settings": base.merging(settings), "secret": .string(secret)])
        }
        for key in [stranger, secret, "no key"] {
            let refused = try await create(overTLS(test), key)
            #expect(refused.status == 422 && refused.text.contains("\"/secret\""), "\(refused.json)")
        }
        let made = try await create(overTLS(test), own)
        #expect(made.status == 201, "\(made.json)")
        let changed = try await admin.call(
            "identity-providers.change", [made["id"]], body: ["secret": .string(secret)], version: made.version)
        #expect(changed.status == 422 && changed.text.contains("\"/secret\""), "\(changed.json)")
        let open = try await create(["protocol": "ms-chap-v2"], TestRadius.secret)
        #expect(open.status == 422 && open.text.contains("\"/settings/protocol\""), "\(open.json)")
        let plain: JSON = ["settings": base.merging(["protocol": "ms-chap-v2"]), "secret": .string(TestRadius.secret)]
        let opened = try await admin.call("identity-providers.change", [made["id"]], body: plain, version: made.version)
        #expect(opened.status == 422 && opened.text.contains("\"/settings/protocol\""), "\(opened.json)")
    }
}
