package import HTTPAPI
import Kernel

/// The endpoints that say whether a company's own host name leads to its portal.
package enum HostNameRoutes {
    private typealias Route = Endpoint<TenantAPI, CheckHostName>

    package static let group = EndpointGroup<TenantAPI, CheckHostName>("host-name") {
        Route.get(
            "show", "/settings/host-name", summary: "Show whether the company's host name leads to its portal",
            permission: .settingsRead, returns: HostNameStanding.self
        ) { check, call in
            try await check.standing(in: call.scope)
        }

        Route.post(
            "check", "/settings/host-name/check", summary: "Look now whether it does", permission: .settingsManage,
            audit: .action("host-name.checked"), returns: HostNameStanding.self, rate: .sensitive
        ) { check, call in
            try await check.look(at: call.now, audit: call.audit, in: call.scope)
        }
    }
}
