package import HTTPAPI
import Kernel

/// The endpoints by which administrators see who is online, and end it.
package enum OnlineRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("online") {
        Route.list(
            "list", "/online-sessions", summary: "List browsers that are signed in", permission: .onlineRead,
            by: OnlineSession.listing
        ) { identity, call in
            try await identity.onlineSessions(call.query, at: call.now, in: call.scope)
        }

        Route.delete(
            "end", "/online-sessions/{session}", WebSessionID.self, summary: "Sign a browser out",
            permission: .onlineManage, audit: .action("web-session.ended")
        ) { identity, call in
            try await identity.endOnlineSession(call.path, call.acting)
            return Nothing()
        }

        Route.delete(
            "sign-out", "/users/{user}/sessions", UserID.self,
            summary: "Sign somebody out everywhere, sessions on assets too", permission: .onlineManage,
            audit: .action("user.signed-out")
        ) { identity, call in
            try await identity.signOutUser(call.path, call.acting)
            return Nothing()
        }
    }
}

extension Permission {
    package static let onlineRead = Permission("online.read")
    package static let onlineManage = Permission("online.manage")
}
