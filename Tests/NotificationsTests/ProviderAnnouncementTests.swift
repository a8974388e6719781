import Foundation
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Notifications

/// What the hosting provider tells the people of its tenants.
@Suite(.timeLimit(.minutes(2))) struct ProviderAnnouncementTests {
    /// Two companies besides the office's own, each with somebody.
    private struct Scene {
        let office: NoticeOffice
        let bolt: TenantScope
        let eve: UserID
        let operatorID = ProviderOperatorID.new()

        init() async throws {
            office = try await NoticeOffice()
            bolt = try await office.stage.makeTenant("bolt")
            eve = try await office.stage.makeUser("eve", in: bolt)
        }

        func save(
            _ title: String, tenants: [TenantID] = [], isForAdministrators: Bool = false, from: TimeInterval? = nil
        ) -> SaveProviderAnnouncement {
            let now = office.stage.now
            return SaveProviderAnnouncement(
                title: title, body: "Text", tenants: tenants, isForAdministrators: isForAdministrators,
                startsAt: from.map { now + $0 }, endsAt: now + 86_400)
        }

        func create(_ request: SaveProviderAnnouncement) async throws -> ProviderAnnouncement {
            try await office.notifications.createProviderAnnouncement(
                request, by: operatorID, at: office.stage.now, audit: .discarding, in: ProviderScope())
        }

        func run() async throws {
            try await office.notifications.spread(at: office.stage.now)
            try await office.announce()
        }

        func titles(_ user: UserID, in scope: TenantScope? = nil) async throws -> [String] {
            try await office.call("my-notices.list", by: user, in: scope).items.compactMap { $0["title"]?.text }
        }
    }

    @Test func `all tenants are told, those that come later, too, and each once`() async throws {
        let scene = try await Scene()
        let made = try await scene.create(scene.save("Maintenance"))
        #expect(try await scene.titles(scene.office.ada) == [], "whoever announces does not wait")
        for _ in 0..<2 { try await scene.run() }
        #expect(try await scene.titles(scene.office.ada) == ["Maintenance"])
        #expect(try await scene.titles(scene.eve, in: scene.bolt) == ["Maintenance"])
        let corp = try await scene.office.stage.makeTenant("corp")
        let fay = try await scene.office.stage.makeUser("fay", in: corp)
        try await scene.run()
        #expect(try await scene.titles(fay, in: corp) == ["Maintenance"])
        // Changed, it takes the place of the old one.
        scene.office.stage.wait(1)
        _ = try await scene.office.notifications.replaceProviderAnnouncement(
            made.id, scene.save("Later"), from: 1, at: scene.office.stage.now, audit: .discarding, in: ProviderScope())
        try await scene.run()
        #expect(try await scene.titles(scene.office.ada) == ["Later"])
        #expect(try await scene.titles(scene.eve, in: scene.bolt) == ["Later"])
        // And deleted, it leaves nothing.
        try await scene.office.notifications.deleteProviderAnnouncement(
            made.id, at: scene.office.stage.now, audit: .discarding, in: ProviderScope())
        for _ in 0..<2 { try await scene.run() }
        for (user, scope) in [(scene.office.ada, scene.office.scope), (scene.eve, scene.bolt), (fay, corp)] {
            #expect(try await scene.titles(user, in: scope) == [])
        }
        let left = try await scene.office.stage.test.superuser().query(
            "select (select count(*) from announcements) + (select count(*) from provider_announcements)"
        ) { try $0.next(Int.self) }
        #expect(left == [0])
        for page in ProviderAnnouncement.listing.samples {
            _ = try await scene.office.notifications.providerAnnouncements(page, in: ProviderScope())
        }
    }

    @Test func `chosen tenants are told and no others, and one that is left out loses it`() async throws {
        let scene = try await Scene()
        let made = try await scene.create(scene.save("Only Bolt", tenants: [scene.bolt.tenant]))
        #expect(made.tenants.map(\.id) == [scene.bolt.tenant])
        try await scene.run()
        #expect(try await scene.titles(scene.eve, in: scene.bolt) == ["Only Bolt"])
        #expect(try await scene.titles(scene.office.ada) == [])
        #expect(try await scene.office.call("announcements.list").items.isEmpty)
        _ = try await scene.office.notifications.replaceProviderAnnouncement(
            made.id, scene.save("Only Acme", tenants: [scene.office.scope.tenant]), from: 1, at: scene.office.stage.now,
            audit: .discarding, in: ProviderScope())
        try await scene.run()
        #expect(try await scene.titles(scene.eve, in: scene.bolt) == [])
        #expect(try await scene.titles(scene.office.ada) == ["Only Acme"])
        await #expect(throws: NotificationError.unknownTenant) {
            _ = try await scene.create(scene.save("x", tenants: [.new()]))
        }
    }

    @Test func `a tenant sees what the provider told it, and cannot change it`() async throws {
        let scene = try await Scene()
        _ = try await scene.create(scene.save("Hello"))
        try await scene.run()
        let own = try #require(try await scene.office.call("announcements.list").items.first)
        #expect(own["isProviders"] == true && own["title"] == "Hello")
        let id = own["id"]?.text ?? ""
        let refused = try await scene.office.call("announcements.delete", [id])
        #expect(refused.status == 409 && refused.problem == "announcement-of-provider")
        let body: JSON = [
            "title": "x", "body": "x", "audience": [], "startsAt": .null,
            "endsAt": .string(Timestamp.text(scene.office.stage.now + 60)),
        ]
        let replaced = try await scene.office.call("announcements.replace", [id], body, version: 1)
        #expect(replaced.problem == "announcement-of-provider")
        // Nor does another tenant find it.
        #expect(try await scene.office.call("announcements.show", [id], by: scene.eve, in: scene.bolt).status == 404)
    }

    @Test func `one for administrators reaches them alone, and one that begins later waits`() async throws {
        let scene = try await Scene()
        let role = try await scene.office.stage.makeRole(
            "Administrator", of: [scene.office.cleo], in: scene.office.scope)
        try await scene.office.stage.database.execute(
            """
            update roles set built_in = 'administrator'
            where tenant_id = \(scene.office.scope.tenant) and role_id = \(role)
            """, in: scene.office.scope)
        _ = try await scene.create(scene.save("Prices", isForAdministrators: true, from: 60))
        try await scene.run()
        #expect(try await scene.titles(scene.office.cleo) == [])
        scene.office.stage.wait(61)
        try await scene.run()
        #expect(try await scene.titles(scene.office.cleo) == ["Prices"])
        #expect(try await scene.titles(scene.office.ada) == [])
        #expect(try await scene.titles(scene.eve, in: scene.bolt) == [])
    }
}
