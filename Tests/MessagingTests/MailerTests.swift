import Cryptography
import Foundation
import Jobs
import Kernel
import Logging
import Outbound
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Messaging

@Suite(.timeLimit(.minutes(2)), .enabled(if: MailSink.isThere, "needs aiosmtpd (GATEHOUSE_TEST_PYTHON)"))
struct MailerTests {
    let stage: Stage
    let scope: TenantScope
    let sink: MailSink
    let mailer: Mailer

    init() async throws {
        stage = try await Stage { Issue.record("\($0)") }
        scope = try await stage.makeTenant()
        let sink = try await MailSink()
        self.sink = sink
        let client = MailClient(
            configuration: HTTPClientConfiguration(egress: .open),
            logger: Logger(label: "mail") { _ in SwiftLogNoOpLogHandler() })
        let sender = try MailSender(
            server: MailServer(host: "127.0.0.1", port: sink.port, security: .none),
            from: MailAddress("gatehouse@example.com"), name: "Gatehouse of Łódź")
        mailer = Mailer(
            database: stage.database, clients: MailClients(own: client, guarded: client),
            queue: JobQueue(database: stage.database), key: DataKey(),
            senders: MailSenders(
                installation: sender, settings: TenantSettings(database: stage.database, keys: stage.keys),
                openings: EgressOpenings(database: stage.database)))
    }

    private func letter(_ to: String) -> Letter {
        Letter(
            kind: "invitation", to: to, subject: "Welcome\r\nBcc: eve@example.com, to 北京",
            text: "Hello Zoë,\n\nhttps://acme.example/invitation#token=secret-token\n.\n")
    }

    /// Puts a letter on its way; the mail's id.
    private func post(_ to: String = "ada@example.com", for tenant: TenantID?) async throws -> MailID {
        let database = stage.database
        // So that the one that comes later has the higher id.
        stage.wait(1)
        if let tenant {
            let isSent = try await database.transaction(in: TenantScope(tenant: tenant)) { tx in
                try await mailer.send(letter(to), for: tenant, at: stage.now, in: tx)
            }
            #expect(isSent)
        } else {
            let isSent = try await database.transaction(in: ProviderScope()) { tx in
                try await mailer.send(letter(to), for: nil, at: stage.now, in: tx)
            }
            #expect(isSent)
        }
        return try #require(
            try await stage.test.superuser().query("select mail_id from mails order by mail_id desc limit 1") {
                try $0.next(MailID.self)
            }.first)
    }

    private struct Standing: Equatable {
        let state: String
        let attempts: Int
        let isSealed: Bool
        let error: String
    }

    private func standing(_ id: MailID) async throws -> Standing {
        try #require(
            try await stage.test.superuser().query(
                "select state, attempts, sealed is not null, coalesce(last_error, '') from mails where mail_id = \(id)"
            ) {
                Standing(
                    state: try $0.next(), attempts: try $0.next(), isSealed: try $0.next(), error: try $0.next())
            }.first)
    }

    private func jobs() async throws -> [Date] {
        try await stage.test.superuser().query("select run_at from jobs where kind = 'mail.deliver' order by run_at") {
            try $0.next()
        }
    }

    @Test func `a letter arrives in its words, and nothing of it stays`() async throws {
        let id = try await post(for: scope.tenant)
        #expect(try await standing(id) == Standing(state: "pending", attempts: 0, isSealed: true, error: ""))
        #expect(try await jobs() == [stage.now])
        try await mailer.deliver(id, of: scope.tenant, at: stage.now)
        let mail = try #require(sink.mails.first)
        #expect(mail["headers"]?["Subject"] == "WelcomeBcc: eve@example.com, to 北京")
        #expect(mail["headers"]?["From"]?.text?.contains("Gatehouse of Łódź") == true)
        #expect(mail["headers"]?["To"] == "ada@example.com" && mail["headers"]?["Bcc"] == nil)
        #expect(mail["headers"]?["Auto-Submitted"] == "auto-generated" && mail["defects"] == [])
        #expect(mail["text"] == "Hello Zoë,\n\nhttps://acme.example/invitation#token=secret-token\n.\n")
        #expect(mail["to"] == ["ada@example.com"])
        #expect(try await standing(id) == Standing(state: "sent", attempts: 1, isSealed: false, error: ""))
        // A job that runs twice sends once.
        try await mailer.deliver(id, of: scope.tenant, at: stage.now)
        let metered = try await stage.count(
            "select count(*) from usage_events where meter = 'mail' and quantity = 1", in: scope)
        #expect(metered == 1)
        #expect(sink.mails.count == 1)
        try await mailer.prune(before: stage.now + 1)
        #expect(try await stage.test.superuser().query("select count(*) from mails") { try $0.next(Int.self) } == [0])
    }

    @Test func `the provider sends mail of its own`() async throws {
        let id = try await post(for: nil)
        try await mailer.deliver(id, of: scope.tenant, at: stage.now)
        #expect(sink.mails.isEmpty, "a mail of the provider is no tenant's")
        try await mailer.deliver(id, of: nil, at: stage.now)
        #expect(sink.mails.count == 1)
    }

    @Test func `a refused recipient is given up, a busy server is tried again`() async throws {
        let refused = try await post("refused@example.com", for: scope.tenant)
        try await mailer.deliver(refused, of: scope.tenant, at: stage.now)
        let end = try await standing(refused)
        #expect(end.state == "dead" && !end.isSealed && end.error.contains("550"))
        #expect(!end.error.contains("refused@"))

        let later = try await post("later@example.com", for: scope.tenant)
        for attempt in 1...2 {
            try await mailer.deliver(later, of: scope.tenant, at: stage.now)
            let standing = try await standing(later)
            #expect(standing.state == "pending" && standing.attempts == attempt && standing.error.contains("451"))
        }
        #expect(try await jobs().filter { $0 > stage.now }.count == 2)
        try await mailer.deliver(later, of: scope.tenant, at: stage.now + 600)
        #expect(try await standing(later).state == "sent" && sink.mails.count == 1)
    }

    @Test func `what is no address is handed back`() async throws {
        let isSent = try await stage.database.transaction(in: scope) { tx in
            try await mailer.send(letter("ada@[127.0.0.1]"), for: scope.tenant, at: stage.now, in: tx)
        }
        #expect(!isSent)
    }
}

@Suite struct MailTextTests {
    @Test func `words are folded between characters`() {
        let text = String(repeating: "北京", count: 30)
        let words = MailText.words(text)
        #expect(words.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        let decoded = words.split(separator: "\r\n ").flatMap { word in
            Base64.decode(String(word.dropFirst("=?utf-8?B?".count).dropLast(2))) ?? []
        }
        #expect(String(decoding: decoded, as: UTF8.self) == text)
    }

    @Test func `a date is that of RFC 5322`() {
        #expect(
            MailText.date(Date(timeIntervalSince1970: 1_795_863_600)) == "Sat, 28 Nov 2026 11:00:00 +0000")
    }

    @Test func `retries end after about a day`() {
        var random = SystemRandomNumberGenerator()
        let delays = (1...20).compactMap { Mailer.delay(after: $0, using: &random) }
        #expect(delays.count == 10 && delays.reduce(0, +) > 20 * 3600 && delays.reduce(0, +) < 48 * 3600)
    }
}
