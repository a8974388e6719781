import Cryptography
import FoundationEssentials
package import HTTPAPI
package import Jobs
package import Kernel
import Metering
package import Outbound
package import Postgres

/// Invoices: computed from usage events and the prices that held, final once made, and computable again to the byte.
package struct Billing: Sendable {
    /// An invoice takes in what came until so long before it is made: no transaction lasts longer.
    static let settling: TimeInterval = 900
    /// How long after a month its invoice may be made.
    static let closing: TimeInterval = 3600

    let database: Database
    let queue: JobQueue
    let client: HTTPClient
    let secrets: BillingSecrets

    package init(database: Database, queue: JobQueue, client: HTTPClient, secrets: BillingSecrets) {
        self.database = database
        self.queue = queue
        self.client = client
        self.secrets = secrets
    }

    package func list(_ page: PageRequest, in scope: ProviderScope) async throws -> Rows<Invoice> {
        Rows(try await database.query(InvoiceStore.list(page), in: scope, InvoiceStore.decode), of: page)
    }

    package func list(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Invoice> {
        let statement = InvoiceStore.list(page, of: scope.tenant)
        return Rows(try await database.query(statement, in: scope, InvoiceStore.decode), of: page)
    }

    package func find(_ id: InvoiceID, in scope: ProviderScope) async throws -> Invoice {
        guard let found = try await database.first(InvoiceStore.find(id), in: scope, InvoiceStore.decode) else {
            throw BillingError.notFound
        }
        return found
    }

    package func find(_ id: InvoiceID, in scope: TenantScope) async throws -> Invoice {
        let statement = InvoiceStore.find(id, of: scope.tenant)
        guard let found = try await database.first(statement, in: scope, InvoiceStore.decode) else {
            throw BillingError.notFound
        }
        return found
    }

    package func document(_ id: InvoiceID, in scope: ProviderScope) async throws -> InvoiceFile {
        try await file(InvoiceStore.document(id), in: scope)
    }

    package func document(_ id: InvoiceID, in scope: TenantScope) async throws -> InvoiceFile {
        try await file(InvoiceStore.document(id, of: scope.tenant), in: scope)
    }

    private func file(_ statement: SQL, in scope: some Scope) async throws -> InvoiceFile {
        let bytes = try await database.first(statement, in: scope) { try $0.next([UInt8].self) }
        guard let bytes else { throw BillingError.notFound }
        return InvoiceFile(bytes: bytes, document: try InvoiceDocument(stored: bytes))
    }
}

/// An invoice as it is stored.
package struct InvoiceFile: Sendable {
    package let bytes: [UInt8]
    package let document: InvoiceDocument

    /// The canonical document, whose hash the invoice names.
    package var json: Download { Download(fileName: "\(document.number).json", bytes: bytes) }
    package var csv: Download {
        Download(fileName: "\(document.number).csv", bytes: InvoiceCSV.bytes(of: document))
    }
}
