package import HTTPAPI
import Kernel

/// The endpoints of browsers in which people are not asked for a second factor again.
package enum RememberedDeviceRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let own = EndpointGroup<TenantAPI, Identity>("me") {
        Route.get(
            "remembered-devices", "/me/remembered-devices", summary: "Show where I am not asked again",
            permission: .profile, returns: RememberedDevices.self
        ) { identity, call in
            try await identity.rememberedDevices(call.acting)
        }

        Route.delete(
            "forget-devices", "/me/remembered-devices", summary: "Be asked everywhere again", permission: .profile,
            audit: .action("remembered-devices.forgotten")
        ) { identity, call in
            try await identity.forgetDevices(call.acting)
            return Nothing()
        }
    }

    package static let group = EndpointGroup<TenantAPI, Identity>("user-devices") {
        Route.get(
            "remembered-devices", "/users/{user}/remembered-devices", UserID.self,
            summary: "Show where somebody is not asked again", permission: .onlineRead, returns: RememberedDevices.self
        ) { identity, call in
            try await identity.rememberedDevices(of: call.path, call.acting)
        }

        Route.delete(
            "forget-devices", "/users/{user}/remembered-devices", UserID.self,
            summary: "Have somebody asked everywhere again", permission: .onlineManage,
            audit: .action("remembered-devices.forgotten")
        ) { identity, call in
            try await identity.forgetDevices(of: call.path, call.acting)
            return Nothing()
        }
    }
}
