import Cryptography
import FoundationEssentials
import HTTPTypes
import Kernel
import Logging
import Outbound
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Identity

extension SMSVendors {
    private static let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "vendors"))

    private func control(_ body: JSON) async throws -> JSON {
        let response = try await Self.client.send(
            OutboundRequest(.post, OutboundURL("\(endpoint)/control"), body: body.bytes))
        return try JSONParser.parse(response.body)
    }

    func set(_ state: JSON) async throws { _ = try await control(state) }

    /// What was taken, in its order.
    func taken() async throws -> [JSON] {
        guard case .array(let items)? = try await control([:])["taken"] else { return [] }
        return items
    }

    /// The code that was taken last for a number.
    func code(to number: String) async throws -> String {
        let digits = String(number.drop { $0 == "+" })
        let last = try await taken().last { digits.hasSuffix($0["number"]?.text?.replacing("+", with: "") ?? "-") }
        return try #require(last?["code"]?.text)
    }
}

/// A company whose codes go out by gateways of vendors that stand in, and Bob, who is to set up his first factor.
struct SMSStage {
    static let number = "+8613800000000"

    let house: House
    let scope: TenantScope
    let ada: Visitor
    let bob: Visitor
    let id: String
    /// Of the sign-in in which Bob is to set up his first factor.
    let token: String
    let vendors: SMSVendors

    static func make(_ kinds: [String] = ["tencent"], on: Bool = true) async throws -> SMSStage {
        let vendors = try await SMSVendors()
        let house = try await House()
        let (scope, ada) = try await house.makeTenant()
        try house.opened.open([vendors.port])
        if on {
            try await set("second-factor.sms", true, house, scope)
            try await set("sms.prefixes", "+86", house, scope)
        }
        for kind in kinds {
            let made = try await ada.call(
                "sms-gateways.create",
                body: [
                    "name": .string(kind), "settings": vendors.settings(kind), "secret": .string(SMSVendors.secret),
                ])
            #expect(made.status == 201, "\(made.json)")
            #expect(!made.text.contains(SMSVendors.secret))
        }
        let made = try await ada.call("users.create", body: ["login": "bob", "name": "Bob"])
        let bob = Visitor(house: house, scope: scope, login: "bob")
        let chosen = try await bob.open(
            "auth.invitation",
            [
                "token": .string(String(made["invitationUrl"].split(separator: "=").last ?? "")),
                "password": .string(House.password),
            ])
        #expect(chosen.json["factors"] == (on ? ["authenticator", "passkey", "sms"] : ["authenticator", "passkey"]))
        return SMSStage(
            house: house, scope: scope, ada: ada, bob: bob, id: made["id"], token: chosen["token"], vendors: vendors)
    }

    private static func set(_ key: String, _ value: JSON, _ house: House, _ scope: TenantScope) async throws {
        _ = try await house.test.superuser().execute(
            """
            insert into tenant_setting_values (tenant_id, key, value, updated_by)
            values (\(scope.tenant), \(key), \(value), \(scope.tenant.uuid))
            on conflict (tenant_id, key) do update set value = excluded.value
            """)
    }

    func set(_ key: String, _ value: JSON) async throws { try await Self.set(key, value, house, scope) }

    func send(_ token: String, to number: String? = nil) async throws -> Answer {
        var body: JSON = ["token": .string(token)]
        if let number { body = body.merging(["number": .string(number)]) }
        return try await bob.open("auth.sms-code", body)
    }

    func verify(_ token: String, _ code: String) async throws -> Answer {
        try await bob.open("auth.second-factor", ["token": .string(token), "code": .string(code)])
    }

    /// Bob takes codes as text messages for his second factor.
    func enrol() async throws {
        let sent = try await send(token, to: Self.number)
        #expect(sent.status == 200 && sent["sentTo"] == "+86****00", "\(sent.json)")
        let code = try await vendors.code(to: Self.number)
        let done = try await bob.open("auth.enrol-sms", ["token": .string(token), "code": .string(code)])
        #expect(done.step == "done" && done.cookie != nil, "\(done.json)")
        bob.keep(cookie: done.cookie)
        house.wait(SentCode.pause)
    }

    static func other(than code: String) -> String { code == "111111" ? "222222" : "111111" }
}
