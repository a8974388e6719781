package import HTTPAPI
import Identity
import Kernel

/// The endpoints of an operator's own account.
package enum OperatorProfileRoutes {
    private typealias Route = Endpoint<ProviderAPI, Operators>

    package static let group = EndpointGroup<ProviderAPI, Operators>("provider-me") {
        Route.get(
            "show", "/me", summary: "Show who I am and what I may do", permission: .providerProfile,
            returns: OperatorProfile.self
        ) { operators, call in
            try await operators.profile(call.caller, call.permissions)
        }

        Route.post(
            "password", "/me/password", summary: "Change my password", permission: .providerProfile,
            audit: .action("operator.password-changed"), body: ChangePasswordRequest.self, returns: Nothing.self,
            errors: [.passwordRefused], rate: .sensitive, stepUp: .recent
        ) { operators, call in
            try await operators.changePassword(call.body, call.acting)
            return Nothing()
        }

        Route.post(
            "step-up", "/me/step-up", summary: "Confirm with a code that it is me", permission: .providerProfile,
            audit: .action("operator.stepped-up"), body: StepUpRequest.self, returns: Nothing.self,
            errors: [.codeRefused], rate: .sensitive
        ) { operators, call in
            try await operators.stepUp(call.body, call.acting)
            return Nothing()
        }

        Route.post(
            "sign-out", "/me/sign-out", summary: "Sign out", permission: .providerProfile,
            audit: .action("operator.signed-out"), returns: Nothing.self
        ) { operators, call in
            try await operators.signOut(call.acting, call.response)
            return Nothing()
        }

        Route.list(
            "sessions", "/me/sessions", summary: "List my browsers", permission: .providerProfile,
            by: OperatorSession.listing
        ) { operators, call in
            try await operators.sessions(call.query, call.acting)
        }

        Route.delete(
            "end-session", "/me/sessions/{session}", ProviderSessionID.self, summary: "Sign one of my browsers out",
            permission: .providerProfile, audit: .action("operator.session-ended")
        ) { operators, call in
            try await operators.endSession(call.path, call.acting)
            return Nothing()
        }
    }
}
