package import HTTPAPI
import Kernel

extension Permission {
    package static let providerWorkers = Permission("provider.workers")
}

/// What the provider does with its workers.
package enum ProviderWorkerRoutes {
    private typealias Route = Endpoint<ProviderAPI, Hosting>

    package static let group = EndpointGroup<ProviderAPI, Hosting>("workers") {
        Route.list(
            "list", "/workers", summary: "List workers", permission: .providerWorkers, by: Worker.listing
        ) { hosting, call in
            try await hosting.workers(call.query, at: call.now, in: call.scope)
        }

        Route.get(
            "show", "/workers/{worker}", WorkerID.self, summary: "Show a worker", permission: .providerWorkers,
            returns: Worker.self
        ) { hosting, call in
            try await hosting.worker(call.path, at: call.now, in: call.scope)
        }

        Route.post(
            "prepare", "/worker-enrolments", summary: "Make a one-time token for a worker",
            permission: .providerWorkers, audit: .action("worker.prepared"), body: WorkerPlace.self,
            returns: WorkerEnrolment.self, status: 201, idempotency: .off(because: "it shows the token once")
        ) { hosting, call in
            try await hosting.prepare(call.body, at: call.now, in: call.scope, audit: call.audit)
        }

        Route.post(
            "drain", "/workers/{worker}/drain", WorkerID.self, summary: "Let a worker take no new sessions",
            permission: .providerWorkers, audit: .action("worker.drained"), returns: Worker.self,
            errors: [.wrongWorkerState]
        ) { hosting, call in
            try await hosting.order(.drain, call.path, at: call.now, audit: call.audit)
        }

        Route.post(
            "resume", "/workers/{worker}/resume", WorkerID.self, summary: "Let a worker work again",
            permission: .providerWorkers, audit: .action("worker.resumed"), returns: Worker.self,
            errors: [.wrongWorkerState]
        ) { hosting, call in
            try await hosting.order(.resume, call.path, at: call.now, audit: call.audit)
        }

        Route.post(
            "quarantine", "/workers/{worker}/quarantine", WorkerID.self, summary: "Trust a worker no more",
            permission: .providerWorkers, audit: .action("worker.quarantined"), returns: Worker.self,
            errors: [.wrongWorkerState]
        ) { hosting, call in
            try await hosting.order(.quarantine, call.path, at: call.now, audit: call.audit)
        }

        Route.delete(
            "remove", "/workers/{worker}", WorkerID.self, summary: "Remove a worker for good",
            permission: .providerWorkers, audit: .action("worker.removed"), errors: [.wrongWorkerState]
        ) { hosting, call in
            _ = try await hosting.order(.remove, call.path, at: call.now, audit: call.audit)
            return Nothing()
        }
    }
}
