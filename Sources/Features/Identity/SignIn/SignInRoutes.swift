package import HTTPAPI

/// The endpoints by which people come in; nobody is signed in yet.
package enum SignInRoutes {
    private typealias Route = Endpoint<PublicAPI, Identity>

    /// What even a closed company shows.
    package static let face = EndpointGroup<PublicAPI, Identity>("auth") {
        Route.get(
            "tenant", "/auth/tenant", summary: "Show whose portal this is", permission: .public,
            returns: TenantFace.self
        ) { identity, call in
            try await identity.face(at: call.now, in: call.scope)
        }

        Route.download(
            "logo", "/auth/logo", summary: "Show the company's logo", permission: .public, audit: .reading,
            mediaType: "image/png"
        ) { identity, call in
            try await identity.logo(in: call.scope)
        }
    }

    package static let group = EndpointGroup<PublicAPI, Identity>("auth") {
        Route.post(
            "sign-in", "/auth/sign-in", summary: "Sign in with login and password", permission: .public,
            audit: .action("sign-in.password"), body: PasswordRequest.self, returns: SignInReply.self,
            errors: [.signInRefused, .signInDenied], rate: .sensitive
        ) { identity, call in
            try await identity.signIn(call.body, call.visit)
        }
        .turningAway { identity, tenant in identity.crowd(in: tenant) }

        Route.post(
            "challenge", "/auth/challenge", summary: "Answer what an identity provider asks", permission: .public,
            audit: .action("sign-in.challenge"), body: AnswerRequest.self, returns: SignInReply.self,
            errors: [.signInRefused, .signInExpired], rate: .sensitive
        ) { identity, call in
            try await identity.answerChallenge(call.body, call.visit)
        }

        Route.post(
            "second-factor", "/auth/second-factor", summary: "Go on with a code", permission: .public,
            audit: .action("sign-in.second-factor"), body: CodeRequest.self, returns: SignInReply.self,
            errors: [.signInExpired, .codeRefused, .signInDenied], rate: .sensitive
        ) { identity, call in
            try await identity.verify(call.body, call.visit)
        }

        Route.post(
            "enrolment", "/auth/enrolment", summary: "Get a secret for an authenticator", permission: .public,
            audit: .action("sign-in.enrolment-begun"), body: SignInTokenRequest.self,
            returns: SecondFactorEnrolment.self, errors: [.signInExpired], rate: .sensitive
        ) { identity, call in
            try await identity.beginEnrolment(call.body, call.visit)
        }

        Route.post(
            "confirm-enrolment", "/auth/enrolment/confirm", summary: "Confirm the authenticator with its first code",
            permission: .public, audit: .action("sign-in.enrolled"), body: CodeRequest.self, returns: SignInReply.self,
            errors: [.signInExpired, .codeRefused, .signInDenied], rate: .sensitive
        ) { identity, call in
            try await identity.confirmEnrolment(call.body, call.visit)
        }

        Route.post(
            "change-password", "/auth/change-password", summary: "Choose a new password to go on",
            permission: .public, audit: .action("sign-in.password-changed"), body: NewPasswordRequest.self,
            returns: SignInReply.self, errors: [.signInExpired, .signInDenied], rate: .sensitive
        ) { identity, call in
            try await identity.changePassword(call.body, call.visit)
        }

        Route.post(
            "invitation", "/auth/invitation", summary: "Come in by an invitation and choose a password",
            permission: .public, audit: .action("sign-in.invitation-accepted"), body: NewPasswordRequest.self,
            returns: SignInReply.self, errors: [.signInExpired, .signInDenied], rate: .sensitive
        ) { identity, call in
            try await identity.acceptInvitation(call.body, call.visit)
        }

        Route.post(
            "password-demand", "/auth/password-demand", summary: "Show what the password to be chosen has to be",
            permission: .public, audit: .none(because: "tells rules, and changes nothing"),
            body: SignInTokenRequest.self, returns: PasswordDemand.self, errors: [.signInExpired],
            idempotency: .off(because: "changes nothing")
        ) { identity, call in
            try await identity.passwordDemand(call.body, call.visit)
        }

        Route.post(
            "review", "/auth/review", summary: "Wait until somebody has agreed to the sign-in", permission: .public,
            audit: .none(
                because: "asked again while one waits; what was agreed and who came in are told by themselves"),
            body: SignInTokenRequest.self, returns: SignInReply.self,
            errors: [.signInExpired, .signInDenied, .signInRejected],
            idempotency: .off(because: "the answer changes by itself")
        ) { identity, call in
            try await identity.awaitSignInReview(call.body, call.visit)
        }

        Route.post(
            "give-up", "/auth/review/give-up", summary: "Wait no longer until somebody agrees", permission: .public,
            audit: .none(because: "the request that is taken back tells it"), body: SignInTokenRequest.self,
            returns: Nothing.self, idempotency: .off(because: "ends nothing twice")
        ) { identity, call in
            try await identity.giveUpSignIn(call.body, call.visit)
            return Nothing()
        }

        Route.post(
            "cli", "/auth/cli", summary: "Sign the command line in", permission: .public,
            audit: .action("sign-in.cli"), body: DirectSignInRequest.self, returns: DirectSignInReply.self,
            errors: [
                .signInRefused, .signInExpired, .finishInPortal, .codeSent, .codeNotSent, .signInDenied,
                .signInRejected, .signInWaits,
            ], rate: .sensitive
        ) { identity, call in
            try await identity.signInDirectly(call.body, call.visit)
        }
        .turningAway { identity, tenant in identity.crowd(in: tenant) }

        Route.post(
            "cli-review", "/auth/cli/review", summary: "Wait until somebody has agreed to a sign-in at a terminal",
            permission: .public,
            audit: .none(
                because: "asked again while one waits; what was agreed and who came in are told by themselves"),
            body: DirectAttempt.self, returns: DirectSignInReply.self,
            errors: [.signInExpired, .signInDenied, .signInRejected, .signInWaits, .finishInPortal],
            idempotency: .off(because: "the answer changes by itself")
        ) { identity, call in
            try await identity.awaitDirectReview(call.body, call.visit)
        }

        Route.post(
            "cli-give-up", "/auth/cli/review/give-up", summary: "Wait no longer at a terminal until somebody agrees",
            permission: .public, audit: .none(because: "the request that is taken back tells it"),
            body: DirectAttempt.self, returns: Nothing.self, idempotency: .off(because: "ends nothing twice")
        ) { identity, call in
            try await identity.giveUpDirectly(call.body, call.visit)
            return Nothing()
        }

        Route.post(
            "cli-challenge", "/auth/cli/challenge", summary: "Answer an identity provider's question on a terminal",
            permission: .public, audit: .action("sign-in.cli-challenge"), body: DirectAnswerRequest.self,
            returns: DirectSignInReply.self,
            errors: [
                .signInRefused, .signInExpired, .finishInPortal, .codeSent, .codeNotSent, .signInDenied,
                .signInRejected,
                .signInWaits,
            ], rate: .sensitive
        ) { identity, call in
            try await identity.answerDirectly(call.body, call.visit)
        }
    }
}
