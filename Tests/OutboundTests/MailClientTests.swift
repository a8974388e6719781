import Foundation
import Kernel
import Logging
import TestSupport
import Testing

@testable import Outbound

@Suite(.timeLimit(.minutes(2)), .enabled(if: MailSink.isThere, "needs aiosmtpd (GATEHOUSE_TEST_PYTHON)"))
struct MailClientTests {
    /// A certificate for `mail.test`, and itself as the authority.
    private struct Certificate {
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

    private static let message = Array(
        "Subject: Hello\r\nFrom: a@gatehouse.test\r\n\r\nOne line.\r\n.\r\nTwo.\r\n".utf8)

    private func client(
        _ egress: EgressPolicy = .open, authority: String? = nil, port: Int = 0
    ) -> MailClient {
        var configuration = HTTPClientConfiguration(
            egress: egress, trust: authority.map { .authorities(pem: $0) } ?? .system)
        configuration.resolved = { ["mail.test:\(port):127.0.0.1", "other.test:\(port):127.0.0.1"] }
        return MailClient(
            configuration: configuration, logger: Logger(label: "mail") { _ in SwiftLogNoOpLogHandler() })
    }

    private func mail(
        to: String = "ada@example.com", host: String = "127.0.0.1", _ port: Int,
        _ security: MailServer.Security = .none, login: MailServer.Login? = nil, opened: Set<HostPort> = []
    ) throws -> OutboundMail {
        OutboundMail(
            server: try MailServer(host: host, port: port, security: security, login: login),
            from: try MailAddress("gatehouse@example.com"), to: try MailAddress(to), message: Self.message,
            opened: opened)
    }

    @Test func `a mail arrives as it was written`() async throws {
        let sink = try await MailSink()
        try await client().send(try mail(sink.port))
        let mail = try #require(sink.mails.first)
        #expect(mail["from"] == "gatehouse@example.com" && mail["to"] == ["ada@example.com"])
        #expect(mail["headers"]?["Subject"] == "Hello" && mail["text"] == "One line.\n.\nTwo.\n")
        #expect(mail["encrypted"] == false && mail["ehlo"] == "gatehouse.invalid")
    }

    @Test func `a refusal says whether it is for good`() async throws {
        let sink = try await MailSink()
        let client = client()
        let address = HostPort(host: "127.0.0.1", port: sink.port)
        for (to, code) in [("refused@example.com", 550), ("full@example.com", 552), ("later@example.com", 451)] {
            await #expect(throws: MailError.refused(address, code: code), "\(to)") {
                try await client.send(try mail(to: to, sink.port))
            }
        }
        #expect(MailError.refused(address, code: 451).isTransient && !MailError.refused(address, code: 550).isTransient)
        #expect(sink.mails.isEmpty)
    }

    @Test(arguments: [MailServer.Security.startTLS, .tls])
    func `with TLS, the login goes encrypted to a server that is trusted`(security: MailServer.Security) async throws {
        let certificate = try await Certificate()
        let sink = try await MailSink([
            security == .tls ? "--tls" : "--starttls", "--certificate", certificate.folder.path, "--login",
            "ada:s3cret",
        ])
        let login = try MailServer.Login(user: "ada", password: "s3cret")
        let trusting = client(authority: certificate.authority, port: sink.port)
        try await trusting.send(try mail(host: "mail.test", sink.port, security, login: login))
        #expect(sink.mails.first?["encrypted"] == true && sink.mails.first?["authenticated"] == true)

        let wrong = try MailServer.Login(user: "ada", password: "wrong")
        let address = HostPort(host: "mail.test", port: sink.port)
        await #expect(throws: MailError.loginRefused(address)) {
            try await trusting.send(try mail(host: "mail.test", sink.port, security, login: wrong))
        }
        // An authority that nobody knows, and a certificate for another name.
        await #expect(throws: MailError.transport(.tls(address, .untrusted))) {
            try await client(port: sink.port).send(try mail(host: "mail.test", sink.port, security, login: login))
        }
        let other = HostPort(host: "other.test", port: sink.port)
        await #expect(throws: MailError.transport(.tls(other, .untrusted))) {
            try await trusting.send(try mail(host: "other.test", sink.port, security, login: login))
        }
        #expect(sink.mails.count == 1)
    }

    @Test func `a server without STARTTLS gets no mail that asks for it`() async throws {
        let sink = try await MailSink()
        await #expect(throws: MailError.noEncryption(HostPort(host: "127.0.0.1", port: sink.port))) {
            try await client().send(try mail(sink.port, .startTLS))
        }
        #expect(sink.mails.isEmpty)
    }

    @Test func `a private network is closed unless somebody opened it`() async throws {
        let sink = try await MailSink()
        let address = HostPort(host: "127.0.0.1", port: sink.port)
        let guarded = client(.guarded(allow: []))
        await #expect(throws: MailError.transport(.destinationRefused(address))) {
            try await guarded.send(try mail(sink.port))
        }
        try await guarded.send(try mail(sink.port, opened: [address]))
        #expect(sink.mails.count == 1)
    }

    @Test func `nobody listens`() async throws {
        let port = FreePort.next()
        await #expect(throws: MailError.transport(.notConnected(HostPort(host: "127.0.0.1", port: port)))) {
            try await client().send(try mail(port))
        }
    }
}

@Suite struct MailAddressTests {
    @Test(arguments: ["ada@example.com", "a.b+c@mail.example.co", "x@localhost", "o'neil@example.com"])
    func `an address can stand in an envelope`(text: String) throws {
        #expect(try MailAddress(text).text == text)
    }

    @Test(arguments: [
        "", "ada", "@example.com", "ada@", "ada@@example.com", "ada@example.com\r\nRCPT TO:<eve@example.com>",
        "ada@exam ple.com", "ada@example.com>", "<ada@example.com", "\"a b\"@example.com", "ada@[127.0.0.1]",
        "ada@-example.com", "ada@example-.com", "ada@example..com", ".ada@example.com", "ada.@example.com",
        "ädå@example.com", "ada@exämple.com", "ada@example.com\0", "ada,eve@example.com",
        String(repeating: "a", count: 65) + "@example.com", "a@" + String(repeating: "b", count: 64) + ".com",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: MailError.invalidAddress) { try MailAddress(text) }
    }

    @Test(arguments: ["user\r\nDATA", "user\0", "", "user\u{7F}"])
    func `a login ends no command`(user: String) {
        #expect(throws: MailError.invalidServer) { try MailServer.Login(user: user, password: "x") }
    }

    @Test(arguments: ["Subject: x\n\nbare\n", "Subject: x\r\n\r\nno end", "Subject: x\r\rx\r\n", "x\u{0}\r\n"])
    func `a message that could be read in two ways is not sent`(text: String) async throws {
        let client = MailClient(
            configuration: HTTPClientConfiguration(egress: .open),
            logger: Logger(label: "mail") { _ in SwiftLogNoOpLogHandler() })
        let address = try MailAddress("ada@example.com")
        let mail = OutboundMail(
            server: try MailServer(host: "127.0.0.1", port: 1, security: .none), from: address, to: address,
            message: Array(text.utf8))
        await #expect(throws: MailError.invalidMessage) { try await client.send(mail) }
    }
}
