import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Metering
import Postgres

extension Billing {
    /// Makes the invoice of a month that is over, for good, and sends it if there is somewhere to send it. A repeat
    /// finds the one that is there.
    package func make(
        _ request: InvoiceRequest, at now: Date, audit: AuditDraft, in scope: ProviderScope
    ) async throws -> Invoice {
        guard request.month.end + Self.closing <= now else { throw BillingError.monthRunning }
        return try await database.transaction(in: scope) { transaction in
            let (tenant, month) = (request.tenant, request.month)
            try await transaction.execute(InvoiceStore.lockTenant(tenant))
            if let made = try await transaction.first(InvoiceStore.find(month, of: tenant), InvoiceStore.decode) {
                return made
            }
            let cutoff = (now - Self.settling).roundedToMilliseconds
            let document = try await ComputeInvoice(transaction: transaction)(
                tenant, month, receivedBefore: cutoff,
                corrections: try await corrections(of: tenant, until: cutoff, transaction))
            let id = InvoiceID.new(at: now)
            let bytes = try document.bytes()
            try await transaction.execute(InvoiceStore.insert(id, document, bytes: bytes, at: now))
            audit.target("invoice", id.text, name: document.number)
            audit.detail("total", .int(Int64(document.total)))
            audit.detail("sha256", .string(Hash256.of(bytes).hex))
            try await audit.write(in: transaction)
            if try await transaction.first(BillingTargetStore.find, { try BillingTarget(&$0) }) != nil {
                try await enqueuePush(id, at: now, transaction)
            }
            guard let made = try await transaction.first(InvoiceStore.find(id), InvoiceStore.decode) else {
                throw BillingError.notFound
            }
            return made
        }
    }

    /// What the invoice of a month would be now: nothing is kept.
    package func preview(
        _ month: UTCCalendar.Month, of tenant: TenantID, at now: Date, in scope: ProviderScope
    ) async throws -> InvoiceDocument {
        try await database.transaction(in: scope) { transaction in
            try await ComputeInvoice(transaction: transaction)(
                tenant, month, receivedBefore: (now + 1).roundedToMilliseconds, corrections: [])
        }
    }

    /// Computes an invoice again from the events.
    package func check(_ id: InvoiceID, in scope: ProviderScope) async throws -> InvoiceCheck {
        let stored = try await document(id, in: scope)
        let computed = try await database.transaction(in: scope) { transaction in
            try await ComputeInvoice(transaction: transaction)(
                stored.document.tenant, stored.document.month, receivedBefore: stored.document.receivedBefore,
                corrections: stored.document.corrections)
        }
        let bytes = try computed.bytes()
        return InvoiceCheck(
            isIdentical: bytes == stored.bytes, stored: Hash256.of(stored.bytes).hex, computed: Hash256.of(bytes).hex)
    }

    /// Every invoice corrects all that were made before it, so what is new is what came in since the last one.
    private func corrections(
        of tenant: TenantID, until cutoff: Date, _ transaction: Transaction
    ) async throws -> [InvoiceDocument.Correction] {
        let last = try await transaction.first(InvoiceStore.latest(of: tenant)) { try $0.next(Date?.self) }
        guard let last = last ?? nil else { return [] }
        let months = try await transaction.query(InvoiceStore.months(of: tenant), InvoiceStore.decodeMonth)
        let late = try await transaction.query(
            InvoiceStore.late(of: tenant, months, from: last, to: cutoff), InvoiceStore.decodeMonth)
        return late.map { InvoiceDocument.Correction(month: $0, receivedFrom: last) }
    }
}

extension Date {
    /// What a document can say of a time.
    var roundedToMilliseconds: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 * 1000).rounded(.down) / 1000)
    }
}
