import FoundationEssentials
import Kernel
import Metering
import Postgres

/// Computes an invoice from the events and the prices that held: from the same inputs the same bytes, whenever.
struct ComputeInvoice {
    let transaction: Transaction

    func callAsFunction(
        _ tenant: TenantID, _ month: UTCCalendar.Month, receivedBefore cutoff: Date,
        corrections: [InvoiceDocument.Correction]
    ) async throws -> InvoiceDocument {
        guard let home = try await transaction.first(InvoiceStore.lockTenant(tenant), { try Home(&$0) }) else {
            throw BillingError.notFound
        }
        let terms = try await terms(of: tenant, since: home.createdAt)
        var lines = try terms.lines(
            of: month, try await quantities(tenant, terms, month, receivedBefore: cutoff))
        for correction in corrections {
            let before = try await quantities(
                tenant, terms, correction.month, receivedBefore: correction.receivedFrom)
            let after = try await quantities(tenant, terms, correction.month, receivedBefore: cutoff)
            lines += try terms.corrections(of: correction.month, from: before, to: after)
        }
        return InvoiceDocument(
            format: InvoiceDocument.format, number: "\(month.text)-\(home.slug)", tenant: tenant, month: month,
            currency: terms.currency, receivedBefore: cutoff, corrections: corrections, lines: lines,
            total: lines.reduce(0) { $0 + $1.amount })
    }

    private struct Home {
        let slug: String
        let createdAt: Date

        init(_ row: inout Row) throws {
            slug = try row.next()
            createdAt = try row.next()
        }
    }

    private func terms(of tenant: TenantID, since: Date) async throws -> InvoiceTerms {
        let rows = try await transaction.query(InvoiceStore.assignments(of: tenant)) { row in
            (
                assignment: InvoiceTerms.Assignment(from: try row.next(), plan: try row.next()),
                code: try row.next(PlanCode.self), currency: try row.next(Currency.self)
            )
        }
        let closings = try await transaction.query(InvoiceStore.closings(of: tenant)) { row in
            InvoiceTerms.Closing(from: try row.next(), to: try row.next())
        }
        let plans = Array(Set(rows.map(\.assignment.plan)))
        let lists = try await Plans.priceLists(of: plans, in: transaction)
        // A tenant that is billed stays with one currency; before that the last plan's is as good as any.
        let priced = rows.last { row in lists[row.assignment.plan]?.contains { !$0.prices.isEmpty } == true }
        guard let currency = (priced ?? rows.last)?.currency else { throw BillingError.notFound }
        return InvoiceTerms(
            tenantSince: since, currency: currency, assignments: rows.map(\.assignment),
            codes: Dictionary(rows.map { ($0.assignment.plan, $0.code) }, uniquingKeysWith: { first, _ in first }),
            lists: lists, closings: closings)
    }

    private func quantities(
        _ tenant: TenantID, _ terms: InvoiceTerms, _ month: UTCCalendar.Month, receivedBefore cutoff: Date
    ) async throws -> Quantities {
        let stretches = terms.stretches(of: month)
        var quantities = Quantities(repeating: [:], count: stretches.count)
        let rows = try await transaction.query(
            InvoiceStore.quantities(of: tenant, stretches, receivedBefore: cutoff)
        ) { row in (number: try row.next(Int.self), meter: try row.next(String.self), sum: try row.next(Int.self)) }
        for row in rows {
            // Of a meter that this program does not know there is no price either.
            guard let meter = Meter(rawValue: row.meter) else { continue }
            quantities[row.number - 1][.meter(meter)] = row.sum
        }
        return quantities
    }
}
