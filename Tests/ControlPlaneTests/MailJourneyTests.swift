import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Mail through a whole server: what goes out, and that nothing of it stays.
@Suite(.enabled(if: MailSink.isThere, "needs aiosmtpd (GATEHOUSE_TEST_PYTHON)")) struct MailJourneyTests {
    private func mail(to address: String, _ sink: MailSink) async throws -> JSON {
        try await eventually("a mail for \(address)", within: .seconds(20)) {
            sink.mails.contains { $0["to"] == [.string(address)] }
        }
        return try #require(sink.mails.last { $0["to"] == [.string(address)] })
    }

    private func link(in mail: JSON) -> String {
        (mail["text"]?.text ?? "").split(separator: "\n").map(String.init).first { $0.hasPrefix("http") } ?? ""
    }

    @Test func `invitations go by mail, and come in`() async throws {
        let sink = try await MailSink()
        let installation = try await Installation(mail: sink.port)
        let made = try await installation.provider(
            .post, "/tenants",
            [
                "slug": "acme", "name": "Acme", "language": "zh-Hans",
                "administrator": ["login": "ada", "name": "Ada", "email": "ada@example.com"],
            ])
        #expect(made.status == 201 && made.json["invitationUrl"] == .null && made["mailedTo"] == "ada@example.com")
        let invitation = try await mail(to: "ada@example.com", sink)
        #expect(invitation["headers"]?["Subject"]?.text?.contains("Acme") == true)
        let ada = Person(installation: installation, slug: "acme", login: "ada")
        try await ada.comeIn(by: link(in: invitation))

        let bob = try await ada.call(
            .post, "/users", ["login": "bob", "name": "Bob", "email": "bob@example.com"], expecting: 201)
        #expect(bob.json["invitationUrl"] == .null && bob["mailedTo"] == "bob@example.com")
        let other = Person(installation: installation, slug: "acme", login: "bob")
        try await other.comeIn(by: link(in: try await mail(to: "bob@example.com", sink)))
        // Without an address, and when somebody asks for it, the link is shown.
        let carl = try await ada.call(.post, "/users", ["login": "carl", "name": "Carl"], expecting: 201)
        #expect(carl["invitationUrl"].contains("/invitation#token="))

        try await eventually("nothing of a mail is left", within: .seconds(10)) {
            try await installation.test.superuser().query("select count(*) from mails where sealed is not null") {
                try $0.next(Int.self)
            } == [0]
        }
        let dump = try await installation.dump()
        for secret in ada.secrets.union(other.secrets) { #expect(!dump.contains(secret)) }
    }

    @Test func `who is asked about a sign-in gets a mail, and so does who is to be told`() async throws {
        let sink = try await MailSink()
        let installation = try await Installation(mail: sink.port)
        let made = try await installation.provider(
            .post, "/tenants",
            [
                "slug": "acme", "name": "Acme", "language": "en",
                "administrator": ["login": "ada", "name": "Ada", "email": "ada@example.com"],
            ])
        #expect(made.status == 201)
        let ada = Person(installation: installation, slug: "acme", login: "ada")
        try await ada.comeIn(by: link(in: try await mail(to: "ada@example.com", sink)))
        let me = try await ada.call(.get, "/me").json["user"]?["id"]?.text ?? ""
        let roles = try await ada.call(.get, "/roles").items
        let role = try #require(roles.first { $0["builtIn"]?.text == "administrator" }?["id"]?.text)
        for (action, words) in [("notify", "has signed in from"), ("review", "asks for being let in")] {
            let bob = try await ada.call(
                .post, "/users", ["login": .string("bob-\(action)"), "name": "Bob"], expecting: 201)
            let rules: JSON = [
                [
                    "name": "four eyes", "who": [["user": .string(bob["id"])]], "action": .string(action),
                    "asked": [["user": .string(me)], ["role": .string(role)]],
                ]
            ]
            let version = action == "notify" ? 1 : 2
            try await ada.call(.put, "/sign-in-rules", ["rules": rules], version: version, expecting: 200)
            let other = Person(installation: installation, slug: "acme", login: "bob-\(action)")
            try await other.comeIn(by: bob["invitationUrl"], expecting: action == "notify" ? "done" : "review")
            func letters() -> [JSON] {
                sink.mails.filter {
                    $0["to"] == ["ada@example.com"] && $0["text"]?.text?.contains(words) == true
                }
            }
            try await eventually("Ada is told", within: .seconds(20)) { !letters().isEmpty }
            #expect(letters().count == 1)
            #expect(letters().first?["text"]?.text?.contains("Bob (bob-\(action)") == true)
        }
    }

    @Test func `a code by e-mail comes through the mail server, and lets somebody in`() async throws {
        let sink = try await MailSink()
        let installation = try await Installation(mail: sink.port)
        let made = try await installation.provider(
            .post, "/tenants",
            [
                "slug": "acme", "name": "Acme", "language": "zh-Hans",
                "administrator": ["login": "ada", "name": "Ada", "email": "ada@example.com"],
            ])
        #expect(made.status == 201)
        let ada = Person(installation: installation, slug: "acme", login: "ada")
        try await ada.comeIn(by: link(in: try await mail(to: "ada@example.com", sink)))
        guard case .int(let version)? = try await ada.call(.get, "/settings").json["version"] else {
            return #expect(Bool(false))
        }
        try await ada.call(.patch, "/settings", ["second-factor.email": true], version: Int(version), expecting: 200)
        _ = try await ada.call(
            .post, "/users", ["login": "bob", "name": "Bob", "email": "bob@example.com"], expecting: 201)
        let bob = Person(installation: installation, slug: "acme", login: "bob")
        let invitation = String(
            link(in: try await mail(to: "bob@example.com", sink)).split(separator: "=").last ?? "")
        func step(_ path: String, _ body: JSON) async throws -> Answer {
            try await bob.call(.post, "/auth" + path, body, expecting: 200)
        }
        /// The digits of a letter that was not there before.
        func code(after count: Int) async throws -> String {
            func letters() -> [JSON] {
                sink.mails.filter {
                    $0["to"] == ["bob@example.com"] && $0["headers"]?["Subject"]?.text?.contains("验证码") == true
                }
            }
            try await eventually("a code", within: .seconds(20)) { letters().count > count }
            let text = letters().last?["text"]?.text ?? ""
            #expect(!text.contains("http") && text.contains("五分钟"))
            return text.split(whereSeparator: \.isNewline).map(String.init)
                .first { $0.count == 6 && $0.allSatisfy(\.isNumber) } ?? ""
        }
        let chosen = try await step("/invitation", ["token": .string(invitation), "password": .string(bob.password)])
        #expect(try await step("/email-code", ["token": .string(chosen["token"])])["sentTo"] == "b***@example.com")
        let first = try await code(after: 0)
        let enrolled = try await step("/enrolment/email", ["token": .string(chosen["token"]), "code": .string(first)])
        #expect(enrolled["step"] == "done" && enrolled.cookie != nil)
        let begun = try await step("/sign-in", ["login": "bob", "password": .string(bob.password)])
        #expect(begun.json["factors"] == ["email"])
        _ = try await step("/email-code", ["token": .string(begun["token"])])
        let second = try await code(after: 1)
        let done = try await step("/second-factor", ["token": .string(begun["token"]), "code": .string(second)])
        #expect(done["step"] == "done" && done.cookie != nil)
    }

    @Test func `a company signs itself up`() async throws {
        let sink = try await MailSink()
        let installation = try await Installation(mail: sink.port)
        func visit(_ method: OutboundRequest.Method, _ path: String, _ body: JSON? = nil) async throws -> Answer {
            try await installation.call(method, "/api/v1" + path, body, on: "signup")
        }
        #expect(try await visit(.get, "/sign-up")["mode"] == "off")
        let wish: JSON = [
            "company": "North Ltd.", "slug": "north", "person": "Nora North", "email": "nora@example.com",
        ]
        #expect(try await visit(.post, "/sign-up", wish).status == 403)
        let opened = try await installation.call(
            .put, "/provider/v1/settings/sign-up", ["mode": "open", "trialDays": 7, "contact": "sales@example.com"],
            on: "provider", bearer: installation.providerToken)
        #expect(opened.status == 200, "\(opened.text)")
        #expect(try await visit(.get, "/sign-up")["contact"] == "sales@example.com")

        let asked = try await visit(.post, "/sign-up", wish)
        #expect(asked.status == 202 && asked["mailedTo"] == "nora@example.com", "\(asked.text)")
        let confirmation = link(in: try await mail(to: "nora@example.com", sink))
        #expect(confirmation.hasPrefix("http://signup.localhost"))
        let token = String(confirmation.split(separator: "=").last ?? "")
        // Not on another host, and not for a tenant's or the provider's.
        for host in ["provider", "north"] {
            let elsewhere = try await installation.call(
                .post, "/api/v1/sign-up/confirm", ["token": .string(token)], on: host)
            #expect([400, 404].contains(elsewhere.status))
        }
        let confirmed = try await visit(.post, "/sign-up/confirm", ["token": .string(token)])
        #expect(confirmed.status == 200 && confirmed["state"] == "approved", "\(confirmed.text)")
        #expect(try await visit(.post, "/sign-up/confirm", ["token": .string(token)]).status == 404)
        let nora = Person(installation: installation, slug: "north", login: "admin")
        // It was asked for before it was there, which a server remembers until it hears of it.
        try await eventually("the company is served under its name") {
            try await nora.call(.get, "/auth/tenant").status == 200
        }
        try await nora.comeIn(by: confirmed["invitationUrl"])
        let tenants = try await installation.provider(.get, "/tenants").items
        #expect(tenants.count == 1 && tenants[0]["state"] == "trial")
        // Whoever is shut out later is told whom to ask.
        let id = tenants[0]["id"]?.text ?? ""
        #expect(try await installation.provider(.post, "/tenants/\(id)/suspend").status == 200)
        #expect(try await nora.call(.get, "/auth/tenant")["contact"] == "sales@example.com")
        let dump = try await installation.dump()
        #expect(!dump.contains(token))
    }
}
