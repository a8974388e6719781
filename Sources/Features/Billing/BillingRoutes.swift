package import HTTPAPI
import Kernel

extension Permission {
    package static let providerInvoicesRead = Permission("provider.invoices.read")
    package static let providerInvoicesManage = Permission("provider.invoices.manage")
    package static let invoicesRead = Permission("invoices.read")
}

/// The provider's endpoints of invoices.
package enum BillingRoutes {
    private typealias Route = Endpoint<ProviderAPI, Billing>

    package static let group = EndpointGroup<ProviderAPI, Billing>("invoices") {
        Route.list(
            "list", "/invoices", summary: "List invoices", permission: .providerInvoicesRead, by: Invoice.listing
        ) { billing, call in
            try await billing.list(call.query, in: call.scope)
        }

        Route.post(
            "make", "/invoices", summary: "Make the final invoice of a month", permission: .providerInvoicesManage,
            audit: .action("invoice.made"), body: InvoiceRequest.self, returns: Invoice.self, status: 201,
            errors: [.monthRunning, .billOutOfRange]
        ) { billing, call in
            try await billing.make(call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "preview", "/tenants/{tenant}/invoice-preview", TenantID.self,
            summary: "Show what a month's invoice would be now", permission: .providerInvoicesRead,
            query: PreviewQuestion.self, returns: InvoiceDocument.self, errors: [.billOutOfRange], rate: .expensive
        ) { billing, call in
            try await billing.preview(call.query.month, of: call.path, at: call.now, in: call.scope)
        }

        Route.get(
            "show", "/invoices/{invoice}", InvoiceID.self, summary: "Show an invoice",
            permission: .providerInvoicesRead, returns: Invoice.self
        ) { billing, call in
            try await billing.find(call.path, in: call.scope)
        }

        Route.download(
            "document", "/invoices/{invoice}/document", InvoiceID.self, summary: "Download an invoice as JSON",
            permission: .providerInvoicesRead, audit: .reading, mediaType: "application/json"
        ) { billing, call in
            try await billing.document(call.path, in: call.scope).json
        }

        Route.download(
            "csv", "/invoices/{invoice}/csv", InvoiceID.self, summary: "Download an invoice's lines as CSV",
            permission: .providerInvoicesRead, audit: .reading, mediaType: "text/csv"
        ) { billing, call in
            try await billing.document(call.path, in: call.scope).csv
        }

        Route.get(
            "check", "/invoices/{invoice}/check", InvoiceID.self,
            summary: "Compute an invoice again and compare it to the byte", permission: .providerInvoicesRead,
            returns: InvoiceCheck.self, errors: [.billOutOfRange], rate: .expensive
        ) { billing, call in
            try await billing.check(call.path, in: call.scope)
        }

        Route.post(
            "push", "/invoices/{invoice}/push", InvoiceID.self, summary: "Send an invoice again",
            permission: .providerInvoicesManage, audit: .action("invoice.pushed"), returns: Invoice.self,
            errors: [.noBillingTarget]
        ) { billing, call in
            try await billing.push(call.path, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "target", "/billing/target", summary: "Show where invoices are sent",
            permission: .providerInvoicesRead, returns: BillingTarget.self, errors: [.noBillingTarget]
        ) { billing, call in
            try await billing.target(in: call.scope)
        }

        Route.put(
            "set-target", "/billing/target", summary: "Say where invoices are sent, with a new secret",
            permission: .providerInvoicesManage, audit: .action("billing.target-set"), body: SetBillingTarget.self,
            returns: NewBillingTarget.self, rate: .sensitive
        ) { billing, call in
            try await billing.setTarget(call.body, at: call.now, audit: call.audit, in: call.scope)
        }
    }
}

/// A tenant's own invoices.
package enum TenantInvoiceRoutes {
    private typealias Route = Endpoint<TenantAPI, Billing>

    package static let group = EndpointGroup<TenantAPI, Billing>("own-invoices") {
        Route.list(
            "list", "/invoices", summary: "List one's own invoices", permission: .invoicesRead, by: Invoice.listing
        ) { billing, call in
            try await billing.list(call.query, in: call.scope)
        }

        Route.get(
            "show", "/invoices/{invoice}", InvoiceID.self, summary: "Show an invoice", permission: .invoicesRead,
            returns: Invoice.self
        ) { billing, call in
            try await billing.find(call.path, in: call.scope)
        }

        Route.download(
            "document", "/invoices/{invoice}/document", InvoiceID.self, summary: "Download an invoice as JSON",
            permission: .invoicesRead, audit: .reading, mediaType: "application/json"
        ) { billing, call in
            try await billing.document(call.path, in: call.scope).json
        }

        Route.download(
            "csv", "/invoices/{invoice}/csv", InvoiceID.self, summary: "Download an invoice's lines as CSV",
            permission: .invoicesRead, audit: .reading, mediaType: "text/csv"
        ) { billing, call in
            try await billing.document(call.path, in: call.scope).csv
        }
    }
}
