package import HTTPAPI
import Kernel

/// The endpoints of codes by e-mail and as text messages.
package enum CodeRoutes {
    private typealias Door = Endpoint<PublicAPI, Identity>
    private typealias Route = Endpoint<TenantAPI, Identity>

    /// For those who are not signed in yet.
    package static let door = EndpointGroup<PublicAPI, Identity>("auth") {
        Door.post(
            "email-code", "/auth/email-code", summary: "Have a code sent by e-mail", permission: .public,
            audit: .action("sign-in.code-sent"), body: SignInTokenRequest.self, returns: SentCode.self,
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

        Door.post(
            "sms-code", "/auth/sms-code", summary: "Have a code sent as a text message", permission: .public,
            audit: .action("sign-in.code-sent"), body: SendSMSRequest.self, returns: SentCode.self,
            errors: [.signInExpired, .codeNotSent], rate: .sensitive,
            idempotency: .off(because: "sends another code each time")
        ) { identity, call in
            try await identity.sendSMSCode(call.body, call.visit)
        }

        Door.post(
            "enrol-sms", "/auth/enrolment/sms", summary: "Take codes as text messages as the second factor",
            permission: .public, audit: .action("sign-in.enrolled"), body: CodeRequest.self, returns: SignInReply.self,
            errors: [.signInExpired, .codeRefused, .signInDenied], rate: .sensitive
        ) { identity, call in
            try await identity.enrolSMS(call.body, call.visit)
        }
    }

    package static let group = EndpointGroup<TenantAPI, Identity>("me") {
        Route.post(
            "email-code", "/me/email-code", summary: "Have a code sent to my mailbox", permission: .profile,
            audit: .action("profile.code-sent"), returns: SentCode.self, errors: [.codeNotSent, .factorNotCounted],
            rate: .sensitive, idempotency: .off(because: "sends another code each time")
        ) { identity, call in
            try await identity.sendEmailCode(from: call.request.clientAddress, call.acting)
        }

        Route.post(
            "add-email-factor", "/me/email-factor", summary: "Take codes by e-mail as one of my second factors",
            permission: .profile, audit: .action("email-factor.added"), body: StepUpRequest.self,
            returns: Nothing.self, errors: [.codeRefused], rate: .sensitive, stepUp: .recent
        ) { identity, call in
            try await identity.addEmailFactor(call.body, from: call.request.clientAddress, call.acting)
            return Nothing()
        }

        Route.delete(
            "remove-email-factor", "/me/email-factor", summary: "Take codes by e-mail back", permission: .profile,
            audit: .action("email-factor.removed"), errors: [.lastSecondFactor], stepUp: .recent
        ) { identity, call in
            try await identity.removeEmailFactor(call.acting)
            return Nothing()
        }

        Route.post(
            "sms-code", "/me/sms-code", summary: "Have a code sent to my telephone", permission: .profile,
            audit: .action("profile.code-sent"), body: SendOwnSMSRequest.self, returns: SentCode.self,
            errors: [.codeNotSent, .factorNotCounted, .stepUpRequired], rate: .sensitive,
            idempotency: .off(because: "sends another code each time")
        ) { identity, call in
            try await identity.sendSMSCode(
                call.body, call.caller, from: call.request.clientAddress, call.acting)
        }

        Route.post(
            "add-sms-factor", "/me/sms-factor", summary: "Take codes as text messages as one of my second factors",
            permission: .profile, audit: .action("sms-factor.added"), body: StepUpRequest.self,
            returns: Nothing.self, errors: [.codeRefused], rate: .sensitive, stepUp: .recent
        ) { identity, call in
            try await identity.addSMSFactor(call.body, from: call.request.clientAddress, call.acting)
            return Nothing()
        }

        Route.delete(
            "remove-sms-factor", "/me/sms-factor", summary: "Take codes as text messages back", permission: .profile,
            audit: .action("sms-factor.removed"), errors: [.lastSecondFactor], stepUp: .recent
        ) { identity, call in
            try await identity.removeSMSFactor(call.acting)
            return Nothing()
        }
    }
}
