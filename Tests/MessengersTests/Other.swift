import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// A channel to a vendor that stands in for DingTalk, WeCom or Teams.
struct Other {
    static let company = "wx5823bf96d3bd56c7"

    let team: Team
    let vendors: StandInCardVendors
    let vendor: String
    let channel: Team.Channel
    private var url: String { vendors.url(in: team.room) }

    init(_ vendor: String, template: String? = "t.schema", trusts: Bool = false) async throws {
        self.vendor = vendor
        let team = try await Team()
        self.team = team
        let vendors = try await StandInCardVendors.shared.value
        self.vendors = vendors
        let url = vendors.url(in: team.room)
        try await team.stage.database.execute(
            """
            insert into egress_allowances (tenant_id, host, port, created_by)
            values (\(team.scope.tenant), '127.0.0.1', \(vendors.port), \(team.admin))
            """, in: team.scope)
        let admin = team.admin
        team.office.book.withLock { book in
            book.people[admin] = CardPerson(name: "Admin", email: "admin@example.org", language: "en")
            book.linked[admin] = "admin"
        }
        var settings: JSON
        var secrets: [(String, String)] = [("appSecret", "the app's secret")]
        switch vendor {
        case "wecom":
            settings = ["corpId": .string(Self.company), "agentId": 218, "apiUrl": .string(url)]
            secrets += [
                ("verificationToken", "QDG6eK"), ("encryptKey", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"),
            ]
        case "dingtalk":
            settings = [
                "appKey": "ding-app", "corpId": "ding-corp", "trustsClicks": .bool(trusts), "apiUrl": .string(url),
            ]
            if let template { settings = settings.merging(["template": .string(template)]) }
            secrets.append(("signingSecret", "made up for this"))
        default:
            settings = ["language": "zh"]
            secrets = [("webhookUrl", url + "/workflow?sig=the-signature")]
        }
        var body: JSON = [
            "name": .string(vendor), "settings": settings.merging(["vendor": .string(vendor)]),
            "secrets": .array(secrets.map { ["name": .string($0.0), "value": .string($0.1)] }), "people": "email",
        ]
        var provider: IdentityProviderID?
        if vendor != "teams" {
            let made = try await team.makeProvider()
            let prefix = vendor == "wecom" ? "\(Self.company)/" : "ding-corp/union-"
            team.office.naming.withLock { naming in naming[made] = { name in prefix + name } }
            body = body.merging(["people": "links", "provider": .string(made.text)])
            provider = made
        }
        let made = try await team.call("messenger-channels.create", [], body)
        #expect(made.status == 201, "\(made.json)")
        let shown = try await team.call("messenger-channels.show-callback", [made["id"]])
        channel = Team.Channel(
            id: try #require(MessengerChannelID(made["id"])),
            token: String(shown["url"].split(separator: "/").last ?? ""), vendor: vendor, provider: provider)
    }

    /// One that may decide, with a card on which Ann is asked about Carl's request.
    static func asking(_ vendor: String) async throws -> (other: Other, ticket: TicketID) {
        let other = try await Other(vendor, trusts: true)
        let team = other.team
        let ann = try await team.person("ann")
        // By that DingTalk learns where to call.
        _ = try await team.call("messenger-channels.test", [other.channel.id.text])
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        return (other, ticket)
    }

    private func ask(_ place: String, _ body: JSON?) async throws -> JSON {
        let response = try await team.client.send(
            OutboundRequest(
                body == nil ? .get : .post, OutboundURL("\(url)/\(place)"), body: body?.bytes ?? [],
                opened: [HostPort(parsing: "127.0.0.1:\(vendors.port)")]))
        return try JSONParser.parse(response.body)
    }

    func behave(_ how: JSON) async throws { _ = try await ask("control", how) }

    func calls() async throws -> [String] {
        guard case .array(let calls)? = try await ask("control", nil)["calls"] else { return [] }
        return calls.compactMap(\.text)
    }

    func messages() async throws -> [JSON] {
        guard case .array(let all)? = try await ask("control", nil)["messages"] else { return [] }
        return all
    }

    func card(of person: String) async throws -> JSON {
        try #require(try await messages().last { $0["to"]?.text?.hasSuffix(person) == true })
    }

    /// A click as the vendor tells it, made by the stand-in.
    func click(_ choice: String, by user: String, onCardOf owner: String? = nil, _ more: JSON = [:]) async throws
        -> RawCallback
    {
        let now = Int64(team.stage.now.timeIntervalSince1970)
        var said: JSON
        if vendor == "wecom" {
            let card = try await card(of: owner ?? user)
            guard case .array(let buttons)? = card["card"]?["button_list"] else { throw Problem(.notFound) }
            let key = buttons.compactMap { $0["key"]?.text }.first { $0.hasPrefix(choice) }
            said = [
                "vendor": "wecom", "user": .string(user.capitalized), "task": card["task"] ?? "", "at": .int(now),
                "key": .string(key ?? "\(choice):none.0"),
            ]
        } else {
            said = [
                "vendor": "dingtalk", "user": .string("union-\(user)"), "to": .string("union-\(owner ?? user)"),
                "action": .string(choice), "at": .int(now * 1000),
            ]
        }
        let made = try await ask("click", said.merging(more))
        var headers: HTTPFields = [:]
        guard case .object(let fields)? = made["headers"], case .object(let query)? = made["query"] else {
            throw Problem(.notFound)
        }
        for field in fields { headers[HTTPField.Name(field.name)!] = field.value.text }
        return RawCallback(
            method: .post, query: query.map { ($0.name, $0.value.text ?? "") }, headers: headers,
            body: Array((made["body"]?.text ?? "").utf8))
    }

    /// What WeCom makes of our answer.
    func opened(_ answer: Answer) async throws -> JSON {
        try await ask("opened", ["body": .string(String(decoding: answer.bytes, as: UTF8.self))])
    }

    var answers: [(user: UserID, isApproval: Bool, comment: String, vendor: ChannelVendor?)] {
        team.office.book.withLock { book in book.requests.values.flatMap(\.answers) }
    }

    /// Why clicks were refused, as the trail has it.
    func refusals() async throws -> [String] {
        try await team.stage.database.query(
            """
            select coalesce(details ->> 'reason', '') from audit_events
            where tenant_id = \(team.scope.tenant) and action = 'ticket.decided' and outcome = 'refused'
            """, in: team.scope
        ) { try $0.next() }
    }
}
