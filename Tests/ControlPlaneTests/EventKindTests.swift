import Foundation
import HTTPAPI
import Kernel
import Messaging
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// What webhooks may hear of: every event that the product publishes, and of each what its feature declares.
@Suite struct EventKindTests {
    private static func isWord(_ text: String) -> Bool { text.wholeMatch(of: #/[a-z-]+\.[a-z-]+/#) != nil }
    private static var declared: [String: [String]] {
        Dictionary(uniqueKeysWithValues: EventKinds.published.items.map { ($0.type, $0.members) })
    }

    /// Sent to the webhook of a flow by its ticket, and never published.
    private static let sentDirectly: Set<String> = ["ticket.decision-needed"]

    /// Heard in the house only.
    private static let internally: Set<String> = ["identity-sync.imported"]

    @Test func `every file that publishes events declares all of them`() {
        let kinds = Set(Self.declared.keys)
        var named: Set<String> = []
        var files = 0
        for source in ProductSource.all
        where source.path.hasPrefix("Sources/Features/") && source.text.contains("DomainEvent(") {
            files += 1
            for literal in source.swift.literals {
                guard case .text(let text)? = literal.parts.first, literal.parts.count == 1, Self.isWord(text),
                    !Self.sentDirectly.union(Self.internally).contains(text)
                else { continue }
                #expect(kinds.contains(text), "\(source.path) names \(text), which no feature declares")
                named.insert(text)
            }
        }
        #expect(files >= 10)
        // The other way round: nothing is declared that nobody publishes.
        #expect(kinds.subtracting(named).isEmpty, "\(kinds.subtracting(named).sorted())")
    }

    @Test func `no member is a secret, and kinds are words that can be subscribed to`() throws {
        let hints = ["secret", "password", "token", "code", "cookie", "private", "hash", "seed", "link", "url"]
        for (type, members) in Self.declared {
            #expect(Self.isWord(type), "\(type)")
            for member in members {
                #expect(!hints.contains { member.lowercased().contains($0) }, "\(type) has \(member)")
            }
            #expect(Set(members).count == members.count)
        }
        #expect(Self.declared.count > 50)
    }

    @Test func `the table of the documentation is the declarations`() throws {
        let text = try Repository.text("Docs/webhooks.md")
        let rows = text.split(separator: "\n").filter {
            $0.hasPrefix("| `") && $0.contains(".") && !$0.contains("POST")
        }
        let expected = (EventKinds.published.items + [EventKinds.disabled]).sorted { $0.type < $1.type }.map { kind in
            let members = kind.members.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(kind.type)` | \(members.isEmpty ? "–" : members) |"
        }
        #expect(rows.map(String.init) == expected)
    }

    @Test func `whoever chooses events reads of each what it is, in every language`() throws {
        let types = (EventKinds.published.items + [EventKinds.disabled]).map(\.type)
        let families = Set(types.map { String($0.prefix { $0 != "." }) })
        for language in ["en", "zh"] {
            let texts = try JSONParser.parse(Array(try Repository.text("Web/locales/\(language).json").utf8))
            #expect(types.filter { texts["event-name.\($0)"]?.text == nil } == [], "\(language)")
            #expect(families.filter { texts["event-family.\($0)"]?.text == nil } == [], "\(language)")
        }
    }

    @Test func `what a company's day publishes is declared, member by member, and has none of its secrets`()
        async throws
    {
        let installation = try await Installation()
        let house = try await Household(installation.makeTenant("acme"))
        let ada = house.person
        // What the household has not done: people, groups, nodes and roles come, change and go.
        for operation in Catalogue.tenant
        where ["users", "groups", "nodes", "assets", "accounts", "roles", "access", "tickets", "organizations"]
            .contains(String(operation.name.prefix { $0 != "." }))
        {
            guard let request = try await house.request(for: operation) else { continue }
            _ = try await ada.call(request.method, request.path, request.body, version: request.version)
        }
        let tenant = try await house.tenant()
        let published = try await installation.test.superuser().query(
            "select type, subject, data from events where tenant_id = \(tenant)"
        ) { (try $0.next(String.self), try $0.next(String.self), try $0.next(JSON.self)) }
        #expect(Set(published.map(\.0)).count >= 12, "\(Set(published.map(\.0)).sorted())")
        for (type, subject, data) in published {
            let members = try #require(
                Self.declared[type] ?? (type == "webhook.disabled" ? ["name", "reason"] : nil), "\(type)")
            guard case .object(let found) = data else {
                Issue.record("\(type) has no object")
                continue
            }
            for member in found { #expect(members.contains(member.name), "\(type) publishes \(member.name)") }
            let text = String(decoding: data.bytes, as: UTF8.self)
            for secret in ada.secrets { #expect(!text.contains(secret), "\(type) has a secret") }
            #expect(!subject.isEmpty)
        }
        // And it reached the endpoint: one that hears of everything has a delivery for each.
        try await eventually("everything was handed on", within: .seconds(20)) {
            let missing = try await installation.test.superuser().query(
                """
                select count(*) from events e where e.tenant_id = \(tenant) and e.type <> 'webhook.disabled'
                  and e.at > (select created_at from webhooks where tenant_id = e.tenant_id and name = 'all')
                  and not exists (select from webhook_deliveries d
                    where d.tenant_id = e.tenant_id and d.event_id = e.event_id)
                """
            ) { try $0.next(Int.self) }
            return missing == [0]
        }
    }
}
