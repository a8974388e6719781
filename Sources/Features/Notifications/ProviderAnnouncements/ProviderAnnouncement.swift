package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// What the hosting provider tells the people of its tenants for a while.
package struct ProviderAnnouncement: Versioned, WireValue, Sendable {
    package let id: ProviderAnnouncementID
    package let title: String
    package let body: String
    /// Whom it is for; all tenants if it is empty.
    package let tenants: [AnnouncedTenant]
    /// Those who administer the tenants, and nobody else.
    package let isForAdministrators: Bool
    package let startsAt: Date
    package let endsAt: Date
    package let createdAt: Date
    package let version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("title", \.title, .text(1...120))
        Field("body", \.body, .lines(1...4000))
        Field("tenants", \.tenants, count: 0...mostTenants, note: "Empty for all.")
        Field("isForAdministrators", \.isForAdministrators, note: "For those who administer the tenants alone.")
        Field("startsAt", \.startsAt)
        Field("endsAt", \.endsAt)
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    package static let listing = Listing<ProviderAnnouncement>(
        key: Column("id", "p.provider_announcement_id", \.id), order: .descending("startsAt"),
        sortable: ["startsAt", "endsAt", "title"],
        columns: [
            Column("title", "p.title", \.title, .text(1...120)),
            Column("startsAt", "p.starts_at", \.startsAt),
            Column("endsAt", "p.ends_at", \.endsAt),
        ])

    /// How many there are at most, and how many tenants one may name.
    static let most = 200
    static let mostTenants = 1000
}

/// A tenant that an announcement names.
package struct AnnouncedTenant: WireValue, Sendable {
    package let id: TenantID
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...100))
    }
}

/// The body that makes or replaces an announcement of the provider.
package struct SaveProviderAnnouncement: WireValue {
    package let title: String
    package let body: String
    package let tenants: [TenantID]
    package let isForAdministrators: Bool
    package let startsAt: Date?
    package let endsAt: Date

    package static let schema: Schema<Self> = .record({
        (title: String, body: String, tenants: [TenantID], isForAdministrators: Bool, startsAt: Date?, endsAt: Date)
            throws(Invalid) in
        guard title.contains(where: { !$0.isWhitespace }) else { throw Invalid("must not be blank", field: "title") }
        guard body.contains(where: { !$0.isWhitespace }) else { throw Invalid("must not be blank", field: "body") }
        guard startsAt.map({ $0 < endsAt }) ?? true else { throw Invalid("must be after the start", field: "endsAt") }
        return SaveProviderAnnouncement(
            title: title, body: body, tenants: tenants, isForAdministrators: isForAdministrators, startsAt: startsAt,
            endsAt: endsAt)
    }) {
        Field("title", \.title, .text(1...120))
        Field("body", \.body, .lines(1...4000))
        Field(
            "tenants", \.tenants,
            Schema<[TenantID]>.array(of: TenantID.schema, 0...ProviderAnnouncement.mostTenants).otherwise([]),
            note: "Empty for all.")
        Field(
            "isForAdministrators", \.isForAdministrators, Bool.schema.otherwise(false),
            note: "For those who administer the tenants alone.")
        Field("startsAt", \.startsAt, Date.schema, note: "Null for at once.")
        Field("endsAt", \.endsAt)
    }
}
