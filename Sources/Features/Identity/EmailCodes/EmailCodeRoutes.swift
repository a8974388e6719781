package import FoundationEssentials
package import HTTPAPI
package import Kernel

/// Where a code went, and until when it is good.
package struct SentEmailCode: WireValue {
    package let sentTo: String
    package let expiresAt: Date
    package let againAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("sentTo", \.sentTo, .text(1...300), note: "Enough of the address for its owner to know it.")
        Field("expiresAt", \.expiresAt)
        Field("againAt", \.againAt, note: "When another one can be sent.")
    }
}

/// The endpoints of codes by e-mail.
package enum EmailCodeRoutes {
    private typealias Door = Endpoint<PublicAPI, Identity>
    private typealias Route = Endpoint<TenantAPI, Identity>

    /// For those who are not signed in yet.
    package static let door = EndpointGroup<PublicAPI, Identity>("auth") {
        Door.post(
            "email-code", "/auth/email-code", summary: "Have a code sent by e-mail", permission: .public,
            audit: .action("sign-in.code-sent"), body: SignInTokenRequest.self, returns: SentEmailCode.self,
            errors: [.signInExpired, .codeNotSent], rate: .sensitive,
            idempotency: .off(because: "sends another code each time")
        ) { identity, call in
            try await identity.sendEmailCode(call.body, call.visit)
        }

        Door.post(
            "enrol-email", "/auth/enrolment/email", summary: "Take codes by e-mail as the second factor",
            permission: .public, audit: .action("sign-in.enrolled"), body: CodeRequest.self, returns: SignInReply.self,
            errors: [.signInExpired, .codeRefused, .signInDenied], rate: .sensitive
        ) { identity, call in
            try await identity.enrolEmail(call.body, call.visit)
        }
    }

    package static let group = EndpointGroup<TenantAPI, Identity>("me") {
        Route.post(
            "email-code", "/me/email-code", summary: "Have a code sent to my mailbox", permission: .profile,
            audit: .action("profile.code-sent"), returns: SentEmailCode.self, errors: [.codeNotSent],
            rate: .sensitive, idempotency: .off(because: "sends another code each time")
        ) { identity, call in
            try await identity.sendEmailCode(from: call.request.clientAddress, call.acting)
        }

        Route.post(
            "add-email-factor", "/me/email-factor", summary: "Take codes by e-mail as one of my second factors",
            permission: .profile, audit: .action("email-factor.added"), body: StepUpRequest.self,
            returns: Nothing.self, errors: [.codeRefused], rate: .sensitive, stepUp: .recent
        ) { identity, call in
            try await identity.addEmailFactor(call.body, call.acting)
            return Nothing()
        }

        Route.delete(
            "remove-email-factor", "/me/email-factor", summary: "Take codes by e-mail back", permission: .profile,
            audit: .action("email-factor.removed"), errors: [.lastSecondFactor], stepUp: .recent
        ) { identity, call in
            try await identity.removeEmailFactor(call.acting)
            return Nothing()
        }
    }
}
