package import HTTPAPI
import Kernel

/// The endpoints of passkeys and of one's own second factors.
package enum PasskeyRoutes {
    private typealias Door = Endpoint<PublicAPI, Identity>
    private typealias Route = Endpoint<TenantAPI, Identity>

    private static let asked = Idempotency.off(because: "asks something else each time")
    private static let quiet = Audit.none(because: "a question changes nothing; what comes of it is audited")

    /// For those who are not signed in yet.
    package static let door = EndpointGroup<PublicAPI, Identity>("auth") {
        Door.post(
            "offer-passkey", "/auth/passkey/options", summary: "Ask for any passkey", permission: .public,
            audit: quiet, returns: PasskeyRequestOptions.self, errors: [.noPasskeyHere],
            rate: .sensitive, idempotency: asked
        ) { identity, call in
            try await identity.offerPasskey(call.visit)
        }

        Door.post(
            "passkey", "/auth/passkey", summary: "Sign in by a passkey", permission: .public,
            audit: .action("sign-in.passkey"), body: UsePasskeyRequest.self, returns: SignInReply.self,
            errors: [.passkeyRefused, .noPasskeyHere], rate: .sensitive
        ) { identity, call in
            try await identity.signIn(call.body, call.visit)
        }

        Door.post(
            "offer-passkey-factor", "/auth/second-factor/passkey/options", summary: "Ask for the person's passkey",
            permission: .public, audit: quiet, body: SignInTokenRequest.self,
            returns: PasskeyRequestOptions.self, errors: [.signInExpired, .noPasskeyHere], rate: .sensitive,
            idempotency: asked
        ) { identity, call in
            try await identity.offerPasskeyFactor(call.body, call.visit)
        }

        Door.post(
            "passkey-factor", "/auth/second-factor/passkey", summary: "Go on with a passkey", permission: .public,
            audit: .action("sign-in.second-factor"), body: PasskeyFactorRequest.self, returns: SignInReply.self,
            errors: [.signInExpired, .passkeyRefused, .noPasskeyHere], rate: .sensitive
        ) { identity, call in
            try await identity.verify(call.body, call.visit)
        }

        Door.post(
            "offer-passkey-enrolment", "/auth/enrolment/passkey/options", summary: "Ask for a new passkey",
            permission: .public, audit: .action("sign-in.enrolment-begun"), body: SignInTokenRequest.self,
            returns: PasskeyCreationOptions.self, errors: [.signInExpired, .noPasskeyHere], rate: .sensitive,
            idempotency: asked
        ) { identity, call in
            try await identity.offerPasskeyEnrolment(call.body, call.visit)
        }

        Door.post(
            "enrol-passkey", "/auth/enrolment/passkey", summary: "Take a passkey as the second factor",
            permission: .public, audit: .action("sign-in.enrolled"), body: EnrolPasskeyRequest.self,
            returns: SignInReply.self,
            errors: [.signInExpired, .passkeyRefused, .passkeyModelRefused, .noPasskeyHere, .keyTaken],
            rate: .sensitive
        ) { identity, call in
            try await identity.enrol(call.body, call.visit)
        }
    }

    package static let group = EndpointGroup<TenantAPI, Identity>("me") {
        Route.list(
            "passkeys", "/me/passkeys", summary: "List my passkeys", permission: .profile, by: Passkey.listing
        ) { identity, call in
            try await identity.passkeys(call.query, call.acting)
        }

        Route.post(
            "offer-passkey", "/me/passkeys/options", summary: "Ask for a new passkey", permission: .profile,
            audit: quiet, returns: PasskeyCreationOptions.self,
            errors: [.noPasskeyHere, .browserNeeded], rate: .sensitive, stepUp: .recent, idempotency: asked
        ) { identity, call in
            try await identity.offerNewPasskey(call.caller, call.request, call.acting)
        }

        Route.post(
            "add-passkey", "/me/passkeys", summary: "Add a passkey", permission: .profile,
            audit: .action("passkey.added"), body: AddPasskeyRequest.self, returns: Passkey.self, status: 201,
            errors: [
                .passkeyRefused, .passkeyModelRefused, .noPasskeyHere, .browserNeeded, .keyTaken, .limitReached,
            ], rate: .sensitive, stepUp: .recent
        ) { identity, call in
            try await identity.addPasskey(call.body, call.caller, call.request, call.acting)
        }

        Route.delete(
            "remove-passkey", "/me/passkeys/{passkey}", PasskeyID.self, summary: "Take a passkey back",
            permission: .profile, audit: .action("passkey.removed"), errors: [.lastSecondFactor], stepUp: .recent
        ) { identity, call in
            try await identity.removePasskey(call.path, call.acting)
            return Nothing()
        }

        Route.post(
            "offer-authenticator", "/me/authenticator", summary: "Get a secret for an authenticator",
            permission: .profile, audit: .action("authenticator.asked"), returns: SecondFactorEnrolment.self,
            errors: [.authenticatorPresent], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "shows the secret once")
        ) { identity, call in
            try await identity.offerAuthenticator(call.acting)
        }

        Route.post(
            "confirm-authenticator", "/me/authenticator/confirm",
            summary: "Confirm the authenticator with its first code", permission: .profile,
            audit: .action("authenticator.added"), body: StepUpRequest.self, returns: Nothing.self,
            errors: [.codeRefused], rate: .sensitive, stepUp: .recent
        ) { identity, call in
            try await identity.confirmAuthenticator(call.body, call.acting)
            return Nothing()
        }

        Route.delete(
            "remove-authenticator", "/me/authenticator", summary: "Take the authenticator back", permission: .profile,
            audit: .action("authenticator.removed"), errors: [.lastSecondFactor], stepUp: .recent
        ) { identity, call in
            try await identity.removeAuthenticator(call.acting)
            return Nothing()
        }

        Route.post(
            "offer-step-up", "/me/step-up/passkey/options", summary: "Ask for my passkey", permission: .profile,
            audit: quiet, returns: PasskeyRequestOptions.self,
            errors: [.noPasskeyHere, .browserNeeded], rate: .sensitive, idempotency: asked
        ) { identity, call in
            try await identity.offerStepUp(call.caller, call.request, call.acting)
        }

        Route.post(
            "step-up-passkey", "/me/step-up/passkey", summary: "Confirm with a passkey that it is me",
            permission: .profile, audit: .action("profile.stepped-up"), body: UsePasskeyRequest.self,
            returns: Nothing.self,
            errors: [.passkeyRefused, .noPasskeyHere, .browserNeeded, .factorNotCounted], rate: .sensitive
        ) { identity, call in
            try await identity.stepUp(call.body, call.caller, call.request, call.acting)
            return Nothing()
        }
    }
}
