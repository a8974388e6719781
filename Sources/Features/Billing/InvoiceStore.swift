import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
import Postgres

/// The SQL of invoices and of what they are computed from.
enum InvoiceStore {
    private static let columns: SQL = """
        i.invoice_id, i.tenant_id, i.month, i.number, i.currency, i.total, encode(i.sha256, 'hex'), i.finalised_at,
        i.pushed_at
        """

    static func decode(_ row: inout Row) throws -> Invoice {
        let id: InvoiceID = try row.next()
        let tenant: TenantID = try row.next()
        return Invoice(
            id: id, tenant: tenant, month: try month(&row), number: try row.next(), currency: try row.next(),
            total: try row.next(), sha256: try row.next(), finalisedAt: try row.next(), pushedAt: try row.next())
    }

    private static func month(_ row: inout Row) throws -> UTCCalendar.Month {
        guard let month = UTCCalendar.Month(try row.next()) else {
            throw RowError(column: "month", expected: "a month", found: .otherType)
        }
        return month
    }

    static func list(_ page: PageRequest) -> SQL {
        "select \(fragment: columns) from invoices i where true \(page)"
    }

    static func list(_ page: PageRequest, of tenant: TenantID) -> SQL {
        "select \(fragment: columns) from invoices i where i.tenant_id = \(tenant) \(page)"
    }

    static func find(_ id: InvoiceID) -> SQL {
        "select \(fragment: columns) from invoices i where i.invoice_id = \(id)"
    }

    static func find(_ id: InvoiceID, of tenant: TenantID) -> SQL {
        "select \(fragment: columns) from invoices i where i.tenant_id = \(tenant) and i.invoice_id = \(id)"
    }

    static func find(_ month: UTCCalendar.Month, of tenant: TenantID) -> SQL {
        "select \(fragment: columns) from invoices i where i.tenant_id = \(tenant) and i.month = \(month.text)"
    }

    static func document(_ id: InvoiceID) -> SQL { "select document from invoices where invoice_id = \(id)" }

    static func document(_ id: InvoiceID, of tenant: TenantID) -> SQL {
        "select document from invoices where tenant_id = \(tenant) and invoice_id = \(id)"
    }

    static func insert(_ id: InvoiceID, _ document: InvoiceDocument, bytes: [UInt8], at now: Date) -> SQL {
        """
        insert into invoices (
          tenant_id, invoice_id, month, number, currency, total, document, sha256, received_before, finalised_at)
        values (
          \(document.tenant), \(id), \(document.month.text), \(document.number), \(document.currency),
          \(document.total), \(bytes), \(Hash256.of(bytes).bytes), \(document.receivedBefore), \(now))
        """
    }

    static func setPushed(_ id: InvoiceID, at now: Date) -> SQL {
        "update invoices set pushed_at = coalesce(pushed_at, \(now)) where invoice_id = \(id)"
    }

    /// Two who bill a tenant at once do it one after the other.
    static func lockTenant(_ tenant: TenantID) -> SQL {
        """
        select slug, created_at from tenants where tenant_id = \(tenant) for no key update
        """
    }

    /// When it was closed, and when that was cancelled.
    static func closings(of tenant: TenantID) -> SQL {
        "select closed_at, reopened_at from tenant_closings where tenant_id = \(tenant) order by closed_at"
    }

    static func latest(of tenant: TenantID) -> SQL {
        "select max(received_before) from invoices where tenant_id = \(tenant)"
    }

    static func months(of tenant: TenantID) -> SQL {
        "select month from invoices where tenant_id = \(tenant) order by month"
    }

    static func decodeMonth(_ row: inout Row) throws -> UTCCalendar.Month { try month(&row) }

    static func assignments(of tenant: TenantID) -> SQL {
        """
        select h.valid_from, h.plan_id, p.code, p.currency from tenant_plan_history h
        join plans p on p.plan_id = h.plan_id where h.tenant_id = \(tenant) order by h.valid_from
        """
    }

    /// Of stretches of time, what was used of each meter, as far as it had come in.
    static func quantities(
        of tenant: TenantID, _ stretches: [InvoiceTerms.Stretch], receivedBefore cutoff: Date
    ) -> SQL {
        """
        select s.number, e.meter, sum(e.quantity)::bigint
        from unnest(\(stretches.map(\.from))::timestamptz[], \(stretches.map(\.to))::timestamptz[])
          with ordinality as s (begins, ends, number)
        join usage_events e on e.tenant_id = \(tenant) and e.at >= s.begins and e.at < s.ends
          and e.received_at < \(cutoff)
        group by 1, 2
        """
    }

    /// Of which billed months something came in between two times.
    static func late(
        of tenant: TenantID, _ months: [UTCCalendar.Month], from: Date, to: Date
    ) -> SQL {
        """
        select m.month from unnest(
          \(months.map(\.text))::text[], \(months.map(\.start))::timestamptz[], \(months.map(\.end))::timestamptz[]
        ) as m (month, begins, ends)
        where exists (
          select from usage_events e where e.tenant_id = \(tenant) and e.at >= m.begins and e.at < m.ends
            and e.received_at >= \(from) and e.received_at < \(to))
        order by m.month
        """
    }
}
