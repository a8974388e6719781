import Audit
import Cryptography
import Foundation
import HTTPAPI
import Jobs
import Kernel
import Logging
import Messaging
import Outbound
import Postgres
import Stage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// A company in which Ada, Bob (in Chinese) and Cleo are told things, with a mail server that is a real one.
final class NoticeOffice: Sendable {
    let stage: Stage
    let notifications: Notifications
    let scope: TenantScope
    let ada: UserID
    let bob: UserID
    let cleo: UserID
    private let endpoints: [MountedEndpoint]
    private let mailer: Mailer
    private let sink: MailSink?
    private let seen: Seen

    /// What went out by ports.
    final class Seen: Sendable {
        let asked = Mutex<[[UserID]]>([])
        let hints = Mutex<[[UserID]]>([])
        let chats = Mutex<[(NoticeMessage, NoticeChannel)]>([])
        /// How often the chat still fails.
        let failures = Mutex(0)
    }

    private struct ChatAway: Error {}

    init(hasMail: Bool = false, chats: Set<NoticeChannel> = []) async throws {
        let stage = try await Stage { Issue.record("\($0)") }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let seen = Seen()
        let sink = hasMail ? try await MailSink() : nil
        let values = TenantSettings(database: stage.database, keys: stage.keys, lifetime: .zero)
        let sender = try sink.map { sink in
            try MailSender(
                server: MailServer(host: "127.0.0.1", port: sink.port, security: .none),
                from: MailAddress("gatehouse@example.com"), name: "Gatehouse")
        }
        func client(_ egress: EgressPolicy) -> MailClient {
            MailClient(configuration: HTTPClientConfiguration(egress: egress), logger: logger)
        }
        let mailer = Mailer(
            database: stage.database, clients: MailClients(own: client(.open), guarded: client(.guarded(allow: []))),
            queue: JobQueue(database: stage.database), key: DataKey(),
            senders: MailSenders(
                installation: sender, settings: values, openings: EgressOpenings(database: stage.database)))
        var ports = NoticePorts(
            mail: { letters, scope, now, tx in
                try await mailer.send(letters, for: scope.tenant, at: now, in: tx)
            }, hint: { users, _, _ in seen.hints.withLock { $0.append(users) } },
            portal: { _ in "https://acme.example" },
            links: { question, users, _, _, _ in
                seen.asked.withLock { $0.append(users) }
                return Dictionary(
                    uniqueKeysWithValues: users.map { ($0, "/decide#\(question.level)-\($0.text)") })
            })
        if !chats.isEmpty {
            ports.chats = NoticeChats(there: { _ in chats }) { message, channel, _ in
                let fails = seen.failures.withLock { left in
                    defer { left = max(0, left - 1) }
                    return left > 0
                }
                if fails { throw ChatAway() }
                seen.chats.withLock { $0.append((message, channel)) }
                return true
            }
        }
        notifications = Notifications(database: stage.database, ports: ports)
        endpoints =
            stage.mount(InboxRoutes.group, on: notifications) + stage.mount(SubscriptionRoutes.group, on: notifications)
            + stage.mount(NoticeTemplateRoutes.group, on: notifications)
            + stage.mount(AnnouncementRoutes.group, on: notifications)
        scope = try await stage.makeTenant()
        ada = try await stage.makeUser("ada", in: scope)
        bob = try await stage.makeUser("bob", in: scope)
        cleo = try await stage.makeUser("cleo", in: scope)
        self.stage = stage
        self.sink = sink
        self.mailer = mailer
        self.seen = seen
        try await stage.database.execute(
            """
            update users set email = login || '@example.com', language = case login when 'bob' then 'zh-Hans' end
            where tenant_id = \(scope.tenant)
            """, in: scope)
    }

    /// For whom links of their own were made, each time.
    var asked: [[UserID]] { seen.asked.withLock { $0 } }
    var hints: [[UserID]] { seen.hints.withLock { $0 } }
    var chats: [NoticeMessage] { seen.chats.withLock { $0.map(\.0) } }
    /// In which chat each was.
    var places: [NoticeChannel] { seen.chats.withLock { $0.map(\.1) } }
    func failChats(_ times: Int) { seen.failures.withLock { $0 = times } }

    /// A request of Rita's that was decided.
    func decided(
        _ occasion: String = "evt_1", to users: [UserID]? = nil, comment: String = "Fine", isUrgent: Bool? = nil
    ) -> Notice {
        Notice(
            .decided, occasion: occasion, to: .people(users ?? [ada, bob]),
            [
                "number": .text("7"), "requester": .text("Rita"), "reason": .text("Disk"), "what": .text("web-1"),
                "outcome": .word("approved"), "comment": .lines(comment), "by": .text("Abe"),
            ], link: "/requests/tkt_1", isUrgent: isUrgent)
    }

    /// Tells what is due of announcements.
    func announce() async throws {
        while try await pump.round() > 0 {}
    }

    /// What tells announcements, with nothing at hand.
    var pump: AnnouncementPump {
        AnnouncementPump(
            notifications: notifications, clock: { [stage] in stage.now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// What tells the members of groups, with nothing at hand.
    var rounds: NoticeRoundPump {
        NoticeRoundPump(
            rounds: notifications, clock: { [stage] in stage.now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func tell(_ notice: Notice) async throws {
        try await notifications.tell(notice, at: stage.now, in: scope)
    }

    func call(
        _ name: String, _ path: [String] = [], _ body: JSON? = nil, by user: UserID? = nil, version: Int? = nil,
        in other: TenantScope? = nil
    ) async throws -> Answer {
        try await stage.call(
            endpoints, name, path, body: body, by: user ?? ada, version: version, in: other ?? scope)
    }

    /// The titles of somebody's messages, the newest first.
    func titles(of user: UserID) async throws -> [String] {
        try await call("my-notices.list", by: user).items.compactMap { $0["title"]?.text }
    }

    func unread(of user: UserID) async throws -> Int {
        guard case .int(let count)? = try await call("my-notices.unread", by: user).json["count"] else { return -1 }
        return Int(count)
    }

    /// Sends what waits in the queue and returns what the server took since, as `to: subject`.
    func mails() async throws -> [(to: String, subject: String, text: String)] {
        let waiting = try await stage.test.superuser().query(
            "select mail_id from mails where state = 'pending' order by mail_id"
        ) { try $0.next(MailID.self) }
        let before = sink?.mails.count ?? 0
        for id in waiting { try await mailer.deliver(id, of: scope.tenant, at: stage.now) }
        return (sink?.mails ?? []).dropFirst(before).map { mail in
            var to = ""
            if case .array(let items)? = mail["to"] { to = items.first?.text ?? "" }
            return (to, mail["headers"]?["Subject"]?.text ?? "", mail["text"]?.text ?? "")
        }.sorted { $0.to < $1.to }
    }

    func wish(
        _ wishes: [JSON], _ more: JSON = [:], by user: UserID, expecting status: Int = 200
    ) async throws {
        let body: JSON = ["wishes": .array(wishes), "digest": "off"]
        let answer = try await call("notice-subscriptions.set-own", [], body.merging(more), by: user)
        #expect(answer.status == status, "\(answer.json)")
    }

    static func wish(_ type: String, _ channel: String, _ isWanted: Bool) -> JSON {
        ["type": .string(type), "channel": .string(channel), "isWanted": .bool(isWanted)]
    }
}
