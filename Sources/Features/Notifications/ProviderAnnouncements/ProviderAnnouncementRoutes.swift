package import HTTPAPI
import Kernel

extension Permission {
    package static let providerAnnouncements = Permission("provider.announcements")
}

/// The endpoints by which the hosting provider tells the people of its tenants something.
package enum ProviderAnnouncementRoutes {
    private typealias Route = Endpoint<ProviderAPI, Notifications>

    package static let group = EndpointGroup<ProviderAPI, Notifications>("provider-announcements") {
        Route.list(
            "list", "/announcements", summary: "List announcements to tenants", permission: .providerAnnouncements,
            by: ProviderAnnouncement.listing
        ) { notices, call in
            try await notices.providerAnnouncements(call.query, in: call.scope)
        }

        Route.post(
            "create", "/announcements", summary: "Announce something to tenants",
            permission: .providerAnnouncements, audit: .action("announcement.created"),
            body: SaveProviderAnnouncement.self, returns: ProviderAnnouncement.self, status: 201,
            errors: [.announcementLimit]
        ) { notices, call in
            try await notices.createProviderAnnouncement(
                call.body, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show", "/announcements/{announcement}", ProviderAnnouncementID.self,
            summary: "Show an announcement to tenants", permission: .providerAnnouncements,
            returns: ProviderAnnouncement.self
        ) { notices, call in
            try await notices.providerAnnouncement(call.path, in: call.scope)
        }

        Route.put(
            "replace", "/announcements/{announcement}", ProviderAnnouncementID.self,
            summary: "Announce something else to tenants instead", permission: .providerAnnouncements,
            audit: .action("announcement.changed"), body: SaveProviderAnnouncement.self,
            returns: ProviderAnnouncement.self, precondition: .ifMatch
        ) { notices, call in
            try await notices.replaceProviderAnnouncement(
                call.path, call.body, from: call.version, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.delete(
            "delete", "/announcements/{announcement}", ProviderAnnouncementID.self,
            summary: "Take an announcement to tenants back", permission: .providerAnnouncements,
            audit: .action("announcement.deleted")
        ) { notices, call in
            try await notices.deleteProviderAnnouncement(call.path, at: call.now, audit: call.audit, in: call.scope)
            return Nothing()
        }
    }
}
