import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Metering
import Postgres
import TestSupport
import Testing

@testable import Billing

@Suite struct InvoiceTests {
    static func price(_ meter: Meter, _ amount: Int, per: Int = 1, included: Int = 0) throws -> Price {
        try Price(item: .meter(meter), amount: amount, per: per, included: included)
    }

    @Test func `a month is billed from its events and the prices that held`() async throws {
        let ledger = try await Ledger()
        try await ledger.plan(
            "team",
            [
                Price(item: .subscription, amount: 4900),
                Self.price(.sessionSeconds, 100, per: 3600, included: 3600), Self.price(.commands, 3),
            ])
        try await ledger.give("team", at: Ledger.october.start)
        let start = Ledger.november.start
        try await ledger.use(.sessionSeconds, 7200, at: start)
        try await ledger.use(.sessionSeconds, 1, at: Ledger.november.end - 0.001, id: "2")
        try await ledger.use(.sessionSeconds, 1000, at: start - 0.001, id: "3")
        try await ledger.use(.sessionSeconds, 1000, at: Ledger.november.end, id: "4")
        try await ledger.use(.bytesIn, 1 << 40, at: start)
        let invoice = try await ledger.make(Ledger.november)
        let document = try await ledger.document(invoice)
        #expect(document.number == "2026-11-acme" && invoice.number == document.number)
        #expect(document.lines.map(\.item.text) == ["session-seconds", "subscription"])
        #expect(document.lines.map(\.quantity) == [7201, 30 * 86_400])
        #expect(document.lines.map(\.amount) == [100, 4900])
        #expect(document.total == 5000 && invoice.total == 5000)
    }

    @Test func `a change of plan or price in the month splits it`() async throws {
        let ledger = try await Ledger()
        let first = try await ledger.plan(
            "first", [Price(item: .subscription, amount: 3000), Self.price(.commands, 10)])
        try await ledger.plan("second", [Price(item: .subscription, amount: 9000), Self.price(.commands, 1)])
        try await ledger.give("first")
        let (tenth, twentieth) = (Ledger.november.start + 10 * 86_400, Ledger.november.start + 20 * 86_400)
        for (id, time) in [("1", tenth - 1), ("2", tenth + 1), ("3", twentieth + 1)] {
            try await ledger.use(.commands, 7, at: time, id: id)
        }
        let found = try await ledger.plans.find(first.id, in: ledger.provider)
        _ = try await ledger.plans.change(
            first.id,
            to: ChangePlan(prices: .set([Price(item: .subscription, amount: 6000), Self.price(.commands, 20)])),
            from: found.version, at: tenth, audit: .discarding, in: ledger.provider)
        try await ledger.give("second", at: twentieth)
        let document = try await ledger.document(try await ledger.make(Ledger.november))
        let commands = document.lines.filter { $0.item == .meter(.commands) }
        #expect(commands.map(\.amount) == [70, 140, 7])
        let subscription = document.lines.filter { $0.item == .subscription }
        #expect(subscription.map(\.amount) == [1000, 2000, 3000])
        #expect(subscription.map(\.plan.text) == ["first", "first", "second"])
    }

    @Test func `a subscription is paid until the tenant is closed, and again from when that is cancelled`() async throws
    {
        let ledger = try await Ledger()
        try await ledger.plan("team", [Price(item: .subscription, amount: 3000), Self.price(.recordingByteDays, 1)])
        try await ledger.give("team")
        let (november, december) = (Ledger.november, Ledger.november.next)
        try await ledger.use(.recordingByteDays, 5, at: november.start + 20 * 86_400)
        try await ledger.close(at: november.start + 10 * 86_400)
        let first = try await ledger.make(november)
        let document = try await ledger.document(first)
        // Ten days of thirty; what is kept is measured on.
        #expect(document.lines.map(\.item.text) == ["recording-byte-days", "subscription"])
        #expect(document.lines.map(\.quantity) == [5, 10 * 86_400])
        #expect(document.lines.map(\.amount) == [5, 1000])

        // Cancelled in the next month: that one is paid from then on, and the last one stays as it was billed.
        try await ledger.reopen(at: december.start + 21 * 86_400)
        #expect(try await ledger.billing.check(first.id, in: ledger.provider).isIdentical)
        let second = try await ledger.document(try await ledger.make(december))
        #expect(second.lines.map(\.quantity) == [10 * 86_400] && second.total == 968)

        // Closed for good: nothing more, and every invoice still computes again.
        try await ledger.close(at: december.next.start)
        #expect(try await ledger.document(try await ledger.make(december.next)).lines.isEmpty)
        let page = try PageRequest.parse("tenant eq \"\(ledger.scope.tenant.text)\"", Invoice.listing)
        for invoice in try await ledger.billing.list(page, in: ledger.provider).rows {
            #expect(try await ledger.billing.check(invoice.id, in: ledger.provider).isIdentical)
        }
    }

    @Test(arguments: 0..<100) func `closed and paid time are the month`(seed: Int) throws {
        var random = Generator(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
        let (month, plan) = (Ledger.november, PlanID.new())
        // Closings follow each other, some before or after the month; the last one may go on.
        var moments = (0..<Int.random(in: 1...7, using: &random)).map { _ in
            month.start + Double(Int.random(in: -100_000...month.seconds + 100_000, using: &random))
        }.sorted()
        var closings: [InvoiceTerms.Closing] = []
        while let from = moments.first {
            closings.append(InvoiceTerms.Closing(from: from, to: moments.dropFirst().first))
            moments.removeFirst(min(2, moments.count))
        }
        let since = month.start + Double(Int.random(in: -50_000...50_000, using: &random))
        let prices = [try Price(item: .subscription, amount: 1)]
        let cut = month.start + Double(Int.random(in: 1..<month.seconds, using: &random))
        let terms = InvoiceTerms(
            tenantSince: since, currency: Currency("EUR")!, assignments: [.init(from: month.start, plan: plan)],
            codes: [plan: PlanCode("team")!],
            lists: [plan: [Date.distantPast, cut].map { PriceList(validFrom: $0, prices: prices) }], closings: closings)
        let paid = try terms.lines(of: month, terms.stretches(of: month).map { _ in [:] }).reduce(0) {
            $0 + $1.quantity
        }
        // Counted apart from the code, second by second of what is open.
        let edges = Set([month.start, month.end, since] + closings.flatMap { [$0.from, $0.to ?? .distantFuture] })
            .filter { month.start <= $0 && $0 <= month.end }.sorted()
        let open = zip(edges, edges.dropFirst()).filter { from, _ in
            from >= since && !closings.contains { $0.from <= from && from < $0.to ?? .distantFuture }
        }.reduce(0.0) { $0 + $1.1.timeIntervalSince($1.0) }
        #expect(Double(paid) == open)
    }

    @Test func `an invoice computes again to the byte, and late events are corrected by the next`() async throws {
        let ledger = try await Ledger()
        try await ledger.plan(
            "team", [Self.price(.sessionSeconds, 50, per: 60, included: 60), Self.price(.commands, 2)])
        try await ledger.give("team")
        let (october, november) = (Ledger.october, Ledger.november)
        try await ledger.use(.sessionSeconds, 100, at: october.start + 10)
        let made = october.end + 7200
        // It comes late, and still before the invoice has looked.
        try await ledger.use(.sessionSeconds, 20, at: october.start + 20, id: "2", received: made - 1000)
        let first = try await ledger.make(october, at: made)
        #expect(first.total == 50)
        let stored = try await ledger.billing.document(first.id, in: ledger.provider).bytes
        #expect(first.sha256 == Hash256.of(stored).hex)
        // Too late for it: of October, while November runs.
        try await ledger.use(.sessionSeconds, 6, at: october.start + 30, id: "3", received: made + 86_400)
        try await ledger.use(.commands, 5, at: november.start + 1)
        try await ledger.use(.sessionSeconds, 6, at: october.start + 30, id: "3", received: made + 90_000)
        for _ in 0..<2 {
            #expect(try await ledger.billing.check(first.id, in: ledger.provider).isIdentical)
        }
        let again = try await ledger.make(october, at: made + 100_000)
        #expect(again == first)
        let second = try await ledger.document(try await ledger.make(november))
        try #require(second.lines.map(\.kind) == [.usage, .correction])
        #expect(second.lines.map(\.amount) == [10, 5] && second.total == 15)
        #expect(second.lines[1].month == october && second.lines[1].quantity == 6)
        // The correction is made once.
        let december = try await ledger.document(try await ledger.make(november.next))
        #expect(december.lines.isEmpty)
        // What came after the cut is not lost either: it was within the quarter of an hour before the invoice.
        try await ledger.use(
            .commands, 1, at: november.start + 2, id: "9", received: december.receivedBefore + 1)
        let january = try await ledger.document(try await ledger.make(november.next.next))
        #expect(january.lines.map(\.amount) == [2] && january.lines.first?.kind == .correction)
        let page = try PageRequest.parse("tenant eq \"\(ledger.scope.tenant.text)\"", Invoice.listing)
        for invoice in try await ledger.billing.list(page, in: ledger.provider).rows {
            #expect(try await ledger.billing.check(invoice.id, in: ledger.provider).isIdentical)
        }
    }

    @Test func `plans and prices that change later change no invoice`() async throws {
        let ledger = try await Ledger()
        let team = try await ledger.plan("team", [Self.price(.commands, 2)])
        try await ledger.plan("other", [Self.price(.commands, 900)])
        try await ledger.give("team")
        try await ledger.use(.commands, 5, at: Ledger.october.start + 1)
        let invoice = try await ledger.make(Ledger.october)
        _ = try await ledger.plans.change(
            team.id, to: ChangePlan(name: .set("Renamed"), prices: .set([Self.price(.commands, 100)])), from: 1,
            at: Ledger.november.start + 1, audit: .discarding, in: ledger.provider)
        try await ledger.give("other", at: Ledger.november.start + 2)
        let check = try await ledger.billing.check(invoice.id, in: ledger.provider)
        #expect(check.isIdentical && check.stored == invoice.sha256)
    }

    @Test func `two who make the same invoice make one`() async throws {
        let ledger = try await Ledger()
        try await ledger.plan("team", [Self.price(.commands, 2)])
        try await ledger.give("team")
        let ids = try await withThrowingTaskGroup(of: InvoiceID.self) { group in
            for _ in 0..<8 { group.addTask { try await ledger.make(Ledger.october).id } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
    }

    @Test func `an invoice that is not due, or is too large, is not made`() async throws {
        let ledger = try await Ledger()
        await #expect(throws: BillingError.monthRunning) {
            try await ledger.make(Ledger.november, at: Ledger.november.end + 3599)
        }
        try await ledger.plan("team", [Self.price(.bytesIn, Price.most)])
        try await ledger.give("team")
        try await ledger.use(.bytesIn, 1 << 50, at: Ledger.november.start)
        await #expect(throws: BillingError.outOfRange) { try await ledger.make(Ledger.november) }
        await #expect(throws: BillingError.notFound) { try await ledger.billing.find(.new(), in: ledger.provider) }
    }

    @Test func `a tenant sees its own invoices and cannot change them`() async throws {
        let ledger = try await Ledger()
        let other = try await ledger.test.makeTenant()
        let invoice = try await ledger.make(Ledger.november)
        let page = try PageRequest.parse("month eq \"2026-11\"", Invoice.listing)
        #expect(try await ledger.billing.list(page, in: ledger.scope).rows == [invoice])
        #expect(try await ledger.billing.list(page, in: other).rows.isEmpty)
        await #expect(throws: BillingError.notFound) { try await ledger.billing.find(invoice.id, in: other) }
        await #expect(throws: BillingError.notFound) { try await ledger.billing.document(invoice.id, in: other) }
        for statement: SQL in ["update invoices set total = 0", "delete from invoices"] {
            await #expect(throws: DatabaseError.self) {
                try await ledger.test.database.execute(statement, in: ledger.scope)
            }
        }
        await #expect(throws: DatabaseError.self) {
            try await ledger.test.database.execute("update invoices set total = 0", in: ledger.provider)
        }
        for page in Invoice.listing.samples { _ = try await ledger.billing.list(page, in: ledger.provider) }
    }

    @Test func `lines are exported as RFC 4180 says`() async throws {
        let ledger = try await Ledger()
        try await ledger.plan("team", [Self.price(.commands, 2, included: 1)])
        try await ledger.give("team")
        try await ledger.use(.commands, 5, at: Ledger.november.start + 1)
        let document = try await ledger.document(try await ledger.make(Ledger.november))
        let text = String(decoding: InvoiceCSV.bytes(of: document), as: UTF8.self)
        let rows = text.components(separatedBy: "\r\n")
        #expect(rows.count == 3 && rows[2].isEmpty)
        #expect(
            rows[0] == "number,tenant,currency,kind,month,plan,from,to,item,quantity,included,billed,price,per,amount")
        #expect(rows[1].hasSuffix(",commands,5,1,4,2,1,8") && rows[1].hasPrefix("2026-11-acme,ten_"))
        #expect(InvoiceCSV.field("a,\"b\"\n") == "\"a,\"\"b\"\"\n\"" && InvoiceCSV.field("plain") == "plain")
    }

    @Test(arguments: 0..<200) func `the parts of a month are the month`(seed: Int) throws {
        var random = Generator(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
        let month = Ledger.november
        let plan = PlanID.new()
        let cuts = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            month.start + Double(Int.random(in: -10...month.seconds + 10, using: &random))
        }.sorted()
        let price = try Price(
            item: .meter(.commands), amount: Int.random(in: 0...1000, using: &random),
            per: Int.random(in: 1...100, using: &random), included: 0)
        let prices = [price, try Price(item: .subscription, amount: Int.random(in: 0...10_000, using: &random))]
        let terms = InvoiceTerms(
            tenantSince: month.start, currency: Currency("EUR")!, assignments: [.init(from: month.start, plan: plan)],
            codes: [plan: PlanCode("team")!],
            lists: [
                plan: [PriceList(validFrom: .distantPast, prices: prices)]
                    + cuts.map {
                        PriceList(validFrom: $0, prices: prices)
                    }
            ])
        let stretches = terms.stretches(of: month)
        #expect(stretches.first?.from == month.start && stretches.last?.to == month.end)
        #expect(zip(stretches, stretches.dropFirst()).allSatisfy { $0.to == $1.from && $0.from < $0.to })
        let used = stretches.map { _ in Int.random(in: 0...5000, using: &random) }
        let lines = try terms.lines(of: month, used.map { [.meter(.commands): $0] })
        let commands = lines.filter { $0.item == .meter(.commands) }
        #expect(commands.reduce(0) { $0 + $1.quantity } == used.reduce(0, +))
        let exact = Double(used.reduce(0, +) * price.amount) / Double(price.per)
        #expect(abs(Double(commands.reduce(0) { $0 + $1.amount }) - exact) <= Double(commands.count) / 2 + 0.001)
        let subscription = lines.filter { $0.item == .subscription }
        #expect(subscription.reduce(0) { $0 + $1.quantity } == month.seconds)
        #expect(abs(subscription.reduce(0) { $0 + $1.amount } - prices[1].amount) <= stretches.count)
    }
}

/// The same numbers for the same seed.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
