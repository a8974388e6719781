import Foundation
import HTTPAPI
import Jobs
import Kernel
import Logging
import Outbound
import Postgres
import ServiceLifecycle
import Stage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Messengers

/// A channel whose clicks come over a connection to a stand-in, whose faithfulness the vendors' own clients have been asked for.
struct Streamed {
    static let vendors = ["slack", "dingtalk", "feishu"]

    let team: Team
    let vendor: String
    let channel: MessengerChannelID
    let room: String
    private let ports: (api: Int, stream: Int)

    init(_ vendor: String, in team: Team? = nil, name: String? = nil, room: String? = nil) async throws {
        let team = if let team { team } else { try await Team() }
        self.team = team
        self.vendor = vendor
        self.room = room ?? team.room
        if vendor != "dingtalk" {
            let vendors = try await StandInVendors.shared.value
            ports = (vendors.port, vendors.streamPort)
        } else {
            let vendors = try await StandInCardVendors.shared.value
            ports = (vendors.port, vendors.streamPort)
        }
        for port in [ports.api, ports.stream] {
            try await team.stage.database.execute(
                """
                insert into egress_allowances (tenant_id, host, port, created_by)
                values (\(team.scope.tenant), '127.0.0.1', \(port), \(team.admin)) on conflict do nothing
                """, in: team.scope)
        }
        let provider = try await team.makeProvider()
        let prefix = ["slack": "T1/U", "feishu": "\(Team.company)/on_"][vendor] ?? "ding-corp/union-"
        team.office.naming.withLock {
            $0[provider] = { name in prefix + (vendor == "slack" ? name.uppercased() : name) }
        }
        let made = try await team.call(
            "messenger-channels.create", [],
            [
                "name": .string(name ?? vendor), "people": "links", "provider": .string(provider.text),
                "trustsDirectory": true, "settings": Self.settings(vendor, ports.api, self.room),
                "secrets": Self.secrets(vendor),
            ])
        #expect(made.status == 201, "\(made.json)")
        #expect(made.json["connection"]?["state"]?.text == "waiting")
        channel = try #require(MessengerChannelID(made["id"]))
    }

    static func settings(_ vendor: String, _ port: Int, _ room: String) -> JSON {
        let own: JSON =
            switch vendor {
            case "slack": ["appId": "A1", "teamId": "T1"]
            case "feishu": ["appId": "cli_app", "tenantKey": .string(Team.company)]
            default: ["appKey": "ding-app", "corpId": "ding-corp", "template": "t.schema"]
            }
        return own.merging([
            "vendor": .string(vendor), "delivery": "stream", "apiUrl": .string("http://127.0.0.1:\(port)/\(room)"),
        ])
    }

    static func secrets(_ vendor: String, app: String? = nil) -> JSON {
        vendor == "slack"
            ? [
                ["name": "botToken", "value": "xoxb-the-token"],
                ["name": "appToken", "value": .string(app ?? "xapp-the-token")],
            ] : [["name": "appSecret", "value": .string(app ?? "the app's secret")]]
    }

    /// What the stand-in is told, and what it knows.
    @discardableResult
    func ask(_ body: JSON = [:]) async throws -> JSON {
        let response = try await team.client.send(
            OutboundRequest(
                .post, OutboundURL("http://127.0.0.1:\(ports.api)/\(room)/stream"), body: body.bytes,
                opened: [HostPort(parsing: "127.0.0.1:\(ports.api)")]))
        return try JSONParser.parse(response.body)
    }

    func messages() async throws -> [JSON] {
        let response = try await team.client.send(
            OutboundRequest(
                .get, OutboundURL("http://127.0.0.1:\(ports.api)/\(room)/control"),
                opened: [HostPort(parsing: "127.0.0.1:\(ports.api)")]))
        guard case .array(let all)? = try JSONParser.parse(response.body)["messages"] else { return [] }
        return all
    }

    func count(_ what: String) async throws -> Int {
        if case .int(let count)? = try await ask()[what] { Int(count) } else { 0 }
    }

    /// How it stands, as the portal shows it.
    func connection() async throws -> ChannelConnection? {
        try await team.messengers.find(channel, at: team.stage.now, in: team.scope).connection
    }

    func becomes(_ state: ChannelConnection.State, opened: Int? = nil) async throws {
        try await eventually("\(vendor) is \(state)", within: .seconds(20)) {
            guard try await connection()?.state == state else { return false }
            return if let opened { try await count("opened") == opened } else { true }
        }
    }

    func fails(_ problem: ChannelConnection.Problem) async throws -> ChannelConnection {
        try await eventually("\(vendor) says \(problem)", within: .seconds(20)) {
            let now = try await connection()
            return now?.state == .waiting && now?.problem == problem
        }
        return try #require(try await connection())
    }

    func change(_ body: JSON, version: Int) async throws {
        let changed = try await team.call("messenger-channels.change", [channel.text], body, version: version)
        #expect(changed.status == 200, "\(changed.json)")
    }

    /// Somebody has asked for something, and cards about it have come to these people.
    func asked(for names: [String] = ["ann"], by requester: String = "carl") async throws {
        var people: [UserID] = []
        for name in names { people.append(try await team.person(name)) }
        try await team.deliver(try await team.request(by: try await team.person(requester), for: people))
    }

    /// Somebody touches a button of a card; what the vendor has back from us.
    func click(
        _ action: String, by user: String, onCardOf owner: String? = nil, _ more: JSON = [:]
    ) async throws -> JSON {
        var said: JSON = ["do": "click"]
        if vendor == "slack" {
            let card = try #require(
                try await messages().last { $0["to"]?.text == "U" + (owner ?? user).uppercased() })
            let text = String(decoding: card.bytes, as: UTF8.self)
            let reference = text.split(separator: "\"value\":\"").dropFirst().first?.prefix { $0 != "\"" } ?? ""
            said = said.merging([
                "payload": [
                    "type": "block_actions", "user": ["id": .string("U" + user.uppercased()), "team_id": "T1"],
                    "api_app_id": "A1", "team": ["id": "T1"], "trigger_id": "t",
                    "container": ["type": "message", "message_ts": "1.2", "channel_id": "D1"],
                    "actions": [
                        [
                            "action_id": .string(action), "type": "button", "value": .string(String(reference)),
                            "action_ts": .string(UUID().uuidString),
                        ]
                    ],
                ]
            ])
        } else if vendor == "feishu" {
            let card = try #require(try await messages().last { $0["to"]?.text == "on_" + (owner ?? user) })
            let text = String(decoding: card.bytes, as: UTF8.self)
            let reference = text.split(separator: "\"ref\":\"").dropFirst().first?.prefix { $0 != "\"" } ?? ""
            var forged = Forged(now: team.stage.now)
            forged.company = more["corp"]?.text ?? Team.company
            let event = more["id"]?.text ?? UUID().uuidString
            said = said.merging(["event": forged.document(user, action, String(reference), event, "")])
        } else {
            said = said.merging([
                "to": .string("union-\(owner ?? user)"), "user": .string("union-\(user)"), "action": .string(action),
            ])
        }
        return try await ask(said.merging(more))
    }

    var answers: [(user: UserID, isApproval: Bool, comment: String, vendor: ChannelVendor?)] {
        team.office.book.withLock { book in book.requests.values.flatMap(\.answers) }
    }
}

/// A server that holds connections, for the time of a test.
final class Keeping: Sendable {
    private let server: ServiceGroup
    private let task: Task<Void, any Error>
    private let client: HTTPClient
    let said = LogPage()

    init(_ team: Team, change: (inout StreamKeeper.Settings) -> Void = { _ in }) {
        var settings = StreamKeeper.Settings()
        settings.beat = .milliseconds(100)
        settings.ping = .milliseconds(200)
        settings.readiness = .seconds(3)
        settings.shortest = .zero
        settings.overlap = .milliseconds(500)
        change(&settings)
        let logger = Logger(label: "streams") { [said] _ in LogPage.Handler(page: said) }
        client = HTTPClient(configuration: HTTPClientConfiguration(egress: .guarded(allow: [])), logger: logger)
        let keeper = StreamKeeper(
            messengers: team.messengers, client: client, audit: team.stage.writer, node: "test", settings: settings,
            clock: { [stage = team.stage] in stage.now }, logger: logger)
        let server = ServiceGroup(
            configuration: .init(services: [.init(service: keeper)], gracefulShutdownSignals: [], logger: logger))
        self.server = server
        task = Task { try await server.run() }
    }

    deinit { task.cancel() }

    /// It dies, and says nothing to anybody.
    func die() async {
        task.cancel()
        _ = await task.result
        await client.stop()
    }

    /// It is shut down in order.
    func end() async throws {
        await server.triggerGracefulShutdown()
        try await task.value
        await client.stop()
    }
}
