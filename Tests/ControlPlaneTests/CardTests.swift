import Access
import Assets
import Audit
import Crypto
import Cryptography
import Foundation
import HTTPTypes
import Kernel
import Logging
import Messaging
import Outbound
import Postgres
import Tenancy
import TestSupport
import Testing
import Tickets

@testable import ControlPlane

/// Cards through a whole server: a request reaches an approver at a messenger, and a click there gives access.
@Suite(.enabled(if: StandInVendors.isThere), .timeLimit(.minutes(5))) struct CardTests {
    private let room = "whole-" + Hex.encode(SecureRandom.bytes(6))

    private func join(
        _ login: String, _ ada: Person, mail: Bool = true
    ) async throws -> (person: Person, id: String) {
        let address: JSON = mail ? ["email": .string("\(login)@example.org")] : [:]
        let made = try await ada.call(
            .post, "/users", address.merging(["login": .string(login), "name": .string(login)]), expecting: 201)
        let person = Person(installation: ada.installation, slug: ada.slug, login: login)
        try await person.comeIn(by: made["invitationUrl"])
        return (person, made["id"])
    }

    private func vendor(_ vendors: StandInVendors) async throws -> [JSON] {
        let client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "test"))
        let response = try await client.send(OutboundRequest(.get, OutboundURL(vendors.url(in: room) + "/control")))
        await client.stop()
        if case .array(let all)? = try JSONParser.parse(response.body)["messages"] { return all }
        return []
    }

    /// The text between two others.
    private func between(_ start: String, _ end: String, in text: String) -> String? {
        guard let from = text.range(of: start), let to = text.range(of: end, range: from.upperBound..<text.endIndex)
        else { return nil }
        return String(text[from.upperBound..<to.lowerBound])
    }

    private func click(_ user: String, _ choice: String, _ reference: String, secret: String) -> (
        body: [UInt8], headers: [String: String]
    ) {
        let payload: JSON = [
            "type": "block_actions", "user": ["id": .string(user), "team_id": "T1"], "api_app_id": "A1",
            "team": ["id": "T1"],
            "container": ["type": "message", "message_ts": "1700000000.000001", "channel_id": "D1"],
            "trigger_id": "trigger.1",
            "actions": [
                [
                    "action_id": .string(choice), "block_id": "decision", "type": "button", "value": .string(reference),
                    "action_ts": .string(UUID().uuidString),
                ]
            ],
        ]
        let encoded = payload.bytes.map { "%" + Hex.encode([$0]) }.joined()
        let body = Array("payload=\(encoded)".utf8)
        let stamp = String(Int(Date().timeIntervalSince1970))
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("v0:\(stamp):".utf8) + body, using: SymmetricKey(data: Array(secret.utf8)))
        return (
            body,
            [
                "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": "v0=" + Hex.encode(Array(code)),
            ]
        )
    }

    /// A chat of the company, by which people are found that its mail knows: where its answers come in, and what signs them.
    private func connect(
        _ ada: Person, to vendors: StandInVendors
    ) async throws -> (path: String, secret: String) {
        try await ada.call(
            .put, "/egress-allowances", ["items": [["host": "127.0.0.1", "port": .int(Int64(vendors.port))]]],
            expecting: 200)
        let secret = "signing-secret-\(Hex.encode(SecureRandom.bytes(16)))"
        let channel = try await ada.call(
            .post, "/messenger-channels",
            [
                "name": "Team", "people": "email",
                "settings": [
                    "vendor": "slack", "appId": "A1", "teamId": "T1", "apiUrl": .string(vendors.url(in: room)),
                ],
                "secrets": [
                    ["name": "botToken", "value": "xoxb-the-token"],
                    ["name": "signingSecret", "value": .string(secret)],
                ],
            ], expecting: 201)
        let shown = try await ada.call(.post, "/messenger-channels/\(channel["id"])/callback", expecting: 200)
        return ("/api/v1/messenger-callbacks/" + (shown["url"].split(separator: "/").last ?? ""), secret)
    }

    @Test func `a click of who is asked gives access, and nobody else's does`() async throws {
        let vendors = try await StandInVendors.shared.value
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let (bob, carol) = (try await join("bob", ada), try await join("carol", ada))
        let (path, secret) = try await connect(ada, to: vendors)
        let asset = try await ada.call(
            .post, "/assets", ["name": "web-1", "address": "web-1.example"], expecting: 201)
        _ = try await ada.call(
            .post, "/accounts",
            ["asset": .string(asset["id"]), "name": "root", "kind": "password", "secret": "a secret of no use"],
            expecting: 201)
        try await ada.call(
            .post, "/flows",
            ["name": "Standard", "levels": [["name": "Lead", "approvers": [["user": .string(bob.id)]]]]],
            expecting: 201)
        let ticket = try await ada.call(
            .post, "/tickets",
            ["reason": "Disk is full", "assets": [.string(asset["id"])], "accounts": ["root"]], expecting: 201)
        var card = ""
        try await eventually("a card is sent", within: .seconds(20)) {
            let all = try await vendor(vendors)
            card = all.first.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
            return all.count == 1
        }
        #expect(card.contains("\"to\":\"UBOB\"") && card.contains("web-1") && card.contains("Disk is full"))
        let reference = try #require(between("\"value\":\"", "\"", in: card))

        // Carol's account is nobody's here, as far as the channel knows; a forged click is none.
        for (user, key) in [("UCAROL", secret), ("UBOB", "another secret")] {
            let forged = click(user, "approve", reference, secret: key)
            let answer = try await installation.call(
                .post, path, on: "acme", headers: forged.headers, raw: forged.body)
            #expect(answer.status == (key == secret ? 200 : 403))
        }
        #expect(try await ada.call(.get, "/tickets/\(ticket["id"])", expecting: 200)["state"] == "open")

        let real = click("UBOB", "approve", reference, secret: secret)
        for _ in 0..<2 {
            let answer = try await installation.call(.post, path, on: "acme", headers: real.headers, raw: real.body)
            #expect(answer.status == 200 && answer.text.isEmpty)
        }
        let decided = try await ada.call(.get, "/tickets/\(ticket["id"])", expecting: 200)
        let trail = try await ada.call(.get, "/audit-events", expecting: 200).items.prefix(4)
        #expect(decided["state"] == "approved", "\(trail)")
        #expect(decided.text.contains("\"channel\":\"slack\""))
        #expect(try await ada.call(.get, "/grants", expecting: 200).items.count == 1)
        try await eventually("the card shows it", within: .seconds(20)) {
            let text = String(decoding: try await vendor(vendors).first?.bytes ?? [], as: UTF8.self)
            return text.contains("approved by bob") && !text.contains("\"approve\"")
        }
        // An address that nobody has been given leaves no line, however often it is tried.
        let nowhere = "/api/v1/messenger-callbacks/" + String(repeating: "a", count: 43)
        let missed = try await installation.call(.post, nowhere, on: "acme", headers: real.headers, raw: real.body)
        #expect(missed.status == 404)
        let lines = try await ada.call(
            .get, "/audit-events?filter=action%20eq%20%22ticket.decided%22", expecting: 200
        ).items
        let actors = lines.filter { $0["outcome"]?.text == "success" }.map { $0["actor"]?["id"]?.text ?? "" }
        #expect(actors == [bob.id])
        #expect(lines.count { $0["outcome"]?.text == "refused" } == 2)
        _ = carol
    }

    @Test(.enabled(if: MailSink.isThere))
    func `who waits at a connection or with a command has approvers asked everywhere, and hears what they say`()
        async throws
    {
        let (vendors, sink) = (try await StandInVendors.shared.value, try await MailSink())
        let installation = try await Installation(mail: sink.port)
        let made = try await installation.provider(
            .post, "/tenants",
            ["slug": "acme", "name": "Acme", "administrator": ["login": "ada", "name": "Ada"]])
        let ada = Person(installation: installation, slug: "acme", login: "ada")
        try await ada.comeIn(by: made["invitationUrl"])
        let (bob, carol) = (try await join("bob", ada, mail: false), try await join("carol", ada, mail: false))
        let superuser = try await installation.test.superuser()
        _ = try await superuser.execute("update users set email = login || '@example.org' where login <> 'ada'")
        let (path, secret) = try await connect(ada, to: vendors)
        let asset = try await ada.call(
            .post, "/assets", ["name": "web-1", "address": "web-1.example"], expecting: 201)
        // Bob's mail is gathered for the morning; whoever stands at a door cannot wait for that.
        try await bob.person.call(
            .put, "/my/notice-subscriptions", ["wishes": [], "digest": "daily"], expecting: 200)
        let tenant = try await superuser.query("select tenant_id from tenants") { try $0.next(TenantID.self) }.first
        let door = WaitingDoor(
            database: installation.test.database, scope: TenantScope(tenant: try #require(tenant)),
            asset: try #require(AssetID(asset["id"])), person: try #require(UserID(carol.id)),
            approver: try #require(UserID(bob.id)))

        func mails(_ words: String) -> [JSON] {
            sink.mails.filter {
                $0["to"] == ["bob@example.org"] && $0["text"]?.text?.contains(words) == true
            }
        }
        func notices(_ person: Person) async throws -> [String] {
            try await person.call(.get, "/my/notices", expecting: 200).items.map {
                "\($0["title"]?.text ?? ""): \($0["body"]?.text ?? "")"
            }
        }
        let asked = ["a connection to web-1 (root)", "the command rm -r /srv on web-1 (root)"]
        let ways: [(WaitingDoor.Subject, String, String, (TicketID) -> ReviewStanding)] = [
            (.connection, "approve", "approved", { .approved($0) }),
            (.command, "reject", "rejected", { _ in .rejected }),
        ]
        for (index, (subject, choice, outcome, standing)) in ways.enumerated() {
            let ticket = try await door.ask(subject)
            var card = ""
            try await eventually("a card is sent", within: .seconds(20)) {
                let all = try await vendor(vendors)
                card = all.count == index + 1 ? String(decoding: all[index].bytes, as: UTF8.self) : ""
                return !card.isEmpty
            }
            #expect(card.contains("\"to\":\"UBOB\"") && card.contains("web-1") && card.contains("\"reject\""))
            #expect(card.contains("rm -r /srv") == (subject == .command))
            try await eventually("the portal and a mail ask", within: .seconds(20)) {
                try await notices(bob.person).contains { $0.contains(asked[index]) } && !mails(asked[index]).isEmpty
            }
            #expect(mails(asked[index]).count == 1)
            let reference = try #require(between("\"value\":\"", "\"", in: card))
            let real = click("UBOB", choice, reference, secret: secret)
            let waking = try await door.wait(for: ticket) {
                let answer = try await installation.call(
                    .post, path, on: "acme", headers: real.headers, raw: real.body)
                #expect(answer.status == 200, "\(answer.text)")
            }
            let trail = try await ada.call(.get, "/audit-events", expecting: 200).items.prefix(4)
            #expect(waking == .woken, "\(trail)")
            #expect(try await door.standing(subject) == standing(ticket))
            try await eventually("carol sees the outcome", within: .seconds(20)) {
                try await notices(carol.person).contains {
                    $0.hasPrefix("Your request #\(index + 1) is \(outcome): \(asked[index])")
                }
            }
        }
        // What nobody waits for any more asks nobody any more.
        let left = try await door.ask(.command, attempt: "left")
        try await eventually("a card is sent", within: .seconds(20)) { try await vendor(vendors).count == 3 }
        try await door.withdraw(left)
        try await eventually("the card says so", within: .seconds(20)) {
            let card = String(decoding: try await vendor(vendors)[2].bytes, as: UTF8.self)
            return card.contains("Withdrawn") && !card.contains("\"approve\"")
        }
    }
}

/// Somebody who waits for the word of somebody else before a connection is made or a command runs, as a gateway has them
/// wait: on another node than the server that asks.
private struct WaitingDoor {
    enum Subject { case connection, command }

    let reviews: Reviews
    let database: Database
    let scope: TenantScope
    let asset: AssetID
    let person: UserID
    let approver: UserID
    let rule = UUID()

    init(database: Database, scope: TenantScope, asset: AssetID, person: UserID, approver: UserID) {
        (self.database, self.scope, self.asset) = (database, scope, asset)
        (self.person, self.approver) = (person, approver)
        let outbox = Outbox()
        let client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .guarded(allow: [])), logger: Logger(label: "test"))
        let messaging = Messaging(
            database: database, keys: TenantKeys(database: database, master: .ephemeral()), client: client,
            events: .published, questions: .ofFlows)
        let tickets = Tickets(
            database: database, access: Access(database: database, outbox: outbox), messaging: messaging,
            outbox: outbox, portal: TicketPortal { _ in "https://acme.example" })
        reviews = Reviews(
            tickets: tickets, hub: ReviewHub(database: database, logger: Logger(label: "test")),
            trail: AuditLog(database: database))
    }

    private func question(_ subject: Subject, _ attempt: String) throws -> ReviewQuestion {
        let root = try AccountName(parsing: "root")
        let asked: ReviewQuestion.Subject =
            switch subject {
            case .connection:
                .connect(
                    ConnectKind.Content(entrance: "ssh", clientAddress: "192.0.2.1", rule: "eyes"), asset, root, .ssh)
            case .command:
                .command(
                    CommandReviewKind.Content(session: .new(), command: "rm -r /srv", rule: "eyes"), asset, root, .ssh)
            }
        return ReviewQuestion(
            asked, by: person, "carol", attempt: attempt, rule: rule, "eyes", from: "192.0.2.1",
            asking: [Seat(user: approver, reason: .named)], lifetime: 600, isAttended: true)
    }

    func standing(_ subject: Subject, attempt: String = "one") async throws -> ReviewStanding {
        try await database.transaction(in: scope) {
            try await reviews.ask(question(subject, attempt), at: Date(), in: scope, $0)
        }
    }

    func ask(_ subject: Subject, attempt: String = "one") async throws -> TicketID {
        guard case .waits(let ticket, _) = try await standing(subject, attempt: attempt) else {
            throw CocoaError(.coderReadCorrupt)
        }
        return ticket
    }

    /// How the wait ends while somebody does something about it.
    func wait(
        for ticket: TicketID, while work: @escaping @Sendable () async throws -> Void
    ) async throws -> WaitingRoom.Waking {
        // One that has stopped takes nobody in any more.
        let hub = ReviewHub(database: database, logger: Logger(label: "test"))
        let scope = scope
        return try await withThrowingTaskGroup(of: WaitingRoom.Waking?.self) { group in
            group.addTask {
                await hub.run()
                return nil
            }
            group.addTask { await hub.wait(for: ticket, in: scope, from: "192.0.2.1", atMost: .seconds(30)) }
            group.addTask {
                try await work()
                return nil
            }
            while let next = try await group.next() {
                guard let waking = next else { continue }
                group.cancelAll()
                return waking
            }
            throw CancellationError()
        }
    }

    func withdraw(_ ticket: TicketID) async throws {
        try await reviews.withdraw(ticket, of: person, at: Date(), in: scope)
    }
}
