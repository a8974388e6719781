import Foundation
import HTTPTypes
import Kernel
import Logging
import Outbound
import TestSupport
import Testing

@testable import Identity

/// A company whose people come in by one messenger.
struct MessengerScene {
    static let all = ["wecom", "dingtalk", "feishu", "lark", "slack"]
    private static let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "control"))

    let house: House
    let admin: Visitor
    let messengers: StandInMessengers
    /// Where nobody else says how they behave.
    let room: String
    let vendor: String
    let provider: String

    init(
        _ vendor: String, settings: JSON = [:], _ more: JSON = ["createsUsers": .bool(true)]
    ) async throws {
        self.vendor = vendor
        house = try await House()
        // Slack's tokens have a time, by which the house lives.
        admin = try await house.makeTenant().admin
        messengers = try await StandInMessengers.shared.value
        room = UUID().uuidString
        try house.opened.open([messengers.port])
        let made = try await admin.call(
            "identity-providers.create",
            body: Self.body(vendor, messengers.url(of: vendor, in: room), settings).merging(more))
        #expect(made.status == 201, "\(made.json)")
        provider = made["id"]
        try await behave()
    }

    /// A provider as it is created: this vendor, where this one's stand-in is.
    func body(_ vendor: String, _ settings: JSON = [:]) -> JSON {
        Self.body(vendor, messengers.url(of: vendor, in: room), settings)
    }

    private static func body(_ vendor: String, _ url: String, _ settings: JSON) -> JSON {
        let all: JSON = [
            "kind": "messenger", "vendor": .string(vendor), "organization": .string(StandInMessengers.company),
            "clientId": .string(StandInMessengers.app), "signInUrl": .string(url), "apiUrl": .string(url),
        ]
        return ["name": "Messenger", "secret": .string(StandInMessengers.secret), "settings": all.merging(settings)]
    }

    /// Tells them how to behave from now on.
    func behave(_ how: JSON = [:]) async throws {
        var request = OutboundRequest(.post, try OutboundURL("http://127.0.0.1:\(messengers.port)/\(room)/control"))
        request.body = how.merging(["now": .int(Int64(house.now.timeIntervalSince1970))]).bytes
        #expect(try await Self.client.send(request).status == 200)
    }

    /// How often each place was asked since they were last told how to behave.
    func asked() async throws -> JSON {
        let url = try OutboundURL("http://127.0.0.1:\(messengers.port)/\(room)/control")
        return try JSONParser.parse(try await Self.client.send(OutboundRequest(.get, url)).body)
    }

    func asked(_ place: String) async throws -> Int { Int(try await asked()["\(vendor) \(place)"]?.number ?? 0) }

    func signIn() async throws -> Answer {
        var browser = Browser(admin)
        return try await browser.signIn(provider)
    }

    func links() async throws -> [JSON] {
        try await admin.call("identity-providers.links", [provider]).items
    }

    func user(_ login: String) async throws -> JSON? {
        try await admin.call("users.list").items.first { $0["login"]?.text == login }
    }

    /// What each messenger asks for the app's token at.
    var tokenPlace: String {
        switch vendor {
        case "wecom": "GET /cgi-bin/gettoken"
        case "dingtalk": "POST /v1.0/oauth2/accessToken"
        default: "POST /open-apis/auth/v3/tenant_access_token/internal"
        }
    }
    /// And the company that somebody else belongs to.
    var stranger: JSON {
        switch vendor {
        case "wecom": ["userid": .null, "openid": "o-1", "external_userid": "wm-1"]
        case "dingtalk": ["corpId": "company-2"]
        case "slack": ["https://slack.com/team_id": "company-2"]
        default: ["tenant_key": "company-2"]
        }
    }
    var subject: String {
        switch vendor {
        case "wecom": "company-1/annarcher"
        case "dingtalk": "company-1/union-of-ann"
        case "slack": "company-1/U1ANN"
        default: "company-1/on_ann"
        }
    }
    var login: String {
        switch vendor {
        case "wecom": "annarcher"
        case "slack": "u1ann"
        default: "ann0815"
        }
    }
}

extension Visitor {
    /// From the profile out to the provider and back: the proposal.
    func propose(_ provider: String, _ browser: inout Browser) async throws -> Answer {
        let begun = try await trial(
            "me.begin-binding", [], &browser, ["provider": .string(provider)])
        guard begun.status == 200 else { return begun }
        let back = try await browser.visit(begun["url"])
        return try await trial("me.propose-binding", [], &browser, back.body(provider))
    }

    /// The whole way to a link of one's own.
    func bind(_ provider: String) async throws -> Answer {
        var browser = Browser(self)
        let proposed = try await propose(provider, &browser)
        guard proposed.status == 200 else { return proposed }
        return try await call("me.confirm-binding", body: ["token": .string(proposed["token"])])
    }
}
