import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Faces as a second factor, with a stand-in for the capture component that posts what a real one would.
@Suite(.timeLimit(.minutes(5))) struct FaceTests {
    @Test func `the right face lets in, once, and only the browser that was before the camera`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        #expect(try await cara.call("me.show").json["factors"] == ["authenticator", "face"])
        let (token, capture) = try await stage.begin(cara)
        #expect(capture["url"].hasPrefix(FaceStage.page + "#context=") && capture["check"].hasPrefix("fch_"))
        let reply = try await stage.post(FaceStage.face(1, shaken: 0.005), to: capture)
        #expect(reply.status == 200 && reply["outcome"] == "passed", "\(reply.json)")
        #expect(reply.cookie == nil)
        #expect(reply["returnTo"].hasPrefix("http://acme.localhost:8080/face#check=\(capture["check"])&code="))
        // What the component was told is not what the browser is to bring back.
        let context = FaceStage.context(of: capture)
        #expect(try await stage.finish(token, context, cara).problem == "code-refused")
        let done = try await stage.finish(token, FaceStage.code(of: reply), cara)
        #expect(done.step == "done" && done.cookie != nil, "\(done.json)")
        #expect(try await stage.failures("cara") == 0)
        let told = try await stage.house.test.superuser().query(
            "select second_factor_by from web_sessions where user_id = (select user_id from users where login = 'cara')"
        ) { try $0.next(String?.self) }
        #expect(told.contains("face"))
        // Neither counts twice.
        let (again, _) = try await stage.begin(cara)
        #expect(try await stage.finish(again, FaceStage.code(of: reply), cara).problem == "code-refused")
        #expect(try await stage.post(FaceStage.rightFace, to: capture).problem == "face-check-refused")
    }

    @Test func `another face fails, and so does the right one as a picture where somebody living is asked for`()
        async throws
    {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        for (number, (face, isLive)) in [(FaceStage.face(2), true), (FaceStage.rightFace, false)].enumerated() {
            let (token, capture) = try await stage.begin(cara)
            let reply = try await stage.post(face, isLive: isLive, to: capture)
            #expect(reply.status == 200 && reply["outcome"] == "failed", "\(reply.json)")
            #expect(reply["returnTo"] == "http://acme.localhost:8080/face#failed=\(capture["check"])")
            #expect(try await stage.failures("cara") == number + 1)
            // It was its one time: no second face is tried in it.
            #expect(try await stage.post(FaceStage.rightFace, to: capture).problem == "face-check-refused")
            #expect(try await stage.finish(token, "failed", cara).problem == "code-refused")
            _ = try await stage.house.test.superuser().execute("update users set failed_attempts = \(number + 1)")
        }
        let relaxed = try await FaceStage.make(liveness: false)
        let (_, dora) = try await relaxed.take("dora")
        let (_, capture) = try await relaxed.begin(dora)
        #expect(try await relaxed.post(FaceStage.rightFace, isLive: false, to: capture)["outcome"] == "passed")
    }

    @Test func `wrong faces lock, and then the right one does not help`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        for _ in 0..<AttemptCounter.most {
            let (_, capture) = try await stage.begin(cara)
            #expect(try await stage.post(FaceStage.face(3), to: capture)["outcome"] == "failed")
        }
        #expect(try await stage.house.isLocked("cara"))
        let locked = try await cara.password()
        #expect(locked.problem == "sign-in-refused", "\(locked.json)")
    }

    @Test func `a face that was right does not help who was locked meanwhile`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        let (token, capture) = try await stage.begin(cara)
        let reply = try await stage.post(FaceStage.rightFace, to: capture)
        for _ in 0..<AttemptCounter.most {
            let (_, other) = try await stage.begin(cara)
            #expect(try await stage.post(FaceStage.face(3), to: other)["outcome"] == "failed")
        }
        #expect(try await stage.finish(token, FaceStage.code(of: reply), cara).problem == "code-refused")
    }

    @Test func `what is not signed by the key, for this context and now, is not even looked at`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        let (token, capture) = try await stage.begin(cara)
        let (_, other) = try await stage.begin(cara)
        let (context, body) = (FaceStage.context(of: capture), FaceStage.body(FaceStage.rightFace))
        let now = stage.house.now
        let stranger = WebhookSecret()
        let refused = [
            try await stage.post(body, to: context, by: stranger),
            try await stage.post(body, to: context, signedFor: FaceStage.context(of: other)),
            try await stage.post(body, to: context, at: now - 61),
            try await stage.post(body, to: context, at: now + 61),
            try await stage.post(body, to: context, signature: "v1,AAAA"),
            try await stage.post(body, to: context, signature: ""),
            try await stage.post(
                body, to: context,
                signature: stage.secret.signature(
                    id: context, timestamp: now, body: FaceStage.body(FaceStage.face(2)))),
            // One that nobody made, properly signed.
            try await stage.post(body, to: String(repeating: "A", count: 43)),
        ]
        for answer in refused { #expect(answer.problem == "face-check-refused", "\(answer.json)") }
        #expect(try await stage.failures("cara") == 0)
        // Whoever knows neither the key nor a context writes nothing into the trail.
        func told() -> Int { stage.house.trail.refusals(of: "face-check.taken") }
        #expect(told() == refused.count)
        let unknown = String(repeating: "B", count: 43)
        #expect(try await stage.post(body, to: unknown, by: stranger).problem == "face-check-refused")
        #expect(told() == refused.count)
        // Nothing of that has used it up.
        let reply = try await stage.post(body, to: context, at: now - 59)
        #expect(reply["outcome"] == "passed", "\(reply.json)")
        #expect(try await stage.finish(token, FaceStage.code(of: reply), cara).step == "done")
    }

    @Test func `a key that was replaced counts no longer, nor does what was begun by it`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        let (token, capture) = try await stage.begin(cara)
        let passed = try await stage.post(FaceStage.rightFace, to: capture)
        let (_, open) = try await stage.begin(cara)
        let made = try await stage.ada.call("face-component.make-key")
        let new = try #require(WebhookSecret(made["key"]))
        #expect(try await stage.finish(token, FaceStage.code(of: passed), cara).problem == "code-refused")
        let body = FaceStage.body(FaceStage.rightFace)
        for key in [stage.secret, new] {
            let answer = try await stage.post(body, to: FaceStage.context(of: open), by: key)
            #expect(answer.problem == "face-check-refused")
        }
        let (again, capture2) = try await stage.begin(cara)
        let reply = try await stage.post(body, to: FaceStage.context(of: capture2), by: new)
        #expect(try await stage.finish(again, FaceStage.code(of: reply), cara).step == "done")
    }

    @Test func `a context is good for a minute, and what came of it for another`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        let (_, late) = try await stage.begin(cara)
        stage.house.wait(60)
        #expect(try await stage.post(FaceStage.rightFace, to: late).problem == "face-check-refused")
        let (token, capture) = try await stage.begin(cara)
        stage.house.wait(59)
        let reply = try await stage.post(FaceStage.rightFace, to: capture)
        #expect(reply["outcome"] == "passed")
        stage.house.wait(60)
        #expect(try await stage.finish(token, FaceStage.code(of: reply), cara).problem == "code-refused")
        try await stage.house.identity.purge(at: stage.house.now + 1)
        #expect(try await stage.count("face_checks") == 0)
    }

    @Test func `what was shown counts in the sign-in in which it was begun, for its person, and nowhere else`()
        async throws
    {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take("cara")
        let (_, dora) = try await stage.take("dora")
        let (own, capture) = try await stage.begin(cara)
        let (other, _) = try await stage.begin(cara)
        let (hers, _) = try await stage.begin(dora)
        let code = FaceStage.code(of: try await stage.post(FaceStage.rightFace, to: capture))
        for (token, person) in [(other, cara), (hers, dora)] {
            #expect(try await stage.finish(token, code, person).problem == "code-refused")
        }
        // Nor does it confirm anything to somebody who is signed in, or enrol anything.
        for name in ["me.step-up-face", "me.confirm-face"] {
            #expect(try await cara.call(name, body: ["code": .string(code)]).problem == "code-refused")
        }
        #expect(try await stage.finish(own, code, cara).step == "done")
    }

    @Test func `a sensitive act is confirmed by it, in the browser that began`() async throws {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        stage.house.wait(3000)
        #expect(try await cara.call("me.make-temporary-password").problem == "step-up-required")
        // Showing it to enrol it anew takes that, too.
        #expect(try await cara.call("me.enrol-face", body: ["consent": true]).problem == "step-up-required")
        let elsewhere = Visitor(house: stage.house, scope: stage.scope, login: "cara")
        let (token, capture) = try await stage.begin(elsewhere)
        let reply = try await stage.post(FaceStage.rightFace, to: capture)
        elsewhere.keep(cookie: try await stage.finish(token, FaceStage.code(of: reply), elsewhere).cookie)
        let begun = try await cara.call("me.begin-face-step-up")
        #expect(begun.status == 200, "\(begun.json)")
        let code = FaceStage.code(of: try await stage.post(FaceStage.rightFace, to: begun))
        let wrong = try await elsewhere.call("me.step-up-face", body: ["code": .string(code)])
        #expect(wrong.problem == "code-refused")
        _ = try await cara.call("me.step-up-face", body: ["code": .string(code)])
        #expect(try await cara.call("me.make-temporary-password").status == 201)
    }

    @Test func `nobody is looked at while the company wants no faces, and the first step sets nothing up`() async throws
    {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        try await cara.removeAuthenticator()
        #expect(try await cara.call("me.remove-face").problem == "last-second-factor")
        let shown = try await stage.ada.call("face-component.show")
        #expect(shown.json["people"] == 1)
        let off = try await stage.ada.call(
            "face-component.set", body: ["pageUrl": .string(FaceStage.page), "enabled": false], version: shown.version)
        #expect(off.status == 200, "\(off.json)")
        // It is asked for once more, and then something else is set up.
        let (token, capture) = try await stage.begin(cara)
        #expect(try await cara.open("auth.enrolment", ["token": .string(token)]).status == 401)
        let reply = try await stage.post(FaceStage.rightFace, to: capture)
        let next = try await stage.finish(token, FaceStage.code(of: reply), cara)
        #expect(next.step == "enrol" && next.cookie == nil && next.json["factors"] == ["authenticator", "passkey"])
        try await cara.enrol(next["token"])
        #expect(try await cara.call("me.show").json["mayAddFace"] == false)
        #expect(try await cara.call("me.enrol-face", body: ["consent": true]).problem == "face-unavailable")
    }

    @Test func `a rule that counts no faces takes none, and one that counts only faces takes nothing else`()
        async throws
    {
        let stage = try await FaceStage.make()
        let (_, cara) = try await stage.take()
        try await stage.enrol(stage.ada, FaceStage.face(9))
        func rule(_ factor: String, _ version: Int) async throws {
            let set = try await stage.ada.call(
                "factor-rules.set",
                body: [
                    "level": "all",
                    "rules": [
                        ["name": "R", "everyone": true, "action": "require", "factors": [.string(factor)]]
                    ],
                ], version: version)
            #expect(set.status == 200, "\(set.json)")
        }
        try await rule("authenticator", 1)
        let first = try await cara.password()
        #expect(first.json["factors"] == ["authenticator"])
        let refused = try await cara.open("auth.begin-face", ["token": .string(first["token"])])
        #expect(refused.problem == "face-unavailable", "\(refused.json)")
        let begun = try await cara.call("me.begin-face-step-up")
        let code = FaceStage.code(of: try await stage.post(FaceStage.rightFace, to: begun))
        #expect(
            try await cara.call("me.step-up-face", body: ["code": .string(code)]).problem == "factor-not-counted")
        try await rule("face", 2)
        let second = try await cara.password()
        #expect(second.json["factors"] == ["face"], "\(second.json)")
        let typed = try await cara.open(
            "auth.second-factor", ["token": .string(second["token"]), "code": .string(cara.freshCode())])
        #expect(typed.step != "done" && typed.cookie == nil, "\(typed.json)")
        let (token, capture) = try await stage.begin(cara)
        let reply = try await stage.post(FaceStage.rightFace, to: capture)
        #expect(try await stage.finish(token, FaceStage.code(of: reply), cara).step == "done")
        // At a terminal there is nothing to type.
        let cli = try await cara.open(
            "auth.cli", ["login": "cara", "password": .string(House.password), "code": .string(cara.freshCode())])
        #expect(cli.problem == "finish-in-portal", "\(cli.json)")
    }
}

extension Visitor {
    /// As people do who are left with their face.
    fileprivate func removeAuthenticator() async throws {
        let removed = try await call("me.remove-authenticator")
        #expect(removed.status == 200 || removed.status == 204, "\(removed.json)")
    }
}
