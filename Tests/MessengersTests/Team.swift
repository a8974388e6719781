import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
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

    static let company = "company-1"

    init() async throws {
        stage = try await Stage { Issue.record("\($0)") }
        vendors = try await StandInVendors.shared.value
        client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .guarded(allow: [])),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        messengers = Messengers(
            Messengers.Ground(database: stage.database, keys: stage.keys, client: client, logger: logger),
            desk: office.desk, people: office.people, portal: { _ in "https://acme.example.com" })
        pump = CardPump(messengers: messengers, clock: { [stage] in stage.now }, logger: logger)
        scope = try await stage.makeTenant()
        admin = try await stage.makeUser("admin", in: scope)
        channelEndpoints = stage.mount(ChannelRoutes.group, on: messengers)
        callbackEndpoints = stage.mount(CallbackRoutes.group, on: messengers)
        try await stage.database.execute(
            """
            insert into egress_allowances (tenant_id, host, port, created_by)
            values (\(scope.tenant), '127.0.0.1', \(vendors.port), \(admin))
            """, in: scope)
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

    func settings(_ vendor: String) -> JSON {
        vendor == "slack"
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
    func channel(_ vendor: String, byLinks: Bool = true, name: String? = nil) async throws -> Channel {
        let provider = byLinks ? try await makeProvider() : nil
        var body: JSON = [
            "name": .string(name ?? vendor), "settings": settings(vendor), "people": byLinks ? "links" : "email",
            "secrets": Self.secrets(vendor),
        ]
        if let provider { body = body.merging(["provider": .string(provider.text)]) }
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
        by requester: UserID, for approvers: [UserID], reason: String = "Disk is full", needsPasskey: Bool = false
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
                requester: requester, approvers: Set(approvers), reason: reason, needsPasskey: needsPasskey)
        }
        return id
    }

    /// News of a request, and whatever the pumps make of it.
    func deliver(_ ticket: TicketID? = nil) async throws {
        if let ticket { try await messengers.announce(ticket, at: stage.now, in: scope) }
        while try await pump.pump() > 0 {}
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

    func ask(_ place: String, _ body: JSON) async throws -> JSON {
        let response = try await client.send(
            OutboundRequest(
                .post, OutboundURL(vendors.url(in: room) + "/" + place), body: body.bytes, timeout: .seconds(60),
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

/// What makes a click, and what of it can be made up.
struct Forged {
    var at: Date
    var encryptKey = "encrypt key"
    var verificationToken = "vtoken"
    var signingSecret = "signing secret"
    var company = Team.company
    var team = "T1"
    var userTeam: String?
    var app: String?
    var isSigned = true
    var signature: String?
    var spoil = false

    init(now: Date) { at = now }

    private var stamp: String { String(Int(at.timeIntervalSince1970)) }

    func feishu(_ user: String, _ choice: String, _ reference: String, _ event: String, _ comment: String)
        -> RawCallback
    {
        let document: JSON = [
            "schema": "2.0",
            "header": [
                "event_id": .string(event), "event_type": "card.action.trigger", "token": .string(verificationToken),
                "create_time": .string(stamp + "000"), "tenant_key": .string(company),
                "app_id": .string(app ?? "cli_app"),
            ],
            "event": [
                "operator": [
                    "tenant_key": .string(userTeam ?? company), "open_id": .string("ou_\(user)"),
                    "union_id": .string("on_\(user)"),
                ],
                "token": "c-1",
                "action": [
                    "value": ["v": 1, "ref": .string(reference), "d": .string(choice)], "tag": "button",
                    "form_value": ["comment": .string(comment)],
                ],
                "host": "im_message", "context": ["open_message_id": "om_1", "open_chat_id": "oc_1"],
            ],
        ]
        return feishu(document)
    }

    func feishu(_ document: JSON) -> RawCallback {
        let key = Array(Hash256.of(Array(encryptKey.utf8)).bytes)
        let iv = SecureRandom.bytes(16)
        let sealed = AESCBC.seal(document.bytes, key: key, iv: iv) ?? []
        let body = JSON.object([.init("encrypt", .string(Base64.encode(iv + sealed)))]).bytes
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if isSigned {
            headers[HTTPField.Name("X-Lark-Request-Timestamp")!] = stamp
            headers[HTTPField.Name("X-Lark-Request-Nonce")!] = "nonce"
            headers[HTTPField.Name("X-Lark-Signature")!] =
                signature ?? FeishuCallback.signature(stamp, "nonce", key: encryptKey, body: body)
        }
        return RawCallback(method: .post, headers: headers, body: spoil ? body + Array(" ".utf8) : body)
    }

    func slack(_ user: String, _ choice: String, _ reference: String, _ event: String) -> RawCallback {
        slack([
            "type": "block_actions",
            "user": [
                "id": .string("U" + user.uppercased()), "username": .string(user),
                "team_id": .string(userTeam ?? team),
            ],
            "api_app_id": .string(app ?? "A1"), "team": ["id": .string(team)],
            "container": ["type": "message", "message_ts": "1700000000.000001", "channel_id": "D1"],
            "trigger_id": "trigger.1", "channel": ["id": "D1"],
            "actions": [
                [
                    "action_id": .string(choice), "block_id": "decision", "type": "button", "value": .string(reference),
                    "action_ts": .string(event),
                ]
            ],
        ])
    }

    func slack(_ payload: JSON) -> RawCallback {
        let body = Array("payload=\(FormWords.encoded(String(decoding: payload.bytes, as: UTF8.self)))".utf8)
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        if isSigned {
            headers[HTTPField.Name("X-Slack-Request-Timestamp")!] = stamp
            headers[HTTPField.Name("X-Slack-Signature")!] =
                signature ?? SlackCallback.signature(stamp, secret: signingSecret, body: body)
        }
        return RawCallback(method: .post, headers: headers, body: spoil ? body + Array("&a=b".utf8) : body)
    }
}

/// Requests and people of a test: what tickets and identity are to the product.
final class Office: Sendable {
    struct Request {
        let requester: UserID
        let approvers: Set<UserID>
        var reason: String
        var needsPasskey: Bool
        var state = ApprovalCard.State.open
        var answers: [(user: UserID, isApproval: Bool, comment: String, vendor: ChannelVendor?)] = []

        var digest: String { Hex.encode(Hash256.of(Array(reason.utf8)).bytes) }
    }

    struct Book {
        var requests: [TicketID: Request] = [:]
        var people: [UserID: CardPerson] = [:]
        /// What each is called at the vendors.
        var linked: [UserID: String] = [:]
        var isSlow = false
    }

    let book = Mutex(Book())

    private func subject(of provider: IdentityProviderID) -> @Sendable (String) -> String {
        if let known = naming.withLock({ $0[provider] }) { return known }
        return { name in "\(Team.company)/on_\(name)" }
    }

    /// By what subject a provider knows somebody, if not as Feishu does.
    let naming = Mutex<[IdentityProviderID: @Sendable (String) -> String]>([:])

    var people: CardPeople {
        CardPeople(
            subjects: { users, provider, _ in
                let subject = self.subject(of: provider)
                return self.book.withLock { book in
                    Dictionary(
                        uniqueKeysWithValues: users.compactMap { user in
                            book.linked[user].map { (user, subject($0)) }
                        })
                }
            },
            user: { subject, provider, _ in
                let name = self.subject(of: provider)
                return self.book.withLock { book in
                    book.linked.first { name($0.value) == subject }?.key
                }
            },
            people: { users, _ in
                self.book.withLock { book in book.people.filter { users.contains($0.key) } }
            })
    }

    var desk: ApprovalDesk {
        ApprovalDesk(
            card: { ticket, _ in
                self.book.withLock { book in book.requests[ticket].map { self.card(ticket, $0, book) } }
            },
            decide: { click, audit, _ in
                if self.book.withLock({ $0.isSlow }) { try await Task.sleep(for: .seconds(30)) }
                return self.book.withLock { book in
                    guard var request = book.requests[click.ticket] else { return .notYours }
                    if request.requester == click.user { return .own }
                    guard request.state == .open else { return .alreadyDecided }
                    guard request.approvers.contains(click.user) else { return .notYours }
                    guard request.digest == click.digest else { return .changed }
                    if click.isApproval, request.needsPasskey { return .needsPasskey }
                    request.answers.append((click.user, click.isApproval, click.comment, click.vendor))
                    request.state = click.isApproval ? .approved : .rejected
                    book.requests[click.ticket] = request
                    return .counted
                }
            })
    }

    private func card(_ id: TicketID, _ request: Request, _ book: Book) -> ApprovalCard {
        ApprovalCard(
            ticket: id, number: 7, kind: "access", requester: book.people[request.requester]?.name ?? "?",
            facts: [
                ApprovalFact("assets", ["web-1", "web-2"]), ApprovalFact("duration", ["5400"], as: .seconds),
            ], reason: request.reason, risk: "high",
            levels: [
                ApprovalLevel(
                    number: 1, name: "Lead", isOpen: request.state == .open, seats: request.approvers,
                    needsPasskey: request.needsPasskey,
                    answers: request.answers.map {
                        ApprovalAnswer(
                            name: book.people[$0.user]?.name ?? "?", onBehalfOf: nil, isApproval: $0.isApproval)
                    })
            ], state: request.state, digest: request.digest, deadline: nil)
    }
}
