import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

@Suite struct TicketExportTests {
    @Test func `the timeline has levels, seats, answers for others, narrowing, reminders and the end`() async throws {
        let desk = try await Desk()
        let endpoints = desk.stage.mount(TicketExportRoutes.group, on: desk.tickets)
        let escalation = PlannedLevel.Escalation(after: 1200, seats: [Seat(user: desk.bob, reason: .escalation)])
        let ticket = try await desk.open([.of(desk.ann, reminder: 600, escalation: escalation), .of(desk.bob)])
        try await desk.handOver(desk.ann, to: desk.abe)
        desk.stage.wait(600)
        _ = try await desk.sweep()
        desk.stage.wait(600)
        _ = try await desk.sweep()
        desk.stage.wait(60)
        let passed = try await desk.decide(ticket, by: desk.abe, duration: 1800)
        desk.stage.wait(60)
        try await desk.decide(passed, by: desk.bob)
        let answer = try await desk.stage.call(
            endpoints, "ticket-exports.timeline", [ticket.id.text], by: desk.rita, in: desk.scope)
        let events = answer.json["events"]?.elements ?? []
        #expect(
            events.compactMap { $0["kind"]?.text } == [
                "opened", "level-opened", "reminded", "escalated", "approved", "level-passed", "level-opened",
                "approved",
                "level-passed", "ended",
            ], "\(answer.json)")
        #expect(events[2]["people"] == [["id": .string(desk.ann.text), "name": "Ann"]])
        #expect(events[3]["people"] == [["id": .string(desk.bob.text), "name": "Bob"]])
        #expect(events[4]["person"]?["name"] == "Abe" && events[4]["onBehalfOf"]?["name"] == "Ann")
        #expect(events[4]["changes"] == [["label": "duration", "before": ["3600"], "after": ["1800"]]])
        #expect(events.last?["name"] == "approved")
        let lines = try await desk.stage.lines(in: desk.scope)
        #expect(lines.contains("ticket.exported success #\(ticket.number)"), "\(lines)")
        let stranger = try await desk.stage.makeUser("zed", in: desk.scope)
        for name in ["ticket-exports.timeline", "ticket-exports.timeline-csv"] {
            let hidden = try await desk.stage.call(endpoints, name, [ticket.id.text], by: stranger, in: desk.scope)
            #expect(hidden.status == 404)
        }
    }

    @Test func `when a seat was handed over and who was put in copy is kept, with who did it`() async throws {
        let desk = try await Desk()
        let (cal, zoe, gia) = (
            try await desk.stage.makeUser("cal", in: desk.scope), try await desk.stage.makeUser("zoe", in: desk.scope),
            try await desk.stage.makeUser("gia", in: desk.scope)
        )
        let ticket = try await desk.open([.of(desk.ann), .of(desk.bob)], copies: [gia])
        let moves = try await desk.tickets.store.moves(of: ticket.id, in: desk.scope, desk.stage.database)
        #expect(moves.map(\.kind) == [.copied] && moves.map(\.by) == [nil] && moves.map(\.at) == [ticket.createdAt])
        desk.stage.wait(60)
        let handedOver = desk.stage.now
        _ = try await desk.reassign(ticket, to: desk.abe, by: desk.ann)
        desk.stage.wait(60)
        // Who is in copy already is put there once.
        let copied = try await desk.tickets.copy(
            ticket.id, CopyTicket(people: [Colleague(zoe), Colleague(gia)]), by: desk.rita, at: desk.stage.now,
            audit: .discarding, in: desk.scope)
        desk.stage.wait(60)
        _ = try await desk.reassign(copied, to: cal, by: desk.abe)
        let timeline = try await desk.tickets.timeline(
            of: ticket.id, for: desk.rita, readable: nil, at: desk.stage.now, audit: .discarding, in: desk.scope)
        let told = timeline.events.map { event in
            [event.kind.rawValue, event.person?.name ?? "", event.onBehalfOf?.name ?? ""] + event.people.map(\.name)
        }
        #expect(
            told == [
                ["opened", "Rita", ""], ["level-opened", "", "", "Ann"], ["copied", "", "", "Gia"],
                ["reassigned", "Ann", "Ann", "Abe"], ["copied", "Rita", "", "Zoe"],
                ["reassigned", "Abe", "Abe", "Cal"],
            ], "\(told)")
        let line = try #require(timeline.lines.first { $0[1] == "reassigned" })
        #expect(line[0] == Timestamp.text(handedOver) && line[2] == "1" && line.last == "Abe", "\(line)")
    }

    @Test func `files have every line, and nothing in them is a formula`() async throws {
        let desk = try await Desk()
        let ticket = try await desk.open([.of(desk.ann)])
        let remarks = try await desk.tickets.comment(
            on: ticket.id, CommentTicket(text: "=HYPERLINK(\"http://evil\")\nsecond, line"), by: desk.rita,
            at: desk.stage.now, audit: .discarding, in: desk.scope)
        let timeline = try await desk.tickets.timeline(
            of: ticket.id, for: desk.rita, readable: nil, at: desk.stage.now, audit: .discarding, in: desk.scope)
        #expect(timeline.events.map(\.kind) == [.opened, .levelOpened, .commented])
        #expect(remarks.events.map(\.kind) == timeline.events.map(\.kind), "people read what they take along")
        let lines = timeline.lines
        #expect(lines.count == timeline.events.count + 1)
        #expect(Set(lines.map(\.count)) == [11], "\(lines)")
        let text = String(decoding: SpreadsheetText.bytes(lines.suffix(1)), as: UTF8.self)
        let at = Timestamp.text(try #require(timeline.events.last).at)
        #expect(
            text == "\u{FEFF}\(at),commented,,,Rita,,,,\"'=HYPERLINK(\"\"http://evil\"\")\nsecond, line\",,\r\n")
    }

    @Test(arguments: [
        ("plain", "plain"), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM", "'@SUM"), (" =1", "' =1"),
        ("\t=1", "'\t'=1"), ("\r=1", "\"'\r'=1\""), ("＝1", "'＝1"), ("|calc", "'|calc"), ("a=b", "a=b"),
        ("a,b", "\"a,b\""),
        ("say \"x\"", "\"say \"\"x\"\"\""), ("", ""), ("\u{A0}=1", "'\u{A0}=1"), ("\u{FEFF}=1", "'\u{FEFF}=1"),
        ("a;=1", "a;'=1"), ("a; +1;b", "a;' +1;b"), ("a\t@x", "a\t'@x"), ("a;\"=1\"", "\"a;'\"\"=1\"\"\""),
        ("a\n=1", "\"a\n'=1\""), ("a; b;c", "a; b;c"), (";;＝1", ";;'＝1"),
    ]) func `a cell is what it is and does nothing`(text: String, cell: String) {
        #expect(SpreadsheetText.cell(text) == cell)
    }

    @Test func `the report goes out as lines, and the trail says so`() async throws {
        let desk = try await Desk()
        let endpoints = desk.stage.mount(TicketExportRoutes.group, on: desk.tickets)
        try await desk.stage.database.execute(
            "update assets set name = '=cmd' where tenant_id = \(desk.scope.tenant) and asset_id = \(desk.asset)",
            in: desk.scope)
        let ticket = try await desk.open([.of(desk.ann)])
        try await desk.decide(ticket, by: desk.ann)
        desk.stage.wait(1)
        let answer = try await desk.stage.call(endpoints, "ticket-exports.report-csv", by: desk.bob, in: desk.scope)
        #expect(answer.status == 200)
        let report = try await desk.tickets.report(
            TicketReportPeriod(from: nil, to: nil), at: desk.stage.now, in: desk.scope)
        let text = String(decoding: SpreadsheetText.bytes(report.lines), as: UTF8.self)
        #expect(text.contains("asset,\(desk.asset.text),'=cmd,1,1,0,"), "\(text)")
        #expect(text.contains("approver,\(desk.ann.text),Ann,1,1,0,"))
        #expect(try await desk.stage.lines(in: desk.scope).contains("ticket-report.exported success -"))
    }
}

extension JSON {
    fileprivate var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
}
