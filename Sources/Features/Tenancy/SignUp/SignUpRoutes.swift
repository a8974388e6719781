package import HTTPAPI
import Kernel

extension Permission {
    /// The provider's settings, and who may sign up.
    package static let providerSettings = Permission("provider.settings")
}

/// The endpoints of signing up: for visitors, and for the provider.
package enum SignUpRoutes {
    private typealias Visitors = Endpoint<SignUpAPI, SignUps>
    private typealias Route = Endpoint<ProviderAPI, SignUps>

    package static let visitors = EndpointGroup<SignUpAPI, SignUps>("sign-up") {
        Visitors.get(
            "show", "/sign-up", summary: "Show whether a company can sign up", permission: .public,
            returns: SignUpFace.self
        ) { signUps, _ in
            try await signUps.face()
        }

        Visitors.post(
            "request", "/sign-up", summary: "Sign a company up; a mail comes to confirm it", permission: .public,
            audit: .action("sign-up.requested"), body: SignUpRequest.self, returns: SignUpReceived.self, status: 202,
            errors: [.signUpClosed, .slugTaken], rate: .sensitive
        ) { signUps, call in
            try await signUps.request(call.body, audit: call.audit, at: call.now)
        }

        Visitors.post(
            "confirm", "/sign-up/confirm", summary: "Confirm the address with the link of the mail",
            permission: .public, audit: .action("sign-up.confirmed"), body: ConfirmSignUpRequest.self,
            returns: SignUpOutcome.self, errors: [.signUpClosed, .signUpOver, .slugTaken], rate: .sensitive
        ) { signUps, call in
            try await signUps.confirm(call.body.token, audit: call.audit, at: call.now)
        }
    }

    package static let provider = EndpointGroup<ProviderAPI, SignUps>("sign-ups") {
        Route.get(
            "settings", "/settings/sign-up", summary: "Show who may sign up", permission: .providerSettings,
            returns: SignUpSettings.self
        ) { signUps, _ in
            try await signUps.settings()
        }

        Route.put(
            "change-settings", "/settings/sign-up", summary: "Say who may sign up", permission: .providerSettings,
            audit: .action("setting.changed"), body: SignUpSettings.self, returns: SignUpSettings.self
        ) { signUps, call in
            try await signUps.change(call.body, audit: call.audit)
        }

        Route.list(
            "list", "/sign-ups", summary: "List companies that sign up", permission: .tenantsRead,
            by: SignUp.listing
        ) { signUps, call in
            try await signUps.list(call.query, in: call.scope)
        }

        Route.post(
            "approve", "/sign-ups/{signUp}/approve", SignUpID.self,
            summary: "Create the tenant of a company that waits", permission: .tenantsManage,
            audit: .action("sign-up.approved"), returns: SignUp.self, errors: [.signUpDecided, .slugTaken]
        ) { signUps, call in
            try await signUps.approve(call.path, by: call.caller.name, audit: call.audit, at: call.now)
        }

        Route.post(
            "reject", "/sign-ups/{signUp}/reject", SignUpID.self, summary: "Turn a company away",
            permission: .tenantsManage, audit: .action("sign-up.rejected"), body: RejectSignUpRequest.self,
            returns: SignUp.self, errors: [.signUpDecided]
        ) { signUps, call in
            try await signUps.reject(
                call.path, because: call.body.reason, by: call.caller.name, audit: call.audit, at: call.now)
        }
    }
}
