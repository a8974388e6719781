package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Metering

/// A final invoice, as lists show it.
package struct Invoice: WireValue, Equatable {
    package let id: InvoiceID
    package let tenant: TenantID
    package let month: UTCCalendar.Month
    package let number: String
    package let currency: Currency
    package let total: Int
    package let sha256: String
    package let finalisedAt: Date
    package let pushedAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("tenant", \.tenant)
        Field("month", \.month)
        Field("number", \.number, .text(1...80))
        Field("currency", \.currency)
        Field("total", \.total, .int(-Limit.most...Limit.most), note: "In the smallest unit of the currency.")
        Field("sha256", \.sha256, .text(64...64), note: "Of the document, in hexadecimal.")
        Field("finalisedAt", \.finalisedAt)
        Field("pushedAt", \.pushedAt)
    }

    package static let listing = Listing<Invoice>(
        key: Column("id", "i.invoice_id", \.id), order: .descending("finalisedAt"),
        sortable: ["finalisedAt", "month"],
        columns: [
            Column("tenant", "i.tenant_id", \.tenant), Column("month", "i.month", \.month.text, .text(7...7)),
            Column("finalisedAt", "i.finalised_at", \.finalisedAt),
        ])
}

/// The body that makes an invoice.
package struct InvoiceRequest: WireValue {
    package let tenant: TenantID
    package let month: UTCCalendar.Month

    package init(tenant: TenantID, month: UTCCalendar.Month) {
        self.tenant = tenant
        self.month = month
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant)
        Field("month", \.month, note: "Such as 2026-11; it must be over for an hour.")
    }
}

/// Which month is looked at before it is billed.
package struct PreviewQuestion: WireValue {
    package let month: UTCCalendar.Month

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("month", \.month)
    }
}

/// Whether the events still give the invoice.
package struct InvoiceCheck: WireValue, Equatable {
    package let isIdentical: Bool
    package let stored: String
    package let computed: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("isIdentical", \.isIdentical, note: "To the byte.")
        Field("stored", \.stored, .text(64...64))
        Field("computed", \.computed, .text(64...64))
    }
}
