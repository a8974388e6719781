package import HTTPAPI
import Kernel

extension Permission {
    package static let providerServiceLevels = Permission("provider.service-levels")
}

/// What the provider asks about how tenants are served.
package enum LevelRoutes {
    private typealias Route = Endpoint<ProviderAPI, ServiceLevels>

    package static let group = EndpointGroup<ProviderAPI, ServiceLevels>("service-levels") {
        Route.get(
            "report", "/service-levels", summary: "How tenants are served: requests, failures, waiting times",
            permission: .providerServiceLevels, query: LevelQuestion.self, returns: LevelReport.self, rate: .expensive
        ) { levels, call in
            try await levels.report(call.query, in: call.scope)
        }
    }
}
