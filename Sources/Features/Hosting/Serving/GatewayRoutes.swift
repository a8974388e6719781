package import HTTPAPI
import Kernel

/// The endpoint about gateways that people use.
package enum GatewayRoutes {
    private typealias Route = Endpoint<TenantAPI, Gateways>

    package static let group = EndpointGroup<TenantAPI, Gateways>("gateway") {
        Route.get(
            "mine", "/my/gateway", summary: "Where to point an SSH client", permission: Permission("assets.mine"),
            query: GatewayQuestion.self, returns: GatewayAddress.self
        ) { gateways, call in
            let visitor = GatewayVisitor(
                clientAddress: call.request.clientAddress, asset: call.query.asset, seed: call.actor.text)
            return try await gateways.ssh(for: visitor, at: call.now, in: call.scope)
        }
    }
}
