import FoundationEssentials
import HTTPTypes
import Kernel
import TestSupport
import Testing

@testable import Identity

/// Codes as text messages: who gets them, and what they open.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SMSCodeTests {
    @Test(arguments: ["alibaba", "tencent", "huawei", "twilio", "custom"])
    func `who gets a code comes in by it, once, whatever gateway brings it`(kind: String) async throws {
        let stage = try await SMSStage.make([kind])
        try await stage.enrol()
        #expect(try await stage.bob.call("me.show").json["factors"] == ["sms"])
        let first = try await stage.bob.password()
        #expect(first.step == "second-factor" && first.json["factors"] == ["sms"])
        #expect(try await stage.send(first["token"]).status == 200)
        let code = try await stage.vendors.code(to: SMSStage.number)
        #expect(try await stage.verify(first["token"], SMSStage.other(than: code)).problem == "code-refused")
        let done = try await stage.verify(first["token"], code)
        #expect(done.step == "done" && done.cookie != nil)
        let second = try await stage.bob.password()
        #expect(try await stage.verify(second["token"], code).problem == "code-refused")
        #expect(try await stage.vendors.taken().allSatisfy { $0["vendor"]?.text == kind })
        // Within the minute no other one is sent.
        let soon = try await stage.send(second["token"])
        #expect(soon.status == 429 && soon.headers[.retryAfter] == "60", "\(soon.json)")
        await stage.vendors.stop()
    }

    @Test func `nothing is sent unless the company lets it count, and to no number that it has not named`() async throws
    {
        let stage = try await SMSStage.make(on: false)
        #expect(try await stage.send(stage.token, to: SMSStage.number).problem == "code-not-sent")
        try await stage.set("second-factor.sms", true)
        #expect(try await stage.send(stage.token, to: SMSStage.number).status == 422)
        try await stage.set("sms.prefixes", "+86")
        #expect(try await stage.send(stage.token, to: "+882160000000").status == 422)
        #expect(try await stage.send(stage.token, to: "+1 900 555 0100").status == 422)
        #expect(try await stage.vendors.taken().isEmpty)
        #expect(try await stage.send(stage.token, to: SMSStage.number).status == 200)
        await stage.vendors.stop()
    }

    @Test func `another number is confirmed by a code that went there, and by no other`() async throws {
        let stage = try await SMSStage.make()
        try await stage.enrol()
        #expect(try await stage.bob.call("me.remove-sms-factor").problem == "last-second-factor")
        let ada = stage.ada
        #expect(try await ada.call("me.show").json["mayAddSms"] == true)
        #expect(try await ada.call("me.sms-code", body: ["number": "+8613900000000"]).status == 200)
        let code = try await stage.vendors.code(to: "+8613900000000")
        #expect(
            try await ada.call("me.add-sms-factor", body: ["code": .string(SMSStage.other(than: code))]).problem
                == "code-refused")
        #expect(try await ada.call("me.add-sms-factor", body: ["code": .string(code)]).status == 204)
        let me = try await ada.call("me.show").json
        #expect(me["factors"] == ["authenticator", "sms"] && me["number"] == "+86****00" && me["mayAddSms"] == false)
        stage.house.wait(3000)
        // From now on codes go there, whatever number is asked for.
        #expect(try await ada.call("me.sms-code", body: ["number": "+8613700000000"]).status == 200)
        let fresh = try await stage.vendors.code(to: "+8613900000000")
        #expect(try await ada.call("me.step-up", body: ["code": .string(fresh)]).status == 204)
        #expect(try await ada.call("me.step-up", body: ["code": .string(fresh)]).problem == "code-refused")
        #expect(try await ada.call("me.remove-sms-factor").status == 204)
        await stage.vendors.stop()
    }

    @Test func `codes that count no longer are asked for once more, before something else is set up`() async throws {
        let stage = try await SMSStage.make()
        try await stage.enrol()
        try await stage.set("second-factor.sms", false)
        let first = try await stage.bob.password()
        #expect(first.step == "second-factor")
        #expect(try await stage.bob.open("auth.enrolment", ["token": .string(first["token"])]).status == 401)
        #expect(try await stage.send(first["token"]).status == 200)
        let next = try await stage.verify(first["token"], try await stage.vendors.code(to: SMSStage.number))
        #expect(next.step == "enrol" && next.json["factors"] == ["authenticator", "passkey"])
        await stage.vendors.stop()
    }

    @Test func `guesses spend the code, and lock as wrong passwords do, also while a number is confirmed`() async throws
    {
        let stage = try await SMSStage.make()
        let (second, third) = (try await stage.bob.password()["token"], try await stage.bob.password()["token"])
        func enrol(_ token: String, _ code: String) async throws -> Answer {
            try await stage.bob.open("auth.enrol-sms", ["token": .string(token), "code": .string(code)])
        }
        for (token, guesses) in [(stage.token, 4), (second, 3)] {
            #expect(try await stage.send(token, to: SMSStage.number).status == 200)
            let code = try await stage.vendors.code(to: SMSStage.number)
            for _ in 0..<guesses {
                #expect(try await !stage.house.isLocked("bob"))
                #expect(try await enrol(token, SMSStage.other(than: code)).problem == "code-refused")
            }
            if token == stage.token { stage.house.wait(SentCode.pause) }
        }
        #expect(try await stage.house.isLocked("bob"))
        let code = try await stage.vendors.code(to: SMSStage.number)
        #expect(try await enrol(third, code).problem == "code-refused")
        stage.house.wait(AttemptLimits.firstWait)
        #expect(try await enrol(third, code).step == "done")
        // The same by somebody who is signed in.
        #expect(try await stage.ada.call("me.sms-code", body: ["number": "+8613900000000"]).status == 200)
        for _ in 0..<AttemptCounter.most {
            #expect(try await stage.ada.call("me.add-sms-factor", body: ["code": "abcdef"]).problem == "code-refused")
        }
        #expect(try await stage.house.isLocked("ada"))
        await stage.vendors.stop()
    }

    @Test func `at a gateway and on the command line an empty code has one sent, or the name of the channel`()
        async throws
    {
        let stage = try await SMSStage.make()
        try await stage.enrol()
        let (gateway, house) = (stage.house.identity.gateway, stage.house)
        let from = "198.51.100.7"
        let answer = try await gateway.password(
            login: "bob", Secret(House.password), from: from, at: house.now, in: stage.scope)
        guard case .codeNeeded(let person, _) = answer else { return #expect(Bool(false), "\(answer)") }
        let before = try await stage.vendors.taken().count
        #expect(
            try await !gateway.sendCode(
                to: person.id, chosenBy: "email", from: from, at: house.now, in: stage.scope))
        #expect(
            try await !gateway.sendCode(to: person.id, chosenBy: "123456", from: from, at: house.now, in: stage.scope))
        #expect(try await stage.vendors.taken().count == before)
        #expect(try await gateway.sendCode(to: person.id, chosenBy: "SMS", from: from, at: house.now, in: stage.scope))
        #expect(try await gateway.sendCode(to: person.id, from: from, at: house.now, in: stage.scope))
        #expect(try await stage.vendors.taken().count == before + 1)
        let code = try await stage.vendors.code(to: SMSStage.number)
        #expect(try await gateway.code(code, of: person.id, from: from, at: house.now, in: stage.scope) == .sms)
        #expect(try await gateway.code(code, of: person.id, from: from, at: house.now, in: stage.scope) == nil)
        house.wait(SentCode.pause)
        func cli(_ code: String) async throws -> Answer {
            try await stage.bob.open(
                "auth.cli", ["login": "bob", "password": .string(House.password), "code": .string(code)])
        }
        #expect(try await cli("").problem == "code-sent")
        #expect(try await cli(try await stage.vendors.code(to: SMSStage.number))["token"].hasPrefix("ght_"))
        await stage.vendors.stop()
    }
}
