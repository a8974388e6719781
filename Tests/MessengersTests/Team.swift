import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Jobs
import Kernel
import Logging
import Outbound
import Postgres
import Stage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Messengers

/// A tenant whose approvers are asked by cards, with a request or two. Requests and links are the test's own; vendors are
/// stand-ins that check what vendors check.
struct Team {
    let stage: Stage
    let messengers: Messengers
    let pump: CardPump
    let scope: TenantScope
    let client: HTTPClient
    let office = Office()
    let room = "r" + Hex.encode(SecureRandom.bytes(6))
    let vendors: StandInVendors
    let channelEndpoints: [MountedEndpoint]
    let callbackEndpoints: [MountedEndpoint]
    let admin: UserID
    private let running: Running

    static let company = "company-1"

    init() async throws {
        stage = try await Stage { Issue.record("\($0)") }
        vendors = try await StandInVendors.shared.value
        client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .guarded(allow: [])),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var messengers = Messengers(
            Messengers.Ground(database: stage.database, keys: stage.keys, client: client, logger: logger),
            desk: office.desk, people: office.people, portal: { _ in "https://acme.example.com" })
        // Whatever a test does takes place at once.
        messengers.callbackKeys = CallbackKeys(kept: .seconds(600), doubted: .seconds(600))
        self.messengers = messengers
        running = Running { [messengers] in try await messengers.clicks.run() }
        pump = CardPump(messengers: messengers, clock: { [stage] in stage.now }, logger: logger)
        scope = try await stage.makeTenant()
        admin = try await stage.makeUser("admin", in: scope)
        office.trail.withLock { [stage, scope] in
            $0 = { audit in try await stage.database.transaction(in: scope) { try await audit.write(in: $0) } }
        }
        channelEndpoints = stage.mount(ChannelRoutes.group, on: messengers)
        callbackEndpoints = stage.mount(CallbackRoutes.group, on: messengers)
        try await stage.database.execute(
            """
            insert into egress_allowances (tenant_id, host, port, created_by)
            values (\(scope.tenant), '127.0.0.1', \(vendors.port), \(admin))
            """, in: scope)
    }

    /// A service that ends with its test.
    private final class Running: Sendable {
        private let task: Task<Void, any Error>

        init(_ work: @escaping @Sendable () async throws -> Void) { task = Task { try await work() } }

        deinit { task.cancel() }
    }

    // MARK: channels

    static let managing = ["messenger-channels.manage", "flows.manage", "identity-providers.manage"]

    func call(
        _ name: String, _ path: [String] = [], _ body: JSON? = nil, version: Int? = nil,
        permissions: [String] = managing, in other: TenantScope? = nil
    ) async throws -> Answer {
        try await stage.call(
            channelEndpoints, name, path, body: body, by: admin, permissions: permissions + ["messenger-channels.read"],
            version: version, in: other ?? scope)
    }

    func settings(_ vendor: String, in room: String? = nil) -> JSON {
        let room = room ?? self.room
        return vendor == "slack"
            ? ["vendor": "slack", "appId": "A1", "teamId": "T1", "apiUrl": .string(vendors.url(in: room))]
            : [
                "vendor": .string(vendor), "appId": "cli_app", "tenantKey": .string(Self.company),
                "apiUrl": .string(vendors.url(in: room)),
            ]
    }

    static func secrets(_ vendor: String) -> JSON {
        let all =
            vendor == "slack"
            ? [("botToken", "xoxb-the-token"), ("signingSecret", "signing secret")]
            : [("appSecret", "the app's secret"), ("encryptKey", "encrypt key"), ("verificationToken", "vtoken")]
        return .array(all.map { ["name": .string($0.0), "value": .string($0.1)] })
    }

    /// A channel whose people are known by a sign-in provider's links, or by their mail addresses.
    func channel(
        _ vendor: String, byLinks: Bool = true, name: String? = nil, room: String? = nil, trustsDirectory: Bool = true
    ) async throws -> Channel {
        let provider = byLinks ? try await makeProvider() : nil
        var body: JSON = [
            "name": .string(name ?? vendor), "settings": settings(vendor), "people": byLinks ? "links" : "email",
            "secrets": Self.secrets(vendor),
        ]
        if let room { body = body.merging(["settings": settings(vendor, in: room)]) }
        if let provider {
            body = body.merging([
                "provider": .string(provider.text), "trustsDirectory": .bool(trustsDirectory),
            ])
        }
        let made = try await call("messenger-channels.create", [], body)
        #expect(made.status == 201, "\(made.json)")
        if vendor == "slack", let provider {
            office.naming.withLock { $0[provider] = { "T1/U\($0.uppercased())" } }
        }
        let shown = try await call("messenger-channels.show-callback", [made["id"]])
        let token = String(shown["url"].split(separator: "/").last ?? "")
        #expect(shown["url"] == "https://acme.example.com/api/v1/messenger-callbacks/\(token)")
        return Channel(
            id: try #require(MessengerChannelID(made["id"])), token: token, vendor: vendor, provider: provider)
    }

    struct Channel {
        let id: MessengerChannelID
        let token: String
        let vendor: String
        let provider: IdentityProviderID?
    }

    func makeProvider() async throws -> IdentityProviderID {
        let id = IdentityProviderID.new()
        try await stage.database.execute(
            """
            insert into identity_providers (tenant_id, identity_provider_id, name, kind, position, enabled, domains,
              creates_users, links_users, binds_users, settings, created_at)
            values (\(scope.tenant), \(id), \(id.text), 'messenger', 1, true, '{}', false, false, true, '{}', now())
            """, in: scope)
        return id
    }

    /// A person with an account at the vendors: `on_ann` and `UANN` for Ann.
    func person(_ login: String, language: String = "en", isLinked: Bool = true) async throws -> UserID {
        let user = try await stage.makeUser(login, in: scope)
        office.book.withLock { book in
            book.people[user] = CardPerson(
                name: login.capitalized, email: "\(login)@example.org", language: language)
            if isLinked { book.linked[user] = login }
        }
        return user
    }

    // MARK: requests

    /// A request that these people may decide.
    func request(
        by requester: UserID, for approvers: [UserID], reason: String = "Disk is full", needsPasskey: Bool = false,
        commented: Set<Bool> = []
    ) async throws -> TicketID {
        let id = TicketID.new()
        let owner = try await stage.test.superuser()
        // How requests come about is another feature's affair; cards only need one to be there.
        try await owner.run(script: "set session_replication_role = replica")
        _ = try await owner.execute(
            """
            insert into tickets (tenant_id, ticket_id, number, flow_id, requester_id, reason, accounts, protocols,
              actions, duration_seconds, levels, deadline, digest, org_id)
            values (\(scope.tenant), \(id), (select count(*) + 1 from tickets where tenant_id = \(scope.tenant)),
              \(FlowID.new()), \(requester), \(reason), '{}', '{}', '{}', 3600, 1, now() + interval '1 day', '',
              \(OrganizationID(scope.tenant.uuid)))
            """)
        office.book.withLock { book in
            book.requests[id] = Office.Request(
                requester: requester, approvers: Set(approvers), reason: reason, needsPasskey: needsPasskey,
                commented: commented)
        }
        return id
    }

    /// News of a request, and whatever the pumps make of it.
    func deliver(_ ticket: TicketID? = nil) async throws {
        if let ticket { try await messengers.announce(ticket, at: stage.now, in: scope) }
        while try await pump.round() > 0 {}
    }

    /// What is done every ten seconds.
    func fallBack() async throws { try await messengers.fallBack(at: stage.now) }

    /// Whom others have been told to reach another way.
    func undelivered() async throws -> [String] {
        try await stage.database.query(
            """
            select data ->> 'user' from events where tenant_id = \(scope.tenant) and type = 'messenger.undelivered'
            order by event_id
            """, in: scope
        ) { try $0.next() }
    }

    // MARK: vendors

    /// What the vendors show, and what they were asked.
    func vendor() async throws -> JSON {
        let response = try await client.send(
            OutboundRequest(
                .get, OutboundURL(vendors.url(in: room) + "/control"),
                opened: [HostPort(parsing: "127.0.0.1:\(vendors.port)")]))
        return try JSONParser.parse(response.body)
    }

    func messages() async throws -> [JSON] {
        if case .array(let all)? = try await vendor()["messages"] { all } else { [] }
    }

    func ask(_ place: String, _ body: JSON, in room: String? = nil) async throws -> JSON {
        let response = try await client.send(
            OutboundRequest(
                .post, OutboundURL(vendors.url(in: room ?? self.room) + "/" + place), body: body.bytes,
                timeout: .seconds(60),
                opened: [HostPort(parsing: "127.0.0.1:\(vendors.port)")]))
        return try JSONParser.parse(response.body)
    }

    /// The vendors answer so many messages so.
    func fail(_ answers: [JSON]) async throws { _ = try await ask("control", ["fail": .array(answers)]) }

    // MARK: clicks

    /// The reference that the card of this person carries now.
    func reference(of user: String) async throws -> String {
        let card = try #require(try await messages().last { $0["to"]?.text?.lowercased().hasSuffix(user) == true })
        return try #require(Self.references(in: card).first, "\(card)")
    }

    private static func references(in json: JSON) -> [String] {
        switch json {
        case .array(let all): all.flatMap(references)
        case .object(let members):
            members.flatMap { member -> [String] in
                if member.name == "ref" || member.name == "value", let text = member.value.text, text.contains(".") {
                    return [text]
                }
                return references(in: member.value)
            }
        default: []
        }
    }

    func send(_ raw: RawCallback, to token: String, in other: TenantScope? = nil) async throws -> Answer {
        guard let endpoint = callbackEndpoints.first(where: { $0.operation.name == "messenger-callbacks.take" }) else {
            throw Problem(.notFound)
        }
        let facts = RequestFacts(traceID: "t", clientAddress: "192.0.2.9", host: "acme.localhost", headers: raw.headers)
        return Answer(
            await endpoint.respond(
                Incoming(
                    method: .post, path: [token], query: raw.query, body: raw.body, facts: facts,
                    host: .tenant(other ?? scope))))
    }

    /// A click as the vendor would tell it.
    func click(
        _ vendor: String, by user: String, _ choice: String, on reference: String, event: String = UUID().uuidString,
        comment: String = "", change: (inout Forged) -> Void = { _ in }
    ) -> RawCallback {
        var forged = Forged(now: stage.now)
        change(&forged)
        return vendor == "slack"
            ? forged.slack(user, choice, reference, event) : forged.feishu(user, choice, reference, event, comment)
    }
}
