package import HTTPAPI
import Kernel

/// The endpoints of one's own access keys.
package enum AccessKeyRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let own = EndpointGroup<TenantAPI, Identity>("me") {
        Route.list(
            "access-keys", "/me/access-keys", summary: "List my access keys", permission: .profile,
            by: AccessKey.listing
        ) { identity, call in
            try await identity.accessKeys(call.query, call.acting)
        }

        Route.post(
            "create-access-key", "/me/access-keys", summary: "Make a key with which a program signs its requests",
            permission: .profile, audit: .action("access-key.created"), body: CreateAccessKeyRequest.self,
            returns: CreatedAccessKey.self, status: 201, errors: [.limitReached], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "shows the secret once")
        ) { identity, call in
            try await identity.createAccessKey(call.body, call.caller, call.acting)
        }

        Route.post(
            "disable-access-key", "/me/access-keys/{key}/disable", AccessKeyID.self,
            summary: "Switch an access key off", permission: .profile, audit: .action("access-key.disabled"),
            returns: AccessKey.self
        ) { identity, call in
            try await identity.setAccessKey(enabled: false, call.path, call.caller, call.acting)
        }

        Route.post(
            "enable-access-key", "/me/access-keys/{key}/enable", AccessKeyID.self,
            summary: "Switch an access key on again", permission: .profile, audit: .action("access-key.enabled"),
            returns: AccessKey.self, rate: .sensitive, stepUp: .recent
        ) { identity, call in
            try await identity.setAccessKey(enabled: true, call.path, call.caller, call.acting)
        }

        Route.delete(
            "remove-access-key", "/me/access-keys/{key}", AccessKeyID.self, summary: "Take an access key back",
            permission: .profile, audit: .action("access-key.removed")
        ) { identity, call in
            try await identity.removeAccessKey(call.path, call.acting)
            return Nothing()
        }
    }
}
