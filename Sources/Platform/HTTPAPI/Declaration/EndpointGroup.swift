import Kernel

/// The endpoints of a feature, under one name and one path.
package struct EndpointGroup<API: Surface, Feature: Sendable>: Sendable {
    package let endpoints: [Endpoint<API, Feature>]

    package init(_ name: String, @EndpointList<API, Feature> endpoints: () -> [Endpoint<API, Feature>]) {
        self.endpoints = endpoints().map { endpoint in
            var endpoint = endpoint
            endpoint.operation.name = "\(name).\(endpoint.operation.name)"
            return endpoint
        }
    }

    package var operations: [Operation] { endpoints.map(\.operation) }

    /// Binds the endpoints to the feature that serves them.
    package func mounted(on feature: Feature, behind gate: Gate<API>) -> [MountedEndpoint] {
        endpoints.map { endpoint in
            let operation = endpoint.operation
            return MountedEndpoint(operation: operation) { request in
                if let tenant = request.tenant?.tenant, let problem = endpoint.turnsAway?(feature, tenant) {
                    return .problem(problem, traceID: request.facts.traceID)
                }
                return await gate.pass(request, operation) { admitted in
                    try await endpoint.handle(feature, admitted)
                }
            }
        }
    }
}

/// An endpoint with its feature and its gate: a function from request to response that does not throw.
package struct MountedEndpoint: Sendable {
    package let operation: Operation
    package let respond: @Sendable (Incoming) async -> Outgoing
}

/// Lists endpoints, each type-checked on its own.
@resultBuilder
package enum EndpointList<API: Surface, Feature: Sendable> {
    package static func buildBlock(_ endpoint: Endpoint<API, Feature>...) -> [Endpoint<API, Feature>] { endpoint }
}
