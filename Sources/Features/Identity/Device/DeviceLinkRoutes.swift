package import HTTPAPI

/// The endpoints by which a sign-in at a terminal is confirmed in the portal.
package enum DeviceLinkRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("me") {
        Route.post(
            "show-device", "/me/device-link", summary: "Show the terminal at which I sign in", permission: .profile,
            audit: .none(because: "it shows what a link is about, and changes nothing"), body: DeviceLinkRequest.self,
            returns: DeviceLinkView.self, rate: .sensitive,
            idempotency: .off(because: "it changes nothing")
        ) { identity, call in
            try await identity.deviceLink(call.body, call.acting)
        }

        Route.post(
            "confirm-device", "/me/device-link/decision", summary: "Say whether it is me at the terminal",
            permission: .profile, audit: .action("sign-in.device-decided"), body: DecideDeviceLink.self,
            returns: Nothing.self, errors: [.factorNotCounted], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "a link is decided once")
        ) { identity, call in
            try await identity.decide(call.body, call.caller, call.acting)
            return Nothing()
        }
    }
}
