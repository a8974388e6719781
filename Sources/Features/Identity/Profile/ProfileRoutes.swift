package import HTTPAPI
import Kernel

/// The endpoints of one's own account.
package enum ProfileRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("me") {
        Route.get(
            "show", "/me", summary: "Show who I am and what I may do", permission: .profileRead, returns: Profile.self
        ) { identity, call in
            try await identity.profile(call.caller, call.caller.reach?.anywhere ?? call.permissions)
        }

        Route.patch(
            "change", "/me", summary: "Change my name or language", permission: .profile,
            audit: .action("profile.changed"), body: ChangeProfileRequest.self, returns: ProfileUser.self
        ) { identity, call in
            try await identity.changeProfile(call.body, from: call.version ?? 0, call.acting)
        }

        Route.post(
            "password", "/me/password", summary: "Change my password", permission: .profile,
            audit: .action("profile.password-changed"), body: ChangePasswordRequest.self, returns: Nothing.self,
            errors: [.passwordRefused, .stepUpRequired], rate: .sensitive
        ) { identity, call in
            try await identity.changeOwnPassword(
                call.body, call.caller, from: call.request.clientAddress, call.acting)
            return Nothing()
        }

        Route.post(
            "make-temporary-password", "/me/temporary-password", summary: "Make a password that lets me in once",
            permission: .profile, audit: .action("profile.temporary-password-made"), returns: TemporaryPassword.self,
            status: 201, errors: [.noPasswordHere], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "shows the password once")
        ) { identity, call in
            try await identity.makeTemporaryPassword(call.acting)
        }

        Route.post(
            "step-up", "/me/step-up", summary: "Confirm with a code that it is me", permission: .profile,
            audit: .action("profile.stepped-up"), body: StepUpRequest.self, returns: Nothing.self,
            errors: [.codeRefused, .factorNotCounted], rate: .sensitive
        ) { identity, call in
            try await identity.stepUp(call.body, call.caller, from: call.request.clientAddress, call.acting)
            return Nothing()
        }

        Route.post(
            "sign-out", "/me/sign-out", summary: "Sign out", permission: .profile,
            audit: .action("profile.signed-out"), returns: Nothing.self
        ) { identity, call in
            try await identity.signOut(call.caller, call.acting, call.response)
            return Nothing()
        }

        Route.get(
            "farewells", "/me/farewells", summary: "Show the identity providers at which I am still signed in",
            permission: .profile, returns: Farewells.self
        ) { identity, call in
            try await identity.farewells(call.request, call.caller, call.acting)
        }

        Route.list(
            "sessions", "/me/sessions", summary: "List my browsers", permission: .profile, by: WebSession.listing
        ) { identity, call in
            try await identity.sessions(call.query, call.caller)
        }

        Route.delete(
            "end-session", "/me/sessions/{session}", WebSessionID.self, summary: "Sign one of my browsers out",
            permission: .profile, audit: .action("profile.session-ended")
        ) { identity, call in
            try await identity.endSession(call.path, call.acting)
            return Nothing()
        }

        Route.list(
            "tokens", "/me/tokens", summary: "List my tokens", permission: .profile, by: APIToken.listing
        ) { identity, call in
            try await identity.tokens(call.query, call.acting)
        }

        Route.post(
            "create-token", "/me/tokens", summary: "Make a token for a program", permission: .profile,
            audit: .action("token.created"), body: CreateTokenRequest.self, returns: CreatedToken.self, status: 201,
            errors: [.limitReached], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "shows the token once")
        ) { identity, call in
            try await identity.createToken(call.body, call.caller, call.acting)
        }

        Route.put(
            "set-token-sources", "/me/tokens/{token}/sources", APITokenID.self,
            summary: "Say from where a token counts", permission: .profile, audit: .action("token.changed"),
            body: TokenSources.self, returns: APIToken.self, rate: .sensitive, stepUp: .recent
        ) { identity, call in
            try await identity.setTokenSources(call.path, call.body, call.acting)
        }

        Route.delete(
            "remove-token", "/me/tokens/{token}", APITokenID.self, summary: "Take a token back", permission: .profile,
            audit: .action("token.removed")
        ) { identity, call in
            try await identity.removeToken(call.path, call.acting)
            return Nothing()
        }

        Route.list(
            "ssh-keys", "/me/ssh-keys", summary: "List my SSH keys", permission: .profile, by: SSHKey.listing
        ) { identity, call in
            try await identity.sshKeys(call.query, call.acting)
        }

        Route.post(
            "add-ssh-key", "/me/ssh-keys", summary: "Add an SSH key", permission: .profile,
            audit: .action("ssh-key.added"), body: AddSSHKeyRequest.self, returns: SSHKey.self, status: 201,
            errors: [.limitReached, .keyTaken], stepUp: .recent
        ) { identity, call in
            try await identity.addSSHKey(call.body, call.caller, call.acting)
        }

        Route.post(
            "disable-ssh-key", "/me/ssh-keys/{key}/disable", SSHKeyID.self, summary: "Switch an SSH key off",
            permission: .profile, audit: .action("ssh-key.disabled"), returns: SSHKey.self
        ) { identity, call in
            try await identity.setSSHKey(enabled: false, call.path, call.acting)
        }

        Route.post(
            "enable-ssh-key", "/me/ssh-keys/{key}/enable", SSHKeyID.self, summary: "Switch an SSH key on again",
            permission: .profile, audit: .action("ssh-key.enabled"), returns: SSHKey.self, rate: .sensitive,
            stepUp: .recent
        ) { identity, call in
            try await identity.setSSHKey(enabled: true, call.path, call.acting)
        }

        Route.delete(
            "remove-ssh-key", "/me/ssh-keys/{key}", SSHKeyID.self, summary: "Take an SSH key back",
            permission: .profile, audit: .action("ssh-key.removed")
        ) { identity, call in
            try await identity.removeSSHKey(call.path, call.acting)
            return Nothing()
        }
    }
}
