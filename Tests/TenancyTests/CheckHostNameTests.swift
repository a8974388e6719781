import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import Synchronization
import Testing

@testable import Tenancy

@Suite struct CheckHostNameTests {
    /// What answers at each name, and who was asked.
    private final class Network: Sendable {
        private let state = Mutex<(answers: [String: String], asked: [String])>((answers: [:], asked: []))

        func lead(_ name: String, to slug: String?) { state.withLock { $0.answers[name] = slug } }
        var asked: [String] { state.withLock { $0.asked } }

        func check(_ stage: Stage) -> CheckHostName {
            CheckHostName(database: stage.database) { name, _ in
                try self.state.withLock { state in
                    state.asked.append(name.text)
                    guard state.answers[name.text] != "broken" else { throw Problem(.notFound) }
                    return state.answers[name.text]
                }
            }
        }
    }

    private func set(_ name: String?, _ fixture: SettingsFixture, in scope: TenantScope) async throws {
        let value: JSON = name.map(JSON.string) ?? .null
        #expect(try await fixture.change(["host.name": value], in: scope).status == 200)
    }

    @Test func `links take a name once it leads to the portal, and no longer`() async throws {
        let fixture = try await SettingsFixture()
        let (stage, network) = (fixture.stage, Network())
        let check = network.check(stage)
        func leading() async throws -> String? { try await stage.tenancy.leadingNames(in: fixture.acme).host }
        let none = HostNameStanding(name: nil, leadsHereSince: nil, checkedAt: nil)
        #expect(try await check.look(at: stage.now, in: fixture.acme) == none && network.asked.isEmpty)

        try await set("access.acme.example", fixture, in: fixture.acme)
        #expect(try await leading() == nil)
        // Nothing answers, then somebody else's portal, then something that is none at all.
        for answer in [nil, "bolt", "broken"] {
            network.lead("access.acme.example", to: answer)
            let standing = try await check.look(at: stage.now, in: fixture.acme)
            #expect(standing.leadsHereSince == nil && standing.checkedAt == stage.now)
            #expect(try await leading() == nil)
        }
        network.lead("access.acme.example", to: "acme")
        let since = stage.now
        #expect(try await check.look(at: since, in: fixture.acme).leadsHereSince == since)
        #expect(try await leading() == "access.acme.example")
        stage.wait(60)
        let later = try await check.look(at: stage.now, in: fixture.acme)
        #expect(later.leadsHereSince == since && later.checkedAt == stage.now)
        // Another setting leaves it alone; another name, or none, begins anew.
        #expect(try await fixture.change(["locale.language": "zh"], in: fixture.acme).status == 200)
        #expect(try await leading() == "access.acme.example")
        try await set("gate.acme.example", fixture, in: fixture.acme)
        #expect(try await leading() == nil)
        #expect(try await check.standing(in: fixture.acme).checkedAt == nil)
        network.lead("gate.acme.example", to: "acme")
        _ = try await check.look(at: stage.now, in: fixture.acme)
        #expect(try await leading() == "gate.acme.example")
        network.lead("gate.acme.example", to: nil)
        #expect(try await check.look(at: stage.now, in: fixture.acme).leadsHereSince == nil)
        #expect(try await leading() == nil)
        try await set(nil, fixture, in: fixture.acme)
        #expect(try await check.standing(in: fixture.acme) == none)
        #expect(try await stage.tenancy.leadingNames(in: fixture.bolt).host == nil)
    }

    @Test func `names are looked at in turn, those that do not lead here more often`() async throws {
        let fixture = try await SettingsFixture()
        let (stage, network) = (fixture.stage, Network())
        let check = network.check(stage)
        #expect(try await check.lookAround(at: stage.now) == 0)
        try await set("access.acme.example", fixture, in: fixture.acme)
        try await set("access.bolt.example", fixture, in: fixture.bolt)
        network.lead("access.acme.example", to: "acme")
        #expect(try await check.lookAround(at: stage.now) == 2)
        #expect(try await check.lookAround(at: stage.now) == 0)
        stage.wait(CheckHostName.patience + 1)
        #expect(try await check.lookAround(at: stage.now) == 1)
        #expect(network.asked.last == "access.bolt.example")
        stage.wait(CheckHostName.rest + 1)
        #expect(try await check.lookAround(at: stage.now) == 2)
        // Nobody comes to a company that is shut.
        _ = try await stage.tenancy.change(
            fixture.bolt.tenant, .suspend, by: "Olga", audit: .discarding, at: stage.now)
        stage.wait(CheckHostName.rest + 1)
        #expect(try await check.lookAround(at: stage.now) == 1)
    }

    @Test func `whoever administers may look, and the trail says what was seen`() async throws {
        let fixture = try await SettingsFixture()
        let (stage, network) = (fixture.stage, Network())
        let endpoints = stage.mount(HostNameRoutes.group, on: network.check(stage))
        try await set("access.acme.example", fixture, in: fixture.acme)
        network.lead("access.acme.example", to: "acme")
        let before = try await stage.call(endpoints, "host-name.show", by: fixture.ada, in: fixture.acme)
        #expect(before["name"] == "access.acme.example" && before.json["leadsHereSince"] == .null)
        let seen = try await stage.call(endpoints, "host-name.check", by: fixture.ada, in: fixture.acme)
        #expect(seen.status == 200 && !seen["leadsHereSince"].isEmpty)
        let foreign = try await stage.call(endpoints, "host-name.show", by: fixture.bob, in: fixture.bolt)
        #expect(foreign.json["name"] == .null)
        let details = try await stage.database.first(
            "select details from audit_events where action = 'host-name.checked'", in: fixture.acme
        ) { try $0.next(JSON.self) }
        #expect(details?["leadsHere"] == true && details?["name"] == "access.acme.example")
    }
}
