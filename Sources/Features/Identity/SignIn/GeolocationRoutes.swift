package import FoundationEssentials
import Geolocation
package import HTTPAPI
package import Kernel
import Tenancy

/// Whether it is known where people come from.
package struct GeolocationStanding: WireValue, Sendable {
    /// As the database calls itself; nil if there is none.
    package let database: String?
    package let builtAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("database", \.database, .text(1...100))
        Field("builtAt", \.builtAt)
    }
}

/// The endpoint by which the settings say whether cities can be compared at all.
package enum GeolocationRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("geolocation") {
        Route.get(
            "show", "/settings/geolocation", summary: "Show whether the installation knows where addresses are",
            permission: .settingsRead, returns: GeolocationStanding.self
        ) { identity, _ in
            let facts = identity.settings.places.facts
            return GeolocationStanding(database: facts?.kind, builtAt: facts?.builtAt)
        }
    }
}
