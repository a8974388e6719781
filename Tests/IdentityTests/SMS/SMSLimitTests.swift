import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import Identity

/// How many codes go out as text messages, to whom, and whom that leaves how many.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SMSLimitTests {
    @Test func `two an hour go to a number that nobody has confirmed, and five for whoever gives numbers`() async throws
    {
        let stage = try await SMSStage.make()
        let others = (1...3).map { "+861380000000\($0)" }
        for number in [SMSStage.number, SMSStage.number, others[0], others[0], others[1]] {
            #expect(try await stage.send(stage.token, to: number).status == 200)
            stage.house.wait(SentCode.pause)
        }
        #expect(try await stage.send(stage.token, to: others[2]).status == 429)
        // Another person is no way around for the same number.
        #expect(try await stage.ada.call("me.sms-code", body: ["number": .string(SMSStage.number)]).status == 429)
        #expect(try await stage.ada.call("me.sms-code", body: ["number": .string(others[2])]).status == 200)
        #expect(try await stage.vendors.taken().count == 6)
        await stage.vendors.stop()
    }

    @Test func `what others have sent to somebody's number takes nothing from its owner`() async throws {
        let stage = try await SMSStage.make()
        try await stage.enrol()
        func code() async throws -> Answer {
            try await stage.send(try await stage.bob.password()["token"])
        }
        let body: JSON = ["number": .string(SMSStage.number)]
        #expect(try await stage.ada.call("me.sms-code", body: body).status == 200)
        // Not even for the minute after.
        for place in 0..<SMSLimits.mostAnHour {
            #expect(try await code().status == 200, "\(place)")
            stage.house.wait(SentCode.pause)
        }
        #expect(try await code().status == 429)
        #expect(try await stage.ada.call("me.sms-code", body: body).status == 429)
        await stage.vendors.stop()
    }

    @Test func `whoever gives numbers uses up half of what the company sends, and no more`() async throws {
        let stage = try await SMSStage.make()
        try await stage.enrol()
        try await stage.set("sms.per-hour", 4)
        #expect(try await stage.ada.call("me.sms-code", body: ["number": "+8613800000001"]).status == 200)
        stage.house.wait(SentCode.pause)
        #expect(try await stage.ada.call("me.sms-code", body: ["number": "+8613800000002"]).status == 429)
        for _ in 0..<2 {
            #expect(try await stage.send(try await stage.bob.password()["token"]).status == 200)
            stage.house.wait(SentCode.pause)
        }
        #expect(try await stage.send(try await stage.bob.password()["token"]).status == 429)
        await stage.vendors.stop()
    }

    @Test func `a number that is new is called once they confirm who they are, and one that was confirmed at once`()
        async throws
    {
        let stage = try await SMSStage.make()
        try await stage.enrol()
        stage.house.wait(3000)
        let refused = try await stage.ada.call("me.sms-code", body: ["number": .string(SMSStage.number)])
        #expect(refused.problem == "step-up-required", "\(refused.json)")
        #expect(try await stage.bob.call("me.sms-code", body: [:]).status == 200)
        #expect(try await stage.vendors.taken().count == 2)
        await stage.vendors.stop()
    }

    @Test func `nothing is sent that would not count under the rules about second factors`() async throws {
        let stage = try await SMSStage.make()
        let rules = try await stage.ada.call("factor-rules.show")
        let app: JSON = [
            "level": "all",
            "rules": [["name": "App", "everyone": true, "action": "require", "factors": ["authenticator"]]],
        ]
        let set = try await stage.ada.call("factor-rules.set", body: app, version: rules.version)
        #expect(set.status == 200, "\(set.json)")
        #expect(try await stage.send(stage.token, to: SMSStage.number).problem == "code-not-sent")
        let back = try await stage.ada.call(
            "factor-rules.set", body: ["level": "all", "rules": []], version: set.version)
        #expect(back.status == 200, "\(back.json)")
        try await stage.enrol()
        #expect(
            try await stage.ada.call("factor-rules.set", body: app, version: back.version).status == 200)
        #expect(try await stage.bob.call("me.sms-code", body: [:]).problem == "factor-not-counted")
        #expect(try await stage.vendors.taken().count == 1)
        await stage.vendors.stop()
    }
}
