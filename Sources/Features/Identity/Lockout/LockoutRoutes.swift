package import HTTPAPI
import Kernel

/// The endpoints by which administrators see what is locked after failed sign-ins. Accounts are unlocked as users are.
package enum LockoutRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("lockout") {
        Route.list(
            "accounts", "/locked-accounts", summary: "List accounts that are locked after failed sign-ins",
            permission: .usersRead, by: LockedAccount.listing
        ) { identity, call in
            try await identity.lockedAccounts(call.query, at: call.now, in: call.scope)
        }

        Route.list(
            "addresses", "/locked-addresses", summary: "List addresses that are locked after failed sign-ins",
            permission: .signInLocksRead, by: LockedAddress.listing
        ) { identity, call in
            try await identity.lockedAddresses(call.query, at: call.now, in: call.scope)
        }

        Route.post(
            "unlock-address", "/locked-addresses/unlock", summary: "End the lock of an address",
            permission: .signInLocksManage, audit: .action("sign-in-address.unlocked"),
            body: UnlockAddressRequest.self, returns: Nothing.self
        ) { identity, call in
            try await identity.unlockAddress(call.body, call.acting)
            return Nothing()
        }
    }
}

extension Permission {
    package static let signInLocksRead = Permission("sign-in-locks.read")
    package static let signInLocksManage = Permission("sign-in-locks.manage")
}
