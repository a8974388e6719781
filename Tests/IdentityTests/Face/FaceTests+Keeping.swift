import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// How faces are kept, taken away and kept apart.
extension FaceTests {
    @Test func `a face is enrolled with consent only, sealed, and gone when it is taken back`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.ada.take("cara")
        #expect(try await cara.call("me.show").json["mayAddFace"] == true)
        #expect(try await cara.call("me.enrol-face", body: ["consent": false]).status == 422)
        let begun = try await cara.call("me.enrol-face", body: ["consent": true])
        // As a picture it is none.
        #expect(try await stage.post(FaceStage.rightFace, isLive: false, to: begun)["outcome"] == "failed")
        #expect(try await stage.failures("cara") == 0)
        let again = try await cara.call("me.enrol-face", body: ["consent": true])
        let reply = try await stage.post(FaceStage.rightFace, to: again)
        // What the component has posted is nobody's before its owner says so.
        #expect(try await stage.count("face_factors") == 0)
        #expect(
            try await stage.ada.call("me.confirm-face", body: ["code": .string(FaceStage.code(of: reply))]).problem
                == "code-refused")
        _ = try await cara.call("me.confirm-face", body: ["code": .string(FaceStage.code(of: reply))])
        let kept = try await stage.house.test.superuser().query("select sealed_vector from face_factors") {
            try $0.next([UInt8].self)
        }
        let plain = try #require(FaceVector(FaceStage.rightFace)).bytes
        #expect(kept.count == 1 && kept.allSatisfy { $0.firstRange(of: plain.prefix(16)) == nil && $0.count > 1024 })
        #expect(try await stage.count("face_checks where sealed_vector is not null") == 0)
        _ = try await cara.call("me.remove-face")
        #expect(try await stage.count("face_factors") == 0)
        #expect(try await cara.call("me.show").json["factors"] == ["authenticator"])
        #expect(try await cara.call("me.remove-face").status == 404)
    }

    @Test func `administrators take a face away, and a reset does`() async throws {
        let stage = try await FaceStage.make()
        let (id, cara) = try await stage.take("cara")
        #expect(try await stage.ada.call("users.show-face", [id.text])["enrolledAt"] != "")
        let (_, ben) = try await stage.ada.take("ben")
        #expect(try await ben.call("users.remove-face", [id.text]).status == 403)
        _ = try await stage.ada.call("users.remove-face", [id.text])
        #expect(try await stage.count("face_factors") == 0)
        // As everything that was opened by it.
        #expect(try await cara.call("me.show").status == 401)
        let (dora, _) = try await stage.take("dora")
        _ = try await stage.ada.call("users.reset-second-factor", [dora.text])
        #expect(try await stage.count("face_factors") == 0)
        try await stage.enrol(stage.ada)
        let me = try await stage.ada.call("me.show").json["user"]?["id"]?.text ?? ""
        #expect(try await stage.ada.call("users.remove-face", [me]).problem == "not-yourself")
    }

    @Test func `nothing of one company counts at another`() async throws {
        let acme = try await FaceStage.make()
        let bolt = try await FaceStage.make(acme.house, slug: "bolt")
        let (id, cara) = try await acme.take("cara")
        let (token, capture) = try await acme.begin(cara)
        let (context, body) = (FaceStage.context(of: capture), FaceStage.body(FaceStage.rightFace))
        // The other company's component, with its own key, at its own door and at ours.
        for place in [acme.scope, bolt.scope] {
            let answer = try await acme.post(body, to: context, by: bolt.secret, in: place)
            #expect(answer.problem == "face-check-refused")
        }
        let ours = try await acme.post(body, to: context, in: bolt.scope)
        #expect(ours.problem == "face-check-refused")
        let reply = try await acme.post(FaceStage.rightFace, to: capture)
        #expect(reply["outcome"] == "passed")
        let there = try await acme.house.call(
            "auth.face-factor", body: ["token": .string(token), "code": .string(FaceStage.code(of: reply))],
            in: bolt.scope)
        #expect(there.problem == "sign-in-expired")
        #expect(try await bolt.ada.call("users.show-face", [id.text]).status == 404)
        #expect(try await bolt.ada.call("users.remove-face", [id.text]).status == 404)
        #expect(try await bolt.ada.call("face-component.show").json["people"] == 0)
        #expect(try await acme.finish(token, FaceStage.code(of: reply), cara).step == "done")
    }

    @Test func `whoever may do less than everything changes no component, and administrators hear of every change`()
        async throws
    {
        let stage = try await FaceStage.make()
        let role = try await stage.ada.call(
            "roles.create",
            body: ["name": "Directories", "permissions": ["identity-providers.read", "identity-providers.manage"]])
        let (_, eve) = try await stage.ada.take("eve", roles: [role["id"]])
        let shown = try await eve.call("face-component.show")
        #expect(shown.status == 200 && shown.json["keyMadeAt"] != .null && !"\(shown.json)".contains("whsec_"))
        let body: JSON = ["pageUrl": "https://eve.example.com/", "enabled": true]
        #expect(try await eve.call("face-component.set", body: body, version: shown.version).status == 403)
        #expect(try await eve.call("face-component.make-key").status == 403)
        #expect(try await stage.ada.call("face-component.set", body: body, version: 1).status == 412)
        for page in [
            "http://faces.example.com/", "ftp://x.example.com", "https://x.example.com/#a", "https://a@b.com/",
        ] {
            let wrong = try await stage.ada.call(
                "face-component.set", body: ["pageUrl": .string(page), "enabled": true], version: shown.version)
            #expect(wrong.status == 422, "\(page): \(wrong.json)")
        }
        let events = try await stage.house.test.superuser().query(
            "select data, urgent from events where type = 'face-component.changed'"
        ) { (try $0.next(JSON.self), try $0.next(Bool.self)) }
        #expect(events.count == 2 && events.allSatisfy(\.1))
        let letters = Letters()
        try await stage.house.identity(sending: letters).tellAdministrators(
            of: "face-component.changed", try #require(events.last?.0), at: stage.house.now, in: stage.scope)
        let letter = try #require(letters.takeAll().first)
        #expect(letter.kind == "face-component-changed" && letter.to == "ada@example.com")
        #expect(letter.text.contains("ada"))
    }

    @Test func `the signature that the documentation shows is the one that counts`() throws {
        let key = try #require(WebhookSecret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
        let signature = key.signature(
            id: String(repeating: "A", count: 43), timestamp: Date(timeIntervalSince1970: 1_795_000_000),
            body: Array("{}".utf8))
        #expect(signature == "v1,vR+LOs2KW7MeHAEIOBsebg5ODz4Mq9HUtBJYCho7GTo=")
        let text = try Repository.text("Docs/face.md")
        #expect(text.contains("`\(key.reveal())`") && text.contains("`\(signature)`"))
    }

    @Test func `faces and the component's key move under a new key`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        _ = try await stage.house.tenancy.rotateKey(at: stage.house.now, in: stage.scope)
        let chain = try await stage.house.keys.chain(in: stage.scope)
        let (faces, component) = (
            FaceRewrapping(database: stage.house.test.database),
            FaceComponentRewrapping(database: stage.house.test.database)
        )
        #expect(try await faces.waiting(besides: chain.current.id, in: stage.scope) == 1)
        #expect(try await component.waiting(besides: chain.current.id, in: stage.scope) == 1)
        #expect(try await faces.rewrap(10, with: chain, in: stage.scope) == 1)
        #expect(try await component.rewrap(10, with: chain, in: stage.scope) == 1)
        #expect(try await faces.waiting(besides: chain.current.id, in: stage.scope) == 0)
        #expect(try await component.waiting(besides: chain.current.id, in: stage.scope) == 0)
        let (token, capture) = try await stage.begin(cara)
        let reply = try await stage.post(FaceStage.rightFace, to: capture)
        #expect(try await stage.finish(token, FaceStage.code(of: reply), cara).step == "done")
    }

    @Test func `what is no vector is refused, and uses nothing up`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        let (token, capture) = try await stage.begin(cara)
        let good = FaceStage.rightFace
        let numbers = good.map { "\($0)" }
        func text(_ items: [String], _ rest: String = ", \"liveness\": true") -> [UInt8] {
            Array("{\"vector\": [\(items.joined(separator: ","))]\(rest)}".utf8)
        }
        let bodies = [
            text(Array(numbers.dropLast())), text(numbers + ["0.1"]), text(["NaN"] + numbers.dropFirst()),
            text(["1e999"] + numbers.dropFirst()), text(["1e308"] + numbers.dropFirst()),
            text(["\"0.1\""] + numbers.dropFirst()), text(["null"] + numbers.dropFirst()),
            text(good.map { "\($0 * 0.4)" }), text(good.map { "\($0 * 2.1)" }),
            text(Array(repeating: "0", count: 128)), text(numbers, ""), text(numbers, ", \"liveness\": 1"),
            text(numbers, ", \"liveness\": true, \"user\": \"ada\""), Array("[]".utf8), Array("{".utf8), [0xFF], [],
        ]
        for body in bodies {
            let answer = try await stage.post(body, to: FaceStage.context(of: capture))
            #expect(
                [400, 422].contains(answer.status),
                "\(String(decoding: body.prefix(60), as: UTF8.self)): \(answer.json)")
        }
        #expect(try await stage.failures("cara") == 0)
        let reply = try await stage.post(good, to: capture)
        #expect(try await stage.finish(token, FaceStage.code(of: reply), cara).step == "done")
    }

    @Test(arguments: [
        (0.0, true), (0.01, true), (0.025, true), (0.028, true), (0.032, false), (0.05, false),
    ])
    func `a face is the same one up to both bounds`(shaken: Double, isSame: Bool) throws {
        let one = try #require(FaceVector(FaceStage.face(1)))
        let other = try #require(FaceVector(FaceStage.face(1, shaken: shaken)))
        #expect(one.matches(other) == isSame && other.matches(one) == isSame)
        #expect(FaceVector(bytes: other.bytes) == other)
        #expect(!one.matches(try #require(FaceVector(FaceStage.face(2)))))
        // A vector of the same direction that is much longer is another one, and one as near in another direction, too.
        let longer = try #require(FaceVector(FaceStage.face(1).map { $0 * 1.4 }))
        #expect(!one.matches(longer))
        let (short, turned) = (FaceStage.face(1).map { $0 * 0.55 }, FaceStage.face(1, shaken: 0.025).map { $0 * 0.55 })
        #expect(try #require(FaceVector(short)).matches(try #require(FaceVector(turned))))
        #expect(FaceVector(bytes: []) == nil && FaceVector([.nan] + one.numbers.dropFirst()) == nil)
        #expect(FaceVector([.infinity] + one.numbers.dropFirst()) == nil)
    }
}
