import FoundationEssentials
import HTTPAPI
import Kernel
import Stage
import TestSupport
import Testing

@testable import Tickets

@Suite struct TicketReportTests {
    private func report(_ desk: Desk, from: Date? = nil, to: Date? = nil) async throws -> TicketReport {
        try await desk.tickets.report(TicketReportPeriod(from: from, to: to), at: desk.stage.now, in: desk.scope)
    }

    @Test func `it counts outcomes and times, by approver, by asset and by kind`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        let start = desk.stage.now
        let granted = try await desk.open()
        desk.stage.wait(100)
        let passed = try await desk.decide(granted, by: desk.abe)
        desk.stage.wait(50)
        try await desk.decide(passed, by: desk.bob)
        let refused = try await desk.open(assets: [desk.asset, desk.other])
        desk.stage.wait(30)
        try await desk.decide(refused, by: desk.abe, .rejected)
        _ = try await desk.open()
        desk.stage.wait(1)
        let report = try await report(desk, from: start)
        #expect(report.opened == 3 && report.approved == 1 && report.rejected == 1 && report.open == 1)
        #expect(report.medianSeconds == 30)
        #expect(report.slowSeconds == 150)
        #expect(report.approvers.map(\.id) == [desk.abe.text, desk.bob.text])
        #expect(report.approvers.map(\.count) == [2, 1])
        // From the opening of the level, not of the request.
        #expect(report.approvers.last?.medianSeconds == 50)
        #expect(report.assets.map(\.name) == ["web-1", "web-2"])
        #expect(report.assets.map(\.count) == [3, 1])
        #expect(report.kinds.map(\.id) == ["access"])
    }

    @Test func `it has nothing of another time or another tenant`() async throws {
        let desk = try await Desk()
        try await desk.makeFlow()
        _ = try await desk.open()
        desk.stage.wait(60)
        #expect(try await report(desk, from: desk.stage.now).opened == 0)
        let other = try await desk.stage.makeTenant("other")
        let elsewhere = try await desk.tickets.report(
            TicketReportPeriod(from: nil, to: nil), at: desk.stage.now, in: other)
        #expect(elsewhere.opened == 0 && elsewhere.approvers.isEmpty && elsewhere.assets.isEmpty)
    }
}
