import Assets
package import HTTPAPI
import Kernel

extension Permission {
    package static let accountsRead = Permission("accounts.read")
    package static let accountsManage = Permission("accounts.manage")
    package static let accountsReveal = Permission("accounts.reveal")
}

/// The endpoints of accounts and their secrets.
package enum AccountRoutes {
    private typealias Route = Endpoint<TenantAPI, Vault>

    package static let group = EndpointGroup<TenantAPI, Vault>("accounts") {
        Route.list(
            "list", "/accounts", summary: "List accounts", permission: .accountsRead, by: Account.listing
        ) { vault, call in
            try await vault.list(call.query, in: call.scope)
        }

        Route.post(
            "create", "/accounts", summary: "Add an account", permission: .accountsManage,
            audit: .action("account.created"), body: CreateAccount.self, returns: Account.self, status: 201,
            errors: [.accountNameTaken, .unknownAccountAsset]
        ) { vault, call in
            try await vault.create(
                call.body, by: call.actor, arranging: call.arranging, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show", "/accounts/{account}", AccountID.self, summary: "Show an account", permission: .accountsRead,
            returns: Account.self
        ) { vault, call in
            try await vault.find(call.path, in: call.scope)
        }

        Route.patch(
            "change", "/accounts/{account}", AccountID.self, summary: "Change an account",
            permission: .accountsManage, audit: .action("account.changed"), body: ChangeAccount.self,
            returns: Account.self, errors: [.accountNameTaken]
        ) { vault, call in
            try await vault.change(
                call.path, to: call.body, from: call.version, by: call.arranging, at: call.now, audit: call.audit,
                in: call.scope)
        }

        Route.delete(
            "delete", "/accounts/{account}", AccountID.self, summary: "Delete an account and its secret",
            permission: .accountsManage, audit: .action("account.deleted")
        ) { vault, call in
            try await vault.delete(call.path, at: call.now, audit: call.audit, in: call.scope)
            return Nothing()
        }

        Route.post(
            "set-secret", "/accounts/{account}/secret", AccountID.self, summary: "Replace the secret of an account",
            permission: .accountsManage, audit: .action("account.secret-changed"), body: SetSecret.self,
            returns: Account.self, rate: .sensitive, stepUp: .recent
        ) { vault, call in
            try await vault.setSecret(
                of: call.path, to: call.body.secret, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "reveal", "/accounts/{account}/reveal", AccountID.self, summary: "Show the secret of an account",
            permission: .accountsReveal, audit: .action("account.secret-revealed"), body: RevealSecret.self,
            returns: RevealedSecret.self, errors: [.noSecret], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "shows the secret once")
        ) { vault, call in
            try await vault.reveal(
                call.path, reason: call.body.reason, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }
    }
}
