import FoundationEssentials
import Kernel
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

/// Notices that a request waits: to whom they go, how many, and that no code ever waits for them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SMSNoticeTests {
    private static let number = "+8613800000000"

    private struct Stage {
        let house: House
        let scope: TenantScope
        let ada: Visitor
        let user: UserID
        let vendors: SMSVendors

        func notice(_ request: Int = 12) async throws -> Bool {
            try await house.identity.noticeBySMS(ofRequest: request, to: user, at: house.now, in: scope)
        }

        func set(_ key: String, _ value: JSON) async throws {
            _ = try await house.test.superuser().execute(
                """
                insert into tenant_setting_values (tenant_id, key, value, updated_by)
                values (\(scope.tenant), \(key), \(value), \(scope.tenant.uuid))
                on conflict (tenant_id, key) do update set value = excluded.value
                """)
        }
    }

    /// A company with a gateway, and somebody who has confirmed a number.
    private func stage(_ kind: String, _ more: JSON) async throws -> Stage {
        let vendors = try await SMSVendors()
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        try house.opened.open([vendors.port])
        let made = try await ada.call(
            "sms-gateways.create",
            body: [
                "name": "Gateway", "settings": vendors.settings(kind).merging(more),
                "secret": .string(SMSVendors.secret),
            ])
        #expect(made.status == 201, "\(made.json)")
        let user = try #require(UserID(try await ada.call("me.show").json["user"]?["id"]?.text ?? ""))
        let stage = Stage(house: house, scope: scope, ada: ada, user: user, vendors: vendors)
        try await stage.set("second-factor.sms", true)
        try await stage.set("sms.notices", true)
        try await stage.set("sms.prefixes", "+86")
        #expect(try await !stage.notice(), "nobody has confirmed a number yet")
        #expect(try await ada.call("me.sms-code", body: ["number": .string(Self.number)]).status == 200)
        return stage
    }

    private func confirm(_ stage: Stage) async throws {
        _ = try await stage.house.test.superuser().execute(
            """
            insert into code_factors (tenant_id, user_id, channel, address, confirmed_at)
            values (\(stage.scope.tenant), \(stage.user), 'sms', \(Self.number), \(stage.house.now))
            """)
    }

    @Test(arguments: [("alibaba", "SMS_NOTICE"), ("tencent", "99"), ("huawei", "99"), ("twilio", nil)])
    func `a notice names the request and has no link, whatever gateway brings it`(
        kind: String, template: String?
    ) async throws {
        let stage = try await stage(kind, template.map { ["noticeTemplate": .string($0)] } ?? [:])
        #expect(try await !stage.notice(), "a number that was never confirmed gets nothing")
        try await confirm(stage)
        #expect(try await stage.notice())
        let taken = try #require(try await stage.vendors.taken().last)
        #expect(taken["code"]?.text == (template == nil ? "#12" : "12"), "\(taken)")
        #expect(taken["template"]?.text == template)
        if let text = taken["text"]?.text {
            #expect(text.contains("request #12 waits") && !text.contains("http"))
        }
        // Without a word of the company nothing goes out.
        try await stage.set("sms.notices", false)
        #expect(try await !stage.notice())
        try await stage.set("sms.notices", true)
        try await stage.set("sms.prefixes", "+1")
        #expect(try await !stage.notice())
        #expect(try await stage.vendors.taken().count == 2)
        await stage.vendors.stop()
    }

    @Test func `a gateway that has no words for it is passed over, and says nothing of it`() async throws {
        let stage = try await stage("custom", [:])
        try await confirm(stage)
        #expect(try await !stage.notice(), "its body has a place for the code")
        #expect(try await stage.vendors.taken().count == 1)
        let listed = try await stage.ada.call("sms-gateways.list").items.first
        #expect(listed?["lastRefusal"] == .null, "\(listed ?? .null)")
        // What nobody can send takes nothing from the codes of others.
        let counted = try await stage.house.test.superuser().query(
            "select count(*) from sms_sends where purpose = 'notice'"
        ) { try $0.next(Int.self) }
        #expect(counted == [0])
        await stage.vendors.stop()
    }

    @Test func `four an hour go to one person, half of the company's, and codes wait for none of them`() async throws {
        let stage = try await stage("twilio", [:])
        try await confirm(stage)
        for request in 1...SMSLimits.mostNoticesAnHour { #expect(try await stage.notice(request)) }
        #expect(try await !stage.notice(9))
        // A code is sent a minute after the last code, not after the last notice.
        stage.house.wait(SentCode.pause)
        #expect(try await stage.notice(9) == false)
        #expect(try await stage.ada.call("me.sms-code", body: ["number": .string(Self.number)]).status == 200)
        stage.house.wait(SMSLimits.hour)
        try await stage.set("sms.per-hour", 2)
        #expect(try await stage.notice(1))
        #expect(try await !stage.notice(2), "the other half is for codes")
        await stage.vendors.stop()
    }
}
