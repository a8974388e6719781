package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Outbound
package import Tenancy

/// Sends a letter through a tenant's own server while somebody waits, and tells what the server said. It is no mail of the
/// queue: nothing is tried again.
package struct TestMail: Sendable {
    /// Whoever waits does so in front of a screen.
    static let patience: Duration = .seconds(20)

    let clients: MailClients
    let senders: MailSenders
    let settings: TenantSettings

    package init(clients: MailClients, senders: MailSenders, settings: TenantSettings) {
        self.clients = clients
        self.senders = senders
        self.settings = settings
    }

    package func callAsFunction(
        _ request: TestMailRequest, audit: AuditDraft, at now: Date, in scope: TenantScope
    ) async throws -> TestMailOutcome {
        guard let to = try? MailAddress(request.to) else { throw MessagingError.badAddress }
        audit.target("setting", Setting.mailServer.name)
        guard let sender = try await senders.own(in: scope) else { throw MessagingError.noMailServer }
        let server = "\(sender.server.address)"
        audit.detail("server", .string(server))
        let letter = try await letter(to, by: sender, at: now, in: scope)
        do throws(MailError) {
            try await clients.send(letter, by: sender, within: Self.patience)
            audit.detail("taken", .bool(true))
            return TestMailOutcome(isTaken: true, server: server, error: nil)
        } catch .transport(.cancelled), .transport(.stopped) {
            throw CancellationError()
        } catch {
            audit.detail("taken", .bool(false))
            return TestMailOutcome(isTaken: false, server: server, error: String("\(error)".prefix(500)))
        }
    }

    private func letter(
        _ to: MailAddress, by sender: MailSender, at now: Date, in scope: TenantScope
    ) async throws -> MailText {
        let isChinese = try await settings.value(of: Setting.language, in: scope) == .chinese
        let text =
            isChinese
            ? "\(sender.name) 的邮件服务器设置有效：这封测试邮件由 Gatehouse 通过它发出。\n"
            : "The mail server of \(sender.name) works: Gatehouse sent this letter through it, as a test.\n"
        return MailText(
            from: sender.from, name: sender.name, to: to,
            subject: isChinese ? "邮件服务器测试" : "Test of the mail server", text: text, id: MailID.new(at: now).text,
            date: now)
    }
}

/// The body that has a letter sent as a test.
package struct TestMailRequest: WireValue {
    let to: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("to", \.to, .text(3...254), note: "Where the letter goes.")
    }
}

/// What came of a test.
package struct TestMailOutcome: WireValue, Sendable {
    let isTaken: Bool
    let server: String
    let error: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("isTaken", \.isTaken, note: "Whether the server took the letter.")
        Field("server", \.server, .text(1...300))
        Field("error", \.error, .text(1...500), note: "Why it did not.")
    }
}

/// The endpoint of the test.
package enum TestMailRoutes {
    private typealias Route = Endpoint<TenantAPI, TestMail>

    package static let group = EndpointGroup<TenantAPI, TestMail>("mail") {
        Route.post(
            "test", "/settings/mail-server/test", summary: "Send a letter through the company's own mail server",
            permission: .mailServerManage, audit: .action("mail-server.tested"), body: TestMailRequest.self,
            returns: TestMailOutcome.self, errors: [.noMailServer], rate: .sensitive
        ) { test, call in
            try await test(call.body, audit: call.audit, at: call.now, in: call.scope)
        }
    }
}
