package import HTTPAPI
import Kernel

/// The endpoints of announcements.
package enum AnnouncementRoutes {
    private typealias Route = Endpoint<TenantAPI, Notifications>

    package static let group = EndpointGroup<TenantAPI, Notifications>("announcements") {
        Route.list(
            "list", "/announcements", summary: "List announcements", permission: .noticesRead,
            by: Announcement.listing
        ) { notices, call in
            try await notices.announcements(call.query, in: call.scope)
        }

        Route.post(
            "create", "/announcements", summary: "Announce something", permission: .noticesManage,
            audit: .action("announcement.created"), body: SaveAnnouncement.self, returns: Announcement.self,
            status: 201, errors: [.unknownAudience, .announcementLimit]
        ) { notices, call in
            try await notices.createAnnouncement(
                call.body, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show", "/announcements/{announcement}", AnnouncementID.self, summary: "Show an announcement",
            permission: .noticesRead, returns: Announcement.self
        ) { notices, call in
            try await notices.announcement(call.path, in: call.scope)
        }

        Route.put(
            "replace", "/announcements/{announcement}", AnnouncementID.self, summary: "Announce something else instead",
            permission: .noticesManage, audit: .action("announcement.changed"), body: SaveAnnouncement.self,
            returns: Announcement.self, precondition: .ifMatch,
            errors: [.unknownAudience, .announcementOfProvider]
        ) { notices, call in
            try await notices.replaceAnnouncement(
                call.path, call.body, from: call.version, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.delete(
            "delete", "/announcements/{announcement}", AnnouncementID.self, summary: "Take an announcement back",
            permission: .noticesManage, audit: .action("announcement.deleted"), errors: [.announcementOfProvider]
        ) { notices, call in
            try await notices.deleteAnnouncement(call.path, at: call.now, audit: call.audit, in: call.scope)
            return Nothing()
        }
    }
}
