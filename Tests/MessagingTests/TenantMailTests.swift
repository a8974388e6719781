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

/// Companies with mail servers of their own, real ones, beside the installation's.
@Suite(.timeLimit(.minutes(2)), .enabled(if: MailSink.isThere, "needs aiosmtpd (GATEHOUSE_TEST_PYTHON)"))
struct TenantMailTests {
    @Test func `the letters of two companies go through their own servers, in their own names`() async throws {
        let office = try await PostOffice()
        let certificate = try await PostOffice.Certificate()
        let arguments = ["--starttls", "--certificate", certificate.folder.path, "--login", "acme:s3cret"]
        let (first, second) = (try await MailSink(arguments), try await MailSink())
        let trusting = try office.mailer(certificate, at: first.port)
        let (acme, bolt, cole) = (
            try await office.tenant("acme"), try await office.tenant("bolt"), try await office.tenant("cole")
        )
        try await office.open(first.port, in: acme)
        try await office.open(second.port, in: bolt)
        let saved = try await office.set(
            [
                "host": "mail.test", "port": .int(Int64(first.port)), "security": "starttls", "user": "acme",
                "password": "s3cret", "from": "access@acme.example",
            ], in: acme)
        #expect(saved.status == 200)
        #expect(try await office.set(office.plain(second.port, from: "access@bolt.example"), in: bolt).status == 200)

        for scope in [acme, bolt, cole] { try await office.post(for: scope.tenant, by: trusting) }
        try await office.post(for: nil, by: trusting)
        let (acmes, bolts) = (try #require(first.mails.first), try #require(second.mails.first))
        #expect(first.mails.count == 1 && second.mails.count == 1)
        #expect(acmes["from"] == "access@acme.example" && bolts["from"] == "access@bolt.example")
        #expect(acmes["headers"]?["From"] == "acme <access@acme.example>")
        #expect(acmes["encrypted"] == true && acmes["authenticated"] == true && bolts["encrypted"] == false)
        #expect(office.sink.mails.map { $0["from"] } == ["gatehouse@example.com", "gatehouse@example.com"])
        // What goes through a company's own server costs nothing.
        for (scope, count) in [(acme, 0), (bolt, 0), (cole, 1)] {
            let sql: SQL = "select count(*) from usage_events where meter = 'mail'"
            #expect(try await office.stage.count(sql, in: scope) == count)
        }
    }

    @Test func `a server inside is reached only if it was opened, and without encryption only then`() async throws {
        let office = try await PostOffice()
        let (acme, bolt) = (try await office.tenant("acme"), try await office.tenant("bolt"))
        let inside = try await MailSink()
        // Another company's opening is not theirs.
        try await office.open(inside.port, in: bolt)
        #expect(try await office.set(office.plain(inside.port), in: acme).status == 200)
        let clear = try await office.test(in: acme)
        #expect(clear.json["isTaken"] == false && clear["error"].contains("without encryption"), "\(clear.json)")
        #expect(try await office.set(office.plain(inside.port, security: "starttls"), in: acme).status == 200)
        let closed = try await office.test(in: acme)
        #expect(closed.json["isTaken"] == false && closed["error"].contains("private"), "\(closed.json)")
        try await office.open(inside.port, in: acme)
        let bare = try await office.test(in: acme)
        #expect(bare.json["isTaken"] == false && bare["error"].contains("STARTTLS"), "\(bare.json)")
        #expect(inside.mails.isEmpty)
        #expect(try await office.set(office.plain(inside.port), in: acme).status == 200)
        #expect(try await office.test(in: acme).json["isTaken"] == true)
        #expect(inside.mails.count == 1)

        // What waits follows what is opened, and what is closed again.
        try await office.close(in: acme)
        let waiting = try await office.post(for: acme.tenant, expecting: "pending")
        #expect(try await office.error(of: waiting).contains("without encryption") && inside.mails.count == 1)
        try await office.open(inside.port, in: acme)
        try await office.mailer.deliver(waiting, of: acme.tenant, at: office.stage.now)
        #expect(inside.mails.count == 2 && office.sink.mails.isEmpty)
    }

    @Test func `a server that does not answer is not replaced by the installation's`() async throws {
        let office = try await PostOffice()
        let acme = try await office.tenant("acme")
        let port = FreePort.next()
        try await office.open(port, in: acme)
        #expect(try await office.set(office.plain(port), in: acme).status == 200)
        let mail = try await office.post(for: acme.tenant, expecting: "pending")
        #expect(try await office.error(of: mail).contains("127.0.0.1:\(port)") && office.sink.mails.isEmpty)
        // Without a server of their own it is the installation's again, also for what waits.
        #expect(try await office.set(.null, in: acme).status == 200)
        try await office.mailer.deliver(mail, of: acme.tenant, at: office.stage.now)
        #expect(office.sink.mails.count == 1)
    }

    @Test func `the password is sealed, stays with its server, and takes a login that is encrypted`() async throws {
        let office = try await PostOffice()
        let acme = try await office.tenant("acme")
        func server(_ changes: JSON) -> JSON {
            let whole: JSON = [
                "host": "mail.example.com", "port": 587, "security": "starttls", "user": "acme",
                "from": "access@acme.example",
            ]
            return whole.merging(changes)
        }
        #expect(try await office.set(server(["password": "s3cret-of-acme"]), in: acme).status == 200)
        let shown = try await office.show(in: acme)
        #expect(shown["hasSecret"] == true && shown["value"]?["user"] == "acme" && shown["value"]?["password"] == nil)
        let dump = try await office.stage.dump()
        #expect(!dump.contains("s3cret-of-acme") && !dump.contains(Hex.encode(Array("s3cret-of-acme".utf8))))
        // Another sender keeps it; another host, port, encryption or user does not.
        #expect(try await office.set(server(["from": "hello@acme.example"]), in: acme).status == 200)
        #expect(try await office.password(in: acme) == "s3cret-of-acme")
        let elsewhere: [JSON] = [
            ["host": "evil.example.com"], ["port": 588], ["security": "tls"], ["user": "eve"],
        ]
        for change in elsewhere {
            let refused = try await office.set(server(change), in: acme)
            #expect(refused.status == 422 && refused.pointer == "/mail.server/password", "\(change)")
        }
        let clear = try await office.set(server(["security": "none", "password": "x"]), in: acme)
        #expect(clear.status == 422 && clear.pointer == "/mail.server/user")
        let nobody = try await office.set(server(["user": .null, "password": "x"]), in: acme)
        #expect(nobody.status == 422 && nobody.pointer == "/mail.server/user")
        let hostile: [JSON] = [
            ["host": "a b"], ["host": "UPPER"], ["host": "[::1]"], ["host": ""], ["port": 0], ["port": 65_536],
            ["user": "a\r\nRCPT"], ["from": "x"], ["from": "x@localhost"], ["from": "a@b.c\r\nBcc: d@e.f"],
            ["from": ".a@b.c"], ["security": "plain"],
        ]
        for change in hostile {
            #expect(try await office.set(server(change), in: acme).status == 422, "\(change)")
        }
        #expect(try await office.password(in: acme) == "s3cret-of-acme")
    }

    @Test func `a test says what the server said, and leaves a line in the trail`() async throws {
        let office = try await PostOffice()
        let acme = try await office.tenant("acme")
        #expect(try await office.test(in: acme).problem == "no-mail-server")
        let sink = try await MailSink()
        try await office.open(sink.port, in: acme)
        #expect(try await office.set(office.plain(sink.port), in: acme).status == 200)
        let refused = try await office.test("refused@example.com", in: acme)
        #expect(refused.status == 200 && refused.json["isTaken"] == false && refused["error"].contains("550"))
        #expect(refused["server"] == "127.0.0.1:\(sink.port)")
        let taken = try await office.test(in: acme)
        #expect(taken.json["isTaken"] == true && taken.json["error"] == .null)
        #expect(sink.mails.first?["to"] == ["ada@example.com"])
        #expect(sink.mails.first?["text"]?.text?.contains("mail server of acme works") == true)
        for address in ["nobody", "a@[127.0.0.1]", "a@b.example\r\nDATA"] {
            #expect(try await office.test(address, in: acme).status == 422)
        }
        let lines = try await office.stage.database.query(
            """
            select details from audit_events where action = 'mail-server.tested' and outcome = 'success'
            order by audit_event_id
            """, in: acme
        ) { try $0.next(JSON.self) }
        #expect(lines.compactMap { $0["taken"] } == [.bool(false), .bool(true)])
        #expect(office.sink.mails.isEmpty)
    }

    @Test func `where nobody has a server the letter is handed back, and a company's own is enough`() async throws {
        let office = try await PostOffice(hasMail: false)
        let (acme, bolt) = (try await office.tenant("acme"), try await office.tenant("bolt"))
        let sink = try await MailSink()
        try await office.open(sink.port, in: acme)
        #expect(try await office.set(office.plain(sink.port), in: acme).status == 200)
        #expect(try await office.isTaken(for: bolt.tenant) == false)
        #expect(try await office.isTaken(for: nil) == false)
        try await office.post(for: acme.tenant)
        #expect(sink.mails.count == 1)
        // Taken away while a letter waits: it waits for the next one.
        let port = FreePort.next()
        #expect(try await office.set(office.plain(port), in: acme).status == 200)
        try await office.open(port, in: acme)
        let waiting = try await office.post(for: acme.tenant, expecting: "pending")
        #expect(try await office.set(.null, in: acme).status == 200)
        try await office.mailer.deliver(waiting, of: acme.tenant, at: office.stage.now)
        #expect(try await office.state(of: waiting) == "pending")
        #expect(try await office.error(of: waiting) == "no mail server is set")
    }
}
