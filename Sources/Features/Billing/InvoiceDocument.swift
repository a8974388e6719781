import Cryptography
package import FoundationEssentials
package import Kernel
package import Metering

/// An invoice to the byte: what it says, and which events it was computed from.
package struct InvoiceDocument: WireValue, Equatable {
    /// Events of an earlier month that came in after its invoice.
    package struct Correction: WireValue, Equatable {
        package let month: UTCCalendar.Month
        package let receivedFrom: Date

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("month", \.month)
            Field("receivedFrom", \.receivedFrom)
        }
    }

    package let format: String
    package let number: String
    package let tenant: TenantID
    package let month: UTCCalendar.Month
    package let currency: Currency
    /// Events that came in before this are in it.
    package let receivedBefore: Date
    package let corrections: [Correction]
    package let lines: [InvoiceLine]
    package let total: Int

    static let format = "gatehouse-invoice-1"

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("format", \.format, .text(1...40))
        Field("number", \.number, .text(1...80))
        Field("tenant", \.tenant)
        Field("month", \.month)
        Field("currency", \.currency)
        Field("receivedBefore", \.receivedBefore)
        Field("corrections", \.corrections, count: 0...1000)
        Field("lines", \.lines, count: 0...100_000)
        Field("total", \.total, .int(-Limit.most...Limit.most))
    }

    /// The canonical form (RFC 8785), which is what is stored, hashed and sent.
    func bytes() throws -> [UInt8] {
        try CanonicalJSON.bytes(JSONParser.parse(Self.schema.bytes(of: self)))
    }

    init(stored bytes: [UInt8]) throws {
        self = try Self.schema.parse(JSONParser.parse(bytes))
    }

    package init(
        format: String, number: String, tenant: TenantID, month: UTCCalendar.Month, currency: Currency,
        receivedBefore: Date, corrections: [Correction], lines: [InvoiceLine], total: Int
    ) {
        self.format = format
        self.number = number
        self.tenant = tenant
        self.month = month
        self.currency = currency
        self.receivedBefore = receivedBefore
        self.corrections = corrections
        self.lines = lines
        self.total = total
    }
}

/// Comma-separated values (RFC 4180), one line of the invoice each.
enum InvoiceCSV {
    static func bytes(of document: InvoiceDocument) -> [UInt8] {
        let titles = [
            "number", "tenant", "currency", "kind", "month", "plan", "from", "to", "item", "quantity", "included",
            "billed", "price", "per", "amount",
        ]
        let rows = document.lines.map { line in
            [
                document.number, document.tenant.text, document.currency.text, line.kind.rawValue, line.month.text,
                line.plan.text, Timestamp.text(line.from), Timestamp.text(line.to), line.item.text,
                String(line.quantity), String(line.included), String(line.billed), String(line.price),
                String(line.per), String(line.amount),
            ]
        }
        return Array(([titles] + rows).map { $0.map(field).joined(separator: ",") + "\r\n" }.joined().utf8)
    }

    static func field(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { ![UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
