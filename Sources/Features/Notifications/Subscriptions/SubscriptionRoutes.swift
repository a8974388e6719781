package import HTTPAPI
import Kernel

extension Permission {
    package static let noticesRead = Permission("notices.read")
    package static let noticesManage = Permission("notices.manage")
    fileprivate static let own = Permission("profile.use")
}

/// The endpoints of who is told of what where.
package enum SubscriptionRoutes {
    private typealias Route = Endpoint<TenantAPI, Notifications>

    package static let group = EndpointGroup<TenantAPI, Notifications>("notice-subscriptions") {
        Route.get(
            "own", "/my/notice-subscriptions", summary: "Show where I am told of what", permission: .own,
            returns: NoticeSubscriptions.self
        ) { notices, call in
            try await notices.subscriptions(of: call.actor, in: call.scope)
        }

        Route.put(
            "set-own", "/my/notice-subscriptions", summary: "Set where I am told of what", permission: .own,
            audit: .action("notice-subscriptions.changed"), body: SetNoticeSubscriptions.self,
            returns: NoticeSubscriptions.self
        ) { notices, call in
            try await notices.setSubscriptions(call.body, of: call.actor, audit: call.audit, in: call.scope)
        }

        Route.get(
            "defaults", "/notice-defaults", summary: "Show where people are told of what who say nothing",
            permission: .noticesRead, returns: NoticeDefaults.self
        ) { notices, call in
            try await notices.defaults(in: call.scope)
        }

        Route.put(
            "set-defaults", "/notice-defaults", summary: "Set where people are told of what who say nothing",
            permission: .noticesManage, audit: .action("notice-defaults.changed"), body: SetNoticeDefaults.self,
            returns: NoticeDefaults.self
        ) { notices, call in
            try await notices.setDefaults(call.body, audit: call.audit, in: call.scope)
        }
    }
}
