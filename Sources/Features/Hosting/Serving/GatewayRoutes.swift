package import HTTPAPI
import Kernel

/// The endpoint about gateways that people use.
package enum GatewayRoutes {
    private typealias Route = Endpoint<TenantAPI, Gateways>

    package static let group = EndpointGroup<TenantAPI, Gateways>("gateway") {
        Route.get(
            "mine", "/my/gateway", summary: "Where to point an SSH client", permission: Permission("assets.mine"),
            returns: GatewayAddress.self
        ) { gateways, call in
            try await gateways.ssh(at: call.now)
        }
    }
}
