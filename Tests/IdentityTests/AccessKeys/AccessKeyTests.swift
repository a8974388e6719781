import Crypto
import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// A program that signs each request.
@Suite struct AccessKeyTests {
    /// What signs, and what it signs. Each request has a nonce of its own.
    struct Program {
        let id: String
        let sign: ([UInt8]) throws -> [UInt8]

        init(_ id: String, secret: String) {
            self.id = id
            sign = { Array(HMAC<SHA256>.authenticationCode(for: $0, using: SymmetricKey(data: Array(secret.utf8)))) }
        }

        init(_ id: String, _ key: Curve25519.Signing.PrivateKey) {
            self.id = id
            sign = { Array(try key.signature(for: $0)) }
        }

        func headers(
            at now: Date, _ method: String = "GET", nonce: String = Base64URL.encode(SecureRandom.bytes(16)),
            body: JSON? = nil, more: String = "", besides: HTTPFields = [:]
        ) throws -> HTTPFields {
            var headers = besides
            var components = ["@method", "@target-uri"]
            if let body {
                let digest = Data(SHA256.hash(data: body.bytes)).base64EncodedString()
                headers[.contentDigest] = "sha-256=:\(digest):"
                components.append("content-digest")
            }
            components += besides.map { $0.name.canonicalName }
            let list = components.map { "\"\($0)\"" }.joined(separator: " ")
            let created = Int(now.timeIntervalSince1970)
            headers[.signatureInput] = "s=(\(list));created=\(created);keyid=\"\(id)\";nonce=\"\(nonce)\"\(more)"
            headers[.signature] = "s=::"
            let message = SignedMessage(
                method: method, isSecure: false, host: "acme.localhost", target: "/", headers: headers)
            let signature = try sign(try MessageSignature(headers).base(of: message))
            headers[.signature] = "s=:\(Data(signature).base64EncodedString()):"
            return headers
        }
    }

    struct Scene {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let bob: Visitor
        let bobID: UserID

        init() async throws {
            house = try await House()
            (scope, ada) = try await house.makeTenant()
            (bobID, bob) = try await ada.take("bob")
        }

        func make(_ more: JSON = [:]) async throws -> Program {
            let body: JSON = ["name": "ci", "algorithm": "hmac-sha256"]
            let made = try await bob.call("me.create-access-key", body: body.merging(more))
            #expect(made.status == 201, "\(made.json)")
            return Program(made["id"], secret: made["secret"])
        }

        func call(
            _ program: Program, _ name: String = "me.show", body: JSON? = nil, headers: HTTPFields? = nil
        ) async throws -> Answer {
            let method = name == "me.show" ? "GET" : "POST"
            let signed = try headers ?? program.headers(at: house.now, method, body: body)
            return try await house.call(name, body: body, in: scope, headers: signed, method: method)
        }

        func keys() async throws -> [JSON] { try await bob.call("me.access-keys").items }

        func trail(_ action: String) async throws -> [String] {
            try await house.test.superuser().query(
                "select coalesce(details ->> 'reason', '') from audit_events where action = \(action)"
            ) { try $0.next(String.self) }
        }
    }

    @Test func `a request that is signed acts as the person, with a secret or a key of the person's own`() async throws
    {
        let scene = try await Scene()
        let program = try await scene.make()
        let answer = try await scene.call(program)
        #expect(answer.status == 200 && answer.json["user"]?["login"] == "bob", "\(answer.json)")
        #expect(try await scene.call(program, "me.sign-out").status == 204)
        #expect(try await scene.call(program).status == 401, "Signing out switches the key off.")
        let key = Curve25519.Signing.PrivateKey()
        let pem = "-----BEGIN PUBLIC KEY-----\n\(Self.info(key))\n-----END PUBLIC KEY-----\n"
        let ssh = Data(
            [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + Array(key.publicKey.rawRepresentation))
        let forms = [
            pem, Self.info(key), key.publicKey.rawRepresentation.base64EncodedString(),
            "ssh-ed25519 \(ssh.base64EncodedString()) bob@laptop",
        ]
        for form in forms {
            let made = try await scene.bob.call(
                "me.create-access-key", body: ["name": "own", "algorithm": "ed25519", "publicKey": .string(form)])
            #expect(made.status == 201 && made.json["secret"] == .null, "\(made.json)")
            #expect(try await scene.call(Program(made["id"], key)).status == 200)
        }
        let used = try await scene.keys().filter { $0["lastUsedFrom"]?.text == "192.0.2.1" }
        #expect(used.count == 5)
    }

    private static func info(_ key: Curve25519.Signing.PrivateKey) -> String {
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        return Data(prefix + Array(key.publicKey.rawRepresentation)).base64EncodedString()
    }

    @Test func `a public key has to be one, and a secret is not the caller's to choose`() async throws {
        let scene = try await Scene()
        let key = Curve25519.Signing.PrivateKey().publicKey.rawRepresentation
        for (algorithm, publicKey) in [
            ("ed25519", JSON.null), ("hmac-sha256", .string(key.base64EncodedString())),
            ("ed25519", .string((key + [1]).base64EncodedString())),
            ("ed25519", .string(key.dropLast().base64EncodedString() + "AAAAAAAAAAAA")),
            ("ed25519", "ssh-ed25519 AAAA"), ("ed25519", .string("ssh-ed25519 " + String(repeating: " ", count: 40))),
            ("ed25519", .string("ssh-ed25519 \u{301}" + String(repeating: "A", count: 40))),
            ("ed25519", .string(String(repeating: "é", count: 44))), ("rsa", .null),
        ] {
            let made = try await scene.bob.call(
                "me.create-access-key",
                body: ["name": "x", "algorithm": .string(algorithm), "publicKey": publicKey])
            #expect(made.problem == "invalid-fields", "\(algorithm) \(publicKey): \(made.json)")
        }
    }

    @Test func `what was signed counts once, and nothing else counts`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        let headers = try program.headers(at: scene.house.now)
        #expect(try await scene.call(program, headers: headers).status == 200)
        let again = try await scene.call(program, headers: headers)
        #expect(again.status == 401 && again["detail"].contains("nonce"))
        #expect(try await scene.trail("sign-in.access-key") == ["replay"])
        // Another operation, method, body, host or field is another request.
        let body: JSON = ["name": "stolen"]
        let post = try program.headers(at: scene.house.now, "POST", body: body)
        var other = post
        other[.contentDigest] = nil
        #expect(try await scene.call(program, "me.create-token", body: body, headers: other).status == 401)
        let changed = try await scene.call(program, "me.create-token", body: ["name": "changed"], headers: post)
        #expect(changed.status == 401)
        let here = try program.headers(at: scene.house.now)
        let elsewhere = try await scene.house.call(
            "me.show", in: scene.scope, headers: here, host: "other.localhost", target: "/")
        #expect(elsewhere.status == 401)
        let moved = try await scene.house.call("me.show", in: scene.scope, headers: here, target: "/other")
        #expect(moved.status == 401)
        var organization = here
        organization[HTTPField.Name("Gatehouse-Organization")!] = OrganizationID.root(of: scene.scope.tenant).text
        #expect(try await scene.call(program, headers: organization).status == 401)
        // None of that has used the nonce up.
        #expect(try await scene.call(program, headers: here).status == 200)
    }

    @Test func `a clock that is far off is told so, and a nonce is kept for as long as its time counts`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        for seconds in [-301.0, 301] {
            let headers = try program.headers(at: scene.house.now + seconds)
            let answer = try await scene.call(program, headers: headers)
            #expect(answer.status == 401 && answer["detail"].contains("300 seconds"))
        }
        let headers = try program.headers(at: scene.house.now + 300)
        #expect(try await scene.call(program, headers: headers).status == 200)
        for wait in [300.0, 300] {
            scene.house.wait(wait)
            try await scene.house.identity.purge(at: scene.house.now)
            #expect(try await scene.call(program, headers: headers).status == 401)
        }
        // By the clock of the database, whatever any node's says.
        let superuser = try await scene.house.test.superuser()
        let isKept = try await superuser.query(
            "select expires_at > now() + interval '355 seconds' from access_key_nonces"
        ) { try $0.next(Bool.self) }
        #expect(isKept == [true])
        _ = try await superuser.execute("update access_key_nonces set expires_at = now() - interval '1 second'")
        try await scene.house.identity.purge(at: House.start)
        let left = try await superuser.query("select count(*) from access_key_nonces") { try $0.next(Int.self) }
        #expect(left == [0])
    }

    @Test func `of many that come at once with one nonce one counts`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        let headers = try program.headers(at: scene.house.now)
        let (house, scope) = (scene.house, scene.scope)
        let good = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<12 {
                group.addTask { try await house.call("me.show", in: scope, headers: headers, target: "/").status }
            }
            return try await group.reduce(0) { $0 + ($1 == 200 ? 1 : 0) }
        }
        #expect(good == 1)
    }

    @Test func `an unknown key, a wrong signature and another tenant's key get one answer`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        let (other, _) = try await scene.house.makeTenant("bolt")
        let forged = Program(program.id, secret: "guessed")
        let unknown = Program(AccessKeyID.new().text, secret: "guessed")
        let named = Program("bob", secret: "guessed")
        var said: [JSON] = []
        for one in [forged, unknown, named] {
            let answer = try await scene.call(one)
            #expect(answer.status == 401)
            said.append(answer.essence)
        }
        let foreign = try await scene.house.call(
            "me.show", in: other, headers: try program.headers(at: scene.house.now), target: "/")
        #expect(foreign.status == 401)
        said.append(foreign.essence)
        #expect(Set(said.map { String(decoding: $0.bytes, as: UTF8.self) }).count == 1)
        let confused = try await scene.call(
            program, headers: try program.headers(at: scene.house.now, more: ";alg=\"ed25519\""))
        #expect(confused.status == 401)
        let right = try await scene.call(
            program, headers: try program.headers(at: scene.house.now, more: ";alg=\"hmac-sha256\""))
        #expect(right.status == 200)
    }

    @Test func `signature and token at once are refused`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        var headers = try program.headers(at: scene.house.now)
        headers[.authorization] = "Bearer x"
        #expect(try await scene.call(program, headers: headers).status == 400)
        headers[.authorization] = nil
        headers[.cookie] = "gatehouse=\(try #require(scene.bob.pocket.cookie))"
        #expect(try await scene.call(program, headers: headers).status == 400)
    }

    @Test func `a key counts from its addresses, until its end, while it is switched on`() async throws {
        let scene = try await Scene()
        let program = try await scene.make(["sources": ["198.51.100.0/24", "2001:db8::1-2001:db8::9"]])
        for (address, status) in [
            ("192.0.2.1", 403), ("198.51.100.77", 200), ("::ffff:198.51.100.77", 200), ("2001:db8::5", 200),
            ("2001:db8::a", 403), ("local", 403),
        ] {
            scene.house.move(to: address)
            #expect(try await scene.call(program).status == status, "\(address)")
        }
        scene.house.move(to: "198.51.100.1")
        #expect(try await scene.trail("sign-in.access-key") == ["address"], "Told once in ten minutes.")
        let off = try await scene.bob.call("me.disable-access-key", [program.id])
        #expect(off.status == 200 && off.json["enabled"] == .bool(false))
        #expect(try await scene.call(program).status == 401)
        // Switching it on takes what making one takes.
        scene.house.wait(16 * 60)
        #expect(try await scene.bob.call("me.enable-access-key", [program.id]).problem == "step-up-required")
        _ = try await scene.bob.call("me.step-up", body: ["code": .string(scene.bob.freshCode())])
        #expect(try await scene.bob.call("me.enable-access-key", [program.id]).status == 200)
        #expect(try await scene.call(program).status == 200)
        scene.house.wait(AccessKey.usualLife)
        #expect(try await scene.call(program).status == 401)
    }

    @Test func `a person has ten at most, and they end after a year at most`() async throws {
        let scene = try await Scene()
        let body: JSON = ["name": "x", "algorithm": "hmac-sha256"]
        func end(_ seconds: TimeInterval) -> JSON {
            ["expiresAt": .string(Timestamp.text(scene.house.now + seconds))]
        }
        for seconds in [0, -60, AccessKey.longestLife + 60] {
            let made = try await scene.bob.call("me.create-access-key", body: body.merging(end(seconds)))
            #expect(made.problem == "invalid-fields")
        }
        var last = ""
        for _ in 0..<AccessKey.most {
            last = try await scene.bob.call("me.create-access-key", body: body.merging(end(60)))["id"]
        }
        #expect(try await scene.bob.call("me.create-access-key", body: body).problem == "limit-reached")
        #expect(try await scene.bob.call("me.remove-access-key", [last]).status == 204)
        #expect(try await scene.bob.call("me.remove-access-key", [last]).status == 404)
        #expect(try await scene.bob.call("me.create-access-key", body: body).status == 201)
        #expect(try await scene.bob.call("me.create-access-key", body: body).problem == "limit-reached")
        // What has ended does not count.
        scene.house.wait(60)
        #expect(try await scene.bob.call("me.create-access-key", body: body).status == 201)
    }

    @Test func `nobody has anything to do with the keys of somebody else`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        for name in ["me.disable-access-key", "me.enable-access-key", "me.remove-access-key"] {
            #expect(try await scene.ada.call(name, [program.id]).status == 404)
        }
        #expect(try await scene.ada.call("me.access-keys").items.isEmpty)
        #expect(try await scene.call(program).status == 200)
    }

    @Test func `a key shows no second factor: whoever got hold of it leaves nothing else behind`() async throws {
        let scene = try await Scene()
        let program = try await scene.make()
        let key: JSON = ["name": "another", "algorithm": "hmac-sha256"]
        for (name, body) in [("me.create-token", ["name": "from a program"]), ("me.create-access-key", key)]
            as [(String, JSON)]
        {
            #expect(try await scene.call(program, name, body: body).problem == "step-up-required", "\(name)")
        }
        // With a code it does, and makes no further key even so.
        let code: JSON = ["code": .string(scene.bob.freshCode())]
        #expect(try await scene.call(program, "me.step-up", body: code).status == 204)
        #expect(try await scene.call(program, "me.create-token", body: ["name": "with a code"]).status == 201)
        #expect(try await scene.call(program, "me.create-access-key", body: key).problem == "forbidden")
        scene.house.wait(15 * 60)
        #expect(try await scene.call(program, "me.create-token", body: ["name": "late"]).problem == "step-up-required")
    }

    @Test func `a key signs so many requests a second, and no more`() {
        let (pace, key, now) = (AccessKeyPace(), AccessKeyID.new(at: Date()), Date())
        let burst = (0..<1000).count { _ in pace.takes(key, at: now) }
        #expect(burst == Int(AccessKeyPace.burst))
        #expect(pace.takes(AccessKeyID.new(at: now + 1), at: now))
        #expect((0..<1000).count { _ in pace.takes(key, at: now + 1) } == Int(AccessKeyPace.perSecond))
        // A clock that is set back gives nothing.
        #expect(!pace.takes(key, at: now - 3600))
    }

    @Test func `the secret is sealed, and follows the tenant's key`() async throws {
        let scene = try await Scene()
        let made = try await scene.bob.call(
            "me.create-access-key", body: ["name": "ci", "algorithm": "hmac-sha256"])
        let dump = try await scene.house.test.superuser().query("select k::text from access_keys k") {
            try $0.next(String.self)
        }
        let secret = made["secret"]
        #expect(secret.hasPrefix("ghk_") && dump.count == 1)
        #expect(!dump[0].contains(secret) && !dump[0].contains(Hex.encode(Array(secret.utf8))))
        let rewrap = AccessKeysRewrapping(database: scene.house.test.database)
        let other = try await scene.house.keys.current(in: scene.scope)
        #expect(try await rewrap.waiting(besides: other.id, in: scene.scope) == 0)
        #expect(try await rewrap.waiting(besides: .new(), in: scene.scope) == 1)
        #expect(try await scene.call(Program(made["id"], secret: secret)).status == 200)
    }
}
