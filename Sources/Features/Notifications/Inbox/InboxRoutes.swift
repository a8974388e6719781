package import HTTPAPI
import Kernel

extension Permission {
    /// One's own account; every role has it.
    fileprivate static let own = Permission("profile.use")
}

/// The endpoints of one's own messages.
package enum InboxRoutes {
    private typealias Route = Endpoint<TenantAPI, Notifications>

    package static let group = EndpointGroup<TenantAPI, Notifications>("my-notices") {
        Route.list(
            "list", "/my/notices", summary: "List the messages that I have", permission: .own,
            by: SiteMessage.listing
        ) { notices, call in
            try await notices.messages(call.query, of: call.actor, at: call.now, in: call.scope)
        }

        Route.get(
            "unread", "/my/notices/unread", summary: "Count the messages that I have not read", permission: .own,
            returns: UnreadMessages.self
        ) { notices, call in
            try await notices.unread(of: call.actor, at: call.now, in: call.scope)
        }

        Route.post(
            "read-all", "/my/notices/read", summary: "Take all my messages as read", permission: .own,
            audit: .none(because: "what somebody has read of their own is their own business"),
            returns: UnreadMessages.self, idempotency: .off(because: "the same again changes nothing")
        ) { notices, call in
            try await notices.readAll(by: call.actor, at: call.now, in: call.scope)
        }

        Route.post(
            "read", "/my/notices/{notice}/read", SiteMessageID.self, summary: "Take a message of mine as read",
            permission: .own,
            audit: .none(because: "what somebody has read of their own is their own business"),
            returns: SiteMessage.self, idempotency: .off(because: "the same again changes nothing")
        ) { notices, call in
            try await notices.read(call.path, by: call.actor, at: call.now, in: call.scope)
        }
    }
}
