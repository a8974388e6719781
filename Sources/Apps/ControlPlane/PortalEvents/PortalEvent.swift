package import HTTPAPI
package import Kernel

/// A hint to an open portal that something of a kind has changed. It names neither the thing nor the person: what may be
/// seen of it, the portal asks for with the rights of whoever looks.
package struct PortalEvent: WireValue, Sendable, Equatable {
    package let type: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("type", \.type, .text(1...100), note: "Such as ticket.opened or session.ended.")
    }
}

/// The stream by which a portal stays up to date.
package enum PortalEventRoutes {
    private typealias Route = Endpoint<TenantAPI, PortalEventHub>

    package static let group = EndpointGroup<TenantAPI, PortalEventHub>("events") {
        Route.events(
            "stream", "/events/stream", summary: "Hear when something changes", permission: .eventsFollow,
            of: PortalEvent.self
        ) { hub, call in
            hub.events(of: call.scope.tenant, for: call.actor)
        }
    }
}

extension Permission {
    package static let eventsFollow = Permission("events.follow")
}
