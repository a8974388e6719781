package import HTTPAPI
import Identity

/// The endpoints by which operators come in; nobody is signed in yet.
package enum OperatorSignInRoutes {
    private typealias Route = Endpoint<ProviderDoorAPI, Operators>

    package static let group = EndpointGroup<ProviderDoorAPI, Operators>("provider-auth") {
        Route.post(
            "sign-in", "/auth/sign-in", summary: "Sign in with login and password", permission: .public,
            audit: .action("sign-in.password"), body: PasswordRequest.self, returns: SignInReply.self,
            errors: [.signInRefused], rate: .sensitive
        ) { operators, call in
            try await operators.signIn(call.body, call.visit)
        }

        Route.post(
            "second-factor", "/auth/second-factor", summary: "Go on with a code", permission: .public,
            audit: .action("sign-in.second-factor"), body: CodeRequest.self, returns: SignInReply.self,
            errors: [.signInExpired, .codeRefused], rate: .sensitive
        ) { operators, call in
            try await operators.verify(call.body, call.visit)
        }

        Route.post(
            "invitation", "/auth/invitation", summary: "Come in by an invitation and choose a password",
            permission: .public, audit: .action("sign-in.invitation-accepted"), body: NewPasswordRequest.self,
            returns: SignInReply.self, errors: [.signInExpired], rate: .sensitive
        ) { operators, call in
            try await operators.acceptInvitation(call.body, call.visit)
        }

        Route.post(
            "enrolment", "/auth/enrolment", summary: "Get a secret for an authenticator", permission: .public,
            audit: .action("sign-in.enrolment-begun"), body: SignInTokenRequest.self,
            returns: SecondFactorEnrolment.self, errors: [.signInExpired], rate: .sensitive
        ) { operators, call in
            try await operators.beginEnrolment(call.body, call.visit)
        }

        Route.post(
            "confirm-enrolment", "/auth/enrolment/confirm", summary: "Confirm the authenticator with its first code",
            permission: .public, audit: .action("sign-in.enrolled"), body: CodeRequest.self, returns: SignInReply.self,
            errors: [.signInExpired, .codeRefused], rate: .sensitive
        ) { operators, call in
            try await operators.confirmEnrolment(call.body, call.visit)
        }
    }
}
