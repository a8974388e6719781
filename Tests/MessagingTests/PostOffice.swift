import Cryptography
import Foundation
import HTTPAPI
import Jobs
import Kernel
import Logging
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Messaging
@testable import Outbound

/// Settings, egress and the queue of mails behind their gates, and the installation's own mail server.
struct PostOffice {
    /// A certificate for `mail.test`, and itself as the authority.
    struct Certificate {
        let folder = TemporaryFolder()
        let authority: String

        init() async throws {
            try await ChildProcess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                    + ["-days", "2", "-subj", "/CN=mail.test", "-addext", "subjectAltName=DNS:mail.test"]
                    + ["-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem")])
            authority = try String(contentsOfFile: folder.file("cert.pem"), encoding: .utf8)
        }
    }

    let stage: Stage
    let sink: MailSink
    let mailer: Mailer
    private let senders: MailSenders
    private let values: TenantSettings
    private let endpoints: [MountedEndpoint]
    private let admin = UserID.new()

    init(hasMail: Bool = true) async throws {
        let stage = try await Stage { Issue.record("\($0)") }
        let sink = try await MailSink()
        let values = TenantSettings(database: stage.database, keys: stage.keys, lifetime: .zero)
        let own = try MailSender(
            server: MailServer(host: "127.0.0.1", port: sink.port, security: .none),
            from: MailAddress("gatehouse@example.com"), name: "Gatehouse")
        let senders = MailSenders(
            installation: hasMail ? own : nil, settings: values, openings: EgressOpenings(database: stage.database))
        let clients = MailClients(own: Self.client(.open), guarded: Self.client(.guarded(allow: [])))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let messaging = Messaging(
            database: stage.database, keys: stage.keys,
            client: HTTPClient(configuration: HTTPClientConfiguration(egress: .guarded(allow: [])), logger: logger),
            events: EventKinds(items: []), questions: .nobody)
        endpoints =
            stage.mount(
                SettingRoutes.group,
                on: Settings(
                    database: stage.database, keys: stage.keys, values: values, baseDomain: "gate.example"))
            + stage.mount(WebhookRoutes.group, on: messaging)
            + stage.mount(
                TestMailRoutes.group, on: TestMail(clients: clients, senders: senders, settings: values))
        self.stage = stage
        self.sink = sink
        self.values = values
        self.senders = senders
        mailer = Mailer(
            database: stage.database, clients: clients, queue: JobQueue(database: stage.database), key: DataKey(),
            senders: senders)
    }

    private static func client(
        _ egress: EgressPolicy, trust: HTTPClientConfiguration.Trust = .system, resolved: [String] = []
    ) -> MailClient {
        var configuration = HTTPClientConfiguration(egress: egress, trust: trust)
        configuration.resolved = { resolved }
        return MailClient(
            configuration: configuration, logger: Logger(label: "mail") { _ in SwiftLogNoOpLogHandler() })
    }

    /// The same queue with a way out that trusts a certificate, and knows where its name is.
    func mailer(_ certificate: Certificate, at port: Int) throws -> Mailer {
        let guarded = Self.client(
            .guarded(allow: []), trust: .authorities(pem: certificate.authority),
            resolved: ["mail.test:\(port):127.0.0.1"])
        return Mailer(
            database: stage.database, clients: MailClients(own: Self.client(.open), guarded: guarded),
            queue: mailer.queue, key: mailer.key, senders: senders)
    }

    /// A company, and somebody who administers it.
    func tenant(_ slug: String) async throws -> TenantScope {
        let scope = try await stage.makeTenant(slug)
        try await stage.database.execute(
            """
            insert into users (tenant_id, user_id, login, name)
            values (\(scope.tenant), \(admin), 'admin', 'Admin')
            """, in: scope)
        return scope
    }

    func plain(_ port: Int, from: String = "access@acme.example", security: String = "none") -> JSON {
        [
            "host": "127.0.0.1", "port": .int(Int64(port)), "security": .string(security), "from": .string(from),
        ]
    }

    func set(_ server: JSON, in scope: TenantScope) async throws -> Answer {
        let version = try await call("settings.show", in: scope).version
        return try await call("settings.change", ["mail.server": server], version: version, in: scope)
    }

    /// The setting as the API shows it.
    func show(in scope: TenantScope) async throws -> JSON {
        try #require(try await call("settings.show", in: scope).items.first { $0["key"] == "mail.server" })
    }

    func password(in scope: TenantScope) async throws -> String? {
        try await values.opened(Setting.mailServer, in: scope)?.password?.reveal()
    }

    func open(_ port: Int, in scope: TenantScope) async throws {
        try await allow([["host": "127.0.0.1", "port": .int(Int64(port))]], in: scope)
    }

    func close(in scope: TenantScope) async throws { try await allow([], in: scope) }

    private func allow(_ items: [JSON], in scope: TenantScope) async throws {
        let answer = try await call("webhooks.allow", ["items": .array(items)], in: scope)
        try #require(answer.status == 200, "\(answer.json)")
    }

    func test(_ address: String = "ada@example.com", in scope: TenantScope) async throws -> Answer {
        // So that the line of the one that comes later has the higher id.
        stage.wait(1)
        return try await call("mail.test", ["to": .string(address)], in: scope)
    }

    private func call(
        _ name: String, _ body: JSON? = nil, version: Int? = nil, in scope: TenantScope
    ) async throws -> Answer {
        try await stage.call(endpoints, name, body: body, by: admin, version: version, in: scope)
    }
}

// Letters.
extension PostOffice {
    /// Whether the queue takes a letter of a tenant, or of the provider.
    func isTaken(for tenant: TenantID?, by mailer: Mailer? = nil) async throws -> Bool {
        // So that the one that comes later has the higher id.
        stage.wait(1)
        let mailer = mailer ?? self.mailer
        let letter = Letter(kind: "invitation", to: "ada@example.com", subject: "Welcome", text: "Come in.\n")
        func write(_ tx: Transaction) async throws -> Bool {
            try await mailer.send(letter, for: tenant, at: stage.now, in: tx)
        }
        return if let tenant {
            try await stage.database.transaction(in: TenantScope(tenant: tenant), write)
        } else {
            try await stage.database.transaction(in: ProviderScope(), write)
        }
    }

    /// Puts a letter on its way and makes the first attempt.
    @discardableResult
    func post(for tenant: TenantID?, by mailer: Mailer? = nil, expecting state: String = "sent") async throws -> MailID
    {
        try #require(try await isTaken(for: tenant, by: mailer))
        let id = try #require(
            try await stage.test.superuser().query("select mail_id from mails order by mail_id desc limit 1") {
                try $0.next(MailID.self)
            }.first)
        try await (mailer ?? self.mailer).deliver(id, of: tenant, at: stage.now)
        let (found, error) = (try await self.state(of: id), try await error(of: id))
        #expect(found == state, "\(error)")
        return id
    }

    func state(of id: MailID) async throws -> String { try await text("state", of: id) }
    func error(of id: MailID) async throws -> String { try await text("coalesce(last_error, '')", of: id) }

    private func text(_ expression: SQL, of id: MailID) async throws -> String {
        try #require(
            try await stage.test.superuser().query(
                "select \(fragment: expression) from mails where mail_id = \(id)"
            ) { try $0.next(String.self) }.first)
    }
}

extension Answer {
    /// What the first error of a form is about.
    var pointer: String? {
        guard case .array(let errors)? = json["errors"] else { return nil }
        return errors.first?["pointer"]?.text
    }
}
