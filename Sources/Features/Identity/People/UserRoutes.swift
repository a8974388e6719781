package import HTTPAPI
import Kernel
import Metering

/// The endpoints of people.
package enum UserRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("users") {
        Route.list(
            "list", "/users", summary: "List users", permission: .usersRead, by: User.listing
        ) { identity, call in
            try await identity.users(call.query, in: call.scope)
        }

        Route.post(
            "create", "/users", summary: "Take somebody in", permission: .usersManage, audit: .action("user.created"),
            body: CreateUserRequest.self, returns: CreatedUser.self, status: 201,
            errors: [.loginTaken, .quotaExceeded, .tenantRole, .dutiesCross, .stepUpRequired]
        ) { identity, call in
            try await identity.createUser(call.body, call.acting)
        }

        Route.get(
            "show", "/users/{user}", UserID.self, summary: "Show a user", permission: .usersRead, returns: User.self
        ) { identity, call in
            try await identity.user(call.path, in: call.scope)
        }

        Route.patch(
            "change", "/users/{user}", UserID.self, summary: "Change a user's names and roles",
            permission: .usersManage, audit: .action("user.changed"), body: ChangeUserRequest.self, returns: User.self,
            errors: [.loginTaken, .lastAdministrator, .tenantRole, .dutiesCross, .notYourself, .stepUpRequired]
        ) { identity, call in
            try await identity.changeUser(call.path, to: call.body, from: call.version ?? 0, call.acting)
        }

        Route.post(
            "disable", "/users/{user}/disable", UserID.self, summary: "Shut a user out", permission: .usersManage,
            audit: .action("user.disabled"), returns: User.self, errors: [.lastAdministrator, .notYourself]
        ) { identity, call in
            try await identity.disableUser(call.path, call.acting)
        }

        Route.post(
            "enable", "/users/{user}/enable", UserID.self, summary: "Let a user in again", permission: .usersManage,
            audit: .action("user.enabled"), returns: User.self, errors: [.quotaExceeded]
        ) { identity, call in
            try await identity.enableUser(call.path, call.acting)
        }

        Route.post(
            "unlock", "/users/{user}/unlock", UserID.self, summary: "End the lock after failed sign-ins",
            permission: .usersManage, audit: .action("user.unlocked"), returns: User.self
        ) { identity, call in
            try await identity.unlockUser(call.path, call.acting)
        }

        Route.post(
            "reset-second-factor", "/users/{user}/reset-second-factor", UserID.self,
            summary: "Take a lost second factor away", permission: .usersManage,
            audit: .action("user.second-factor-reset"), returns: User.self, errors: [.notYourself], rate: .sensitive,
            stepUp: .recent
        ) { identity, call in
            try await identity.resetSecondFactor(call.path, call.acting)
        }

        Route.post(
            "require-password-change", "/users/{user}/require-password-change", UserID.self,
            summary: "Have a user choose another password at the next sign-in", permission: .usersManage,
            audit: .action("user.password-change-required"), returns: User.self, errors: [.noPasswordHere]
        ) { identity, call in
            try await identity.requirePasswordChange(call.path, call.acting)
        }

        Route.post(
            "make-temporary-password", "/users/{user}/temporary-password", UserID.self,
            summary: "Make a password that lets a user in once", permission: .usersManage,
            audit: .action("user.temporary-password-made"), returns: TemporaryPassword.self, status: 201,
            errors: [.noPasswordHere, .notYourself], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "shows the password once")
        ) { identity, call in
            try await identity.makeTemporaryPassword(for: call.path, call.acting)
        }

        Route.post(
            "invite", "/users/{user}/invitation", UserID.self, summary: "Make a link to come in by",
            permission: .usersManage, audit: .action("user.invited"), returns: Invitation.self, status: 201,
            errors: [.stepUpRequired], rate: .sensitive, idempotency: .off(because: "shows the link once")
        ) { identity, call in
            try await identity.inviteUser(call.path, call.acting)
        }

        Route.list(
            "access-keys", "/users/{user}/access-keys", UserID.self,
            summary: "List the keys with which somebody's programs sign", permission: .usersManage,
            by: AccessKey.listing
        ) { identity, call in
            try await identity.accessKeys(of: call.path, call.query, call.acting)
        }

        Route.delete(
            "end-access-key", "/users/{user}/access-keys/{key}", UserID.self, AccessKeyID.self,
            summary: "End one of somebody's access keys", permission: .usersManage,
            audit: .action("user.access-key-ended")
        ) { identity, call in
            try await identity.endAccessKey(call.path.1, of: call.path.0, call.acting)
            return Nothing()
        }

        Route.list(
            "tokens", "/users/{user}/tokens", UserID.self, summary: "List the tokens of somebody's programs",
            permission: .usersManage, by: APIToken.listing
        ) { identity, call in
            try await identity.tokens(of: call.path, call.query, call.acting)
        }

        Route.delete(
            "end-token", "/users/{user}/tokens/{token}", UserID.self, APITokenID.self,
            summary: "End one of somebody's tokens", permission: .usersManage, audit: .action("user.token-ended")
        ) { identity, call in
            try await identity.endToken(call.path.1, of: call.path.0, call.acting)
            return Nothing()
        }

        Route.list(
            "ssh-keys", "/users/{user}/ssh-keys", UserID.self, summary: "List somebody's SSH keys",
            permission: .usersManage, by: SSHKey.listing
        ) { identity, call in
            try await identity.sshKeys(of: call.path, call.query, call.acting)
        }

        Route.delete(
            "end-ssh-key", "/users/{user}/ssh-keys/{key}", UserID.self, SSHKeyID.self,
            summary: "End one of somebody's SSH keys", permission: .usersManage,
            audit: .action("user.ssh-key-ended")
        ) { identity, call in
            try await identity.endSSHKey(call.path.1, of: call.path.0, call.acting)
            return Nothing()
        }
    }
}
