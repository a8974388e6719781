package import HTTPAPI
package import Kernel

/// Where somebody confirms by RADIUS; nothing if they do not.
package struct RADIUSFactor: WireValue {
    package let provider: IdentityProviderID?
    package let name: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("provider", \.provider)
        Field("name", \.name, .text(1...100))
    }
}

/// The body that has somebody confirm by RADIUS.
package struct AssignRADIUSRequest: WireValue {
    package let provider: IdentityProviderID

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("provider", \.provider, note: "RADIUS servers whose use is second-factor.")
    }
}

/// A sign-in's token, and what goes to the person's RADIUS server.
package struct RADIUSFactorRequest: WireValue {
    package let token: String
    package let answer: String
    package let remember: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token, .text(1...200))
        Field("answer", \.answer, .text(0...128), note: "Nothing has the server ask, or ring.")
        Field("remember", \.remember, Bool.schema.otherwise(false), note: "Not to be asked again in this browser.")
    }
}

/// What goes to one's RADIUS server.
package struct AnswerRADIUSRequest: WireValue {
    package let answer: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("answer", \.answer, .text(0...128), note: "Nothing has the server ask, or ring.")
    }
}

/// What the server asks next; nothing once it has accepted.
package struct RADIUSReply: WireValue {
    package let prompt: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("prompt", \.prompt, .text(0...400), note: "In the server's own words; null when all is shown.")
    }
}

/// The endpoints of RADIUS as a second factor.
package enum RADIUSFactorRoutes {
    private typealias Door = Endpoint<PublicAPI, Identity>
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let door = EndpointGroup<PublicAPI, Identity>("auth") {
        Door.post(
            "radius-factor", "/auth/second-factor/radius", summary: "Go on by the person's RADIUS server",
            permission: .public, audit: .action("sign-in.second-factor"), body: RADIUSFactorRequest.self,
            returns: SignInReply.self,
            errors: [.signInExpired, .codeRefused, .signInDenied, .providerUnavailable], rate: .sensitive,
            idempotency: .off(because: "each answer counts once")
        ) { identity, call in
            try await identity.verify(call.body, call.visit)
        }
    }

    package static let own = EndpointGroup<TenantAPI, Identity>("me") {
        Route.post(
            "step-up-radius", "/me/step-up/radius", summary: "Confirm by RADIUS that it is me", permission: .profile,
            audit: .action("profile.stepped-up"), body: AnswerRADIUSRequest.self, returns: RADIUSReply.self,
            errors: [.codeRefused, .factorNotCounted, .providerUnavailable, .browserNeeded, .signInExpired],
            rate: .sensitive, idempotency: .off(because: "each answer counts once")
        ) { identity, call in
            try await identity.stepUp(call.body, call.caller, from: call.request.clientAddress, call.acting)
        }
    }

    package static let group = EndpointGroup<TenantAPI, Identity>("users") {
        Route.get(
            "show-radius", "/users/{user}/radius-factor", UserID.self, summary: "Show where a user confirms by RADIUS",
            permission: .usersRead, returns: RADIUSFactor.self
        ) { identity, call in
            try await identity.radiusFactor(of: call.path, in: call.scope)
        }

        Route.put(
            "assign-radius", "/users/{user}/radius-factor", UserID.self, summary: "Have a user confirm by RADIUS",
            permission: .usersManage, audit: .action("user.radius-assigned"), body: AssignRADIUSRequest.self,
            returns: RADIUSFactor.self, stepUp: .recent
        ) { identity, call in
            try await identity.assignRADIUS(call.body, to: call.path, call.acting)
        }

        Route.delete(
            "remove-radius", "/users/{user}/radius-factor", UserID.self,
            summary: "Have a user confirm by RADIUS no more", permission: .usersManage,
            audit: .action("user.radius-removed"), errors: [.notYourself], stepUp: .recent
        ) { identity, call in
            try await identity.removeRADIUS(from: call.path, call.acting)
            return Nothing()
        }
    }
}
