import Cryptography
package import FoundationEssentials
package import HTTPAPI
import Jobs
package import Kernel
import Outbound
import Postgres

extension Billing {
    /// The kind of the jobs that send an invoice: `{"invoice": id}`.
    package static let pushJob = "billing.push"

    /// Sends an invoice (again).
    package func push(
        _ id: InvoiceID, at now: Date, audit: AuditDraft, in scope: ProviderScope
    ) async throws -> Invoice {
        let invoice = try await find(id, in: scope)
        _ = try await target(in: scope)
        audit.target("invoice", id.text, name: invoice.number)
        try await database.transaction(in: scope) { transaction in
            try await enqueuePush(id, at: now, transaction)
            try await audit.write(in: transaction)
        }
        return invoice
    }

    func enqueuePush(_ id: InvoiceID, at now: Date, _ transaction: Transaction) async throws {
        try await queue.enqueue(
            kind: Self.pushJob, payload: ["invoice": .string(id.text)], tenant: nil, runAt: now, dedupeKey: id.text,
            in: transaction)
    }

    /// Makes one attempt to send an invoice: the work of the job `pushJob`. The receiver may get it twice, and knows it
    /// by its id.
    package func deliver(_ id: InvoiceID, at now: Date) async throws {
        let scope = ProviderScope()
        guard let target = try await database.first(BillingTargetStore.find, in: scope, { try BillingTarget(&$0) })
        else {
            return
        }
        let url = try OutboundURL(target.url)
        let body = try event(try await document(id, in: scope), id)
        let response = try await client.send(
            OutboundRequest(
                .post, url,
                headers: [
                    "Content-Type": "application/json", "webhook-id": id.text,
                    "webhook-timestamp": String(Int(now.timeIntervalSince1970.rounded(.down))),
                    "webhook-signature": secrets.secret(target.secretVersion).signature(
                        id: id.text, timestamp: now, body: body),
                ], body: body, opened: [url.destination]))
        guard response.isSuccess else { throw Refused(status: response.status) }
        try await database.execute(InvoiceStore.setPushed(id, at: now), in: scope)
    }

    private struct Refused: Error, CustomStringConvertible {
        let status: Int
        var description: String { "the receiver answered \(status)" }
    }

    /// A CloudEvent that carries the document.
    private func event(_ file: InvoiceFile, _ id: InvoiceID) throws -> [UInt8] {
        let event: JSON = [
            "specversion": "1.0", "id": .string(id.text), "type": "invoice.finalised",
            "source": "urn:gatehouse:provider", "subject": .string(file.document.tenant.text),
            "datacontenttype": "application/json", "data": try JSONParser.parse(file.bytes),
        ]
        return event.bytes
    }
}
