package import HTTPAPI
import Kernel

extension Permission {
    /// To see and give back secrets that one was given for a while.
    package static let secretsMine = Permission("secrets.mine")
    package static let checkOutsRead = Permission("check-outs.read")
    package static let checkOutsManage = Permission("check-outs.manage")
}

/// The endpoints of secrets that people were given for a while.
package enum CheckOutRoutes {
    private typealias Route = Endpoint<TenantAPI, Vault>

    package static let group = EndpointGroup<TenantAPI, Vault>("check-outs") {
        Route.list(
            "list", "/check-outs", summary: "List secrets that people have checked out", permission: .checkOutsRead,
            by: CheckOut.listing
        ) { vault, call in
            try await vault.listCheckOuts(call.query, in: call.scope)
        }

        Route.post(
            "revoke", "/check-outs/{check-out}/revoke", CheckOutID.self,
            summary: "Take a secret back from whoever has checked it out", permission: .checkOutsManage,
            audit: .action("account.check-out-revoked"), body: RevokeCheckOut.self, returns: CheckOut.self,
            errors: [.checkOutNotOpen]
        ) { vault, call in
            try await vault.revoke(
                call.path, because: call.body.reason, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.list(
            "mine", "/my/check-outs", summary: "Secrets that I have checked out", permission: .secretsMine,
            by: CheckOut.listing
        ) { vault, call in
            try await vault.listCheckOuts(of: call.actor, call.query, in: call.scope)
        }

        Route.post(
            "show", "/my/check-outs/{check-out}/show", CheckOutID.self,
            summary: "Show a secret that I have checked out",
            permission: .secretsMine, audit: .action("account.secret-shown"), returns: RevealedSecret.self,
            errors: [.noSecret, .checkOutNotOpen], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "shows the secret once")
        ) { vault, call in
            try await vault.show(call.path, to: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "check-in", "/my/check-outs/{check-out}/check-in", CheckOutID.self,
            summary: "Give back a secret that I have checked out", permission: .secretsMine,
            audit: .action("account.secret-checked-in"), returns: CheckOut.self, errors: [.checkOutNotOpen]
        ) { vault, call in
            try await vault.checkIn(call.path, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }
    }
}
