import Foundation
import HTTPAPI
import Jobs
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Notifications

/// What administrators tell many people for a while.
@Suite(.timeLimit(.minutes(2))) struct AnnouncementTests {
    private func body(
        _ title: String, _ office: NoticeOffice, from: TimeInterval? = nil, until: TimeInterval = 86_400,
        audience: [JSON] = []
    ) -> JSON {
        let now = office.stage.now
        return [
            "title": .string(title), "body": "Line 1\nLine 2", "audience": .array(audience),
            "startsAt": from.map { .string(Timestamp.text(now + $0)) } ?? .null,
            "endsAt": .string(Timestamp.text(now + until)),
        ]
    }

    @Test func `everybody is told, those who join while it runs, too, and each once`() async throws {
        let office = try await NoticeOffice()
        try await office.stage.disable(office.cleo, in: office.scope)
        let made = try await office.call("announcements.create", [], body("Maintenance", office))
        #expect(made.status == 201, "\(made.json)")
        // Whoever announces does not wait until everybody is told.
        #expect(try await office.unread(of: office.bob) == 0)
        let due: SQL = "select count(*) from announcements where due_at is not null"
        #expect(try await office.stage.count(due, in: office.scope) == 1)
        try await office.announce()
        let message = try #require(try await office.call("my-notices.list", by: office.bob).items.first)
        #expect(message["title"]?.text == "Maintenance" && message["body"]?.text == "Line 1\nLine 2")
        #expect(try await office.unread(of: office.cleo) == 0)
        // It rests until somebody joins.
        #expect(try await office.stage.count(due, in: office.scope) == 0)
        let dora = try await office.stage.makeUser("dora", in: office.scope)
        try await office.announce()
        #expect(try await office.titles(of: dora) == [])
        let hints = office.hints.count
        for _ in 0..<2 {
            try await office.notifications.announceAnew(at: office.stage.now, in: office.scope)
            try await office.announce()
        }
        #expect(try await office.titles(of: dora) == ["Maintenance"])
        #expect(office.hints.dropFirst(hints) == [[dora]], "nobody who has it is bothered again")
        #expect(try await office.titles(of: office.ada) == ["Maintenance"])
        // When it is over it is gone.
        office.stage.wait(86_401)
        #expect(try await office.titles(of: office.ada) == [])
        #expect(try await office.unread(of: office.ada) == 0)
        for page in Announcement.listing.samples {
            _ = try await office.notifications.announcements(page, in: office.scope)
        }
    }

    @Test func `however much one company announces, another's is told beside it`() async throws {
        let office = try await NoticeOffice()
        let other = try await office.stage.makeTenant("bolt")
        let eve = try await office.stage.makeUser("eve", in: other)
        for number in 0..<10 {
            #expect(try await office.call("announcements.create", [], body("Ours \(number)", office)).status == 201)
        }
        let theirs = try await office.call("announcements.create", [], body("Theirs", office), by: eve, in: other)
        #expect(theirs.status == 201)
        #expect(try await office.pump.round() == 3, "two of the many, and the other")
        #expect(try await office.titles(of: office.ada).count == 2)
        #expect(
            try await office.call("my-notices.list", by: eve, in: other).items.map { $0["title"]?.text } == ["Theirs"])
        try await office.announce()
        #expect(try await office.titles(of: office.ada).count == 10)
    }

    @Test func `one with a start waits for it, and reaches only those whom it is for`() async throws {
        let office = try await NoticeOffice()
        let group = try await office.stage.makeGroup("Ops", of: [office.bob], in: office.scope)
        let role = try await office.stage.makeRole("Night", of: [office.cleo], in: office.scope)
        let audience: [JSON] = [["group": .string(group.text)], ["role": .string(role.text)]]
        let made = try await office.call(
            "announcements.create", [], body("Night shift", office, from: 3600, audience: audience))
        #expect(made.status == 201, "\(made.json)")
        guard case .array(let named)? = made.json["audience"] else { return #expect(Bool(false)) }
        #expect(Set(named.compactMap { $0["name"]?.text }) == ["Ops", "Night"])
        try await office.announce()
        #expect(try await office.titles(of: office.bob) == [])
        office.stage.wait(3600)
        try await office.announce()
        #expect(try await office.titles(of: office.bob) == ["Night shift"])
        #expect(try await office.titles(of: office.cleo) == ["Night shift"])
        #expect(try await office.titles(of: office.ada) == [])
        // Whoever comes into the group later is told, though others with greater ids were before.
        try await office.stage.database.execute(
            """
            insert into group_members (tenant_id, group_id, user_id)
            values (\(office.scope.tenant), \(group), \(office.ada))
            """, in: office.scope)
        try await office.notifications.announceAnew(at: office.stage.now, in: office.scope)
        try await office.announce()
        #expect(try await office.titles(of: office.ada) == ["Night shift"])
    }

    @Test func `one that is for nobody any more is not for everybody`() async throws {
        let office = try await NoticeOffice()
        let group = try await office.stage.makeGroup("Ops", of: [office.bob], in: office.scope)
        _ = try await office.call(
            "announcements.create", [],
            body("Secret party", office, from: 60, audience: [["group": .string(group.text)]]))
        try await office.stage.database.execute(
            "delete from groups where tenant_id = \(office.scope.tenant) and group_id = \(group)", in: office.scope)
        office.stage.wait(60)
        try await office.announce()
        for user in [office.ada, office.bob, office.cleo] { #expect(try await office.unread(of: user) == 0) }
    }

    @Test func `a new one takes the place of the old, and a deleted one is taken back`() async throws {
        let office = try await NoticeOffice()
        let made = try await office.call("announcements.create", [], body("Saturday", office))
        try await office.announce()
        _ = try await office.call("my-notices.read-all", by: office.ada)
        let id = made["id"]
        office.stage.wait(1)
        let stale = try await office.call(
            "announcements.replace", [id], body("Sunday", office), version: made.version + 1)
        #expect(stale.status == 412)
        let changed = try await office.call(
            "announcements.replace", [id], body("Sunday", office), version: made.version)
        #expect(changed.status == 200 && changed.version == 2, "\(changed.json)")
        try await office.announce()
        #expect(try await office.titles(of: office.ada) == ["Sunday"])
        #expect(try await office.unread(of: office.ada) == 1)
        office.stage.wait(1)
        #expect(try await office.call("announcements.delete", [id]).status == 204)
        #expect(try await office.call("announcements.list").items.isEmpty)
        try await office.announce()
        #expect(try await office.stage.count("select count(*) from announcements", in: office.scope) == 0)
        #expect(try await office.titles(of: office.ada) == [])
        #expect(try await office.call("announcements.show", [id]).status == 404)
        let lines = try await office.stage.lines(in: office.scope).filter { $0.contains(" success ") }
        #expect(
            lines == [
                "announcement.created success Saturday", "announcement.changed success Sunday",
                "announcement.deleted success Sunday",
            ])
    }

    @Test func `what cannot be is refused`() async throws {
        let office = try await NoticeOffice()
        let nobody: JSON = ["user": .string(UserID.new().text)]
        let unknown = try await office.call(
            "announcements.create", [], body("To nobody", office, audience: [nobody]))
        #expect(unknown.status == 422 && unknown.problem == "unknown-audience")
        #expect(try await office.call("announcements.create", [], body(" ", office)).status == 422)
        #expect(try await office.call("announcements.create", [], body("x", office, until: -1)).status == 422)
        let turned = try await office.call("announcements.create", [], body("x", office, from: 60, until: 30))
        #expect(turned.status == 422)
        #expect(try await office.stage.count("select count(*) from announcements", in: office.scope) == 0)
    }

    @Test func `another company's is neither seen nor changed`() async throws {
        let office = try await NoticeOffice()
        let id = try await office.call("announcements.create", [], body("Ours", office))["id"]
        let other = try await office.stage.makeTenant("bolt")
        let eve = try await office.stage.makeUser("eve", in: other)
        try await office.announce()
        #expect(try await office.call("announcements.list", by: eve, in: other).items.isEmpty)
        #expect(try await office.call("announcements.show", [id], by: eve, in: other).status == 404)
        #expect(try await office.call("announcements.delete", [id], by: eve, in: other).status == 404)
        #expect(try await office.call("my-notices.list", by: eve, in: other).items.isEmpty)
    }
}
