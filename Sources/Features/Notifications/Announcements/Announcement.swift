package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// What administrators tell many people for a while.
package struct Announcement: Versioned, WireValue, Sendable {
    package let id: AnnouncementID
    package let title: String
    package let body: String
    /// Whom it is for; everybody if it is empty.
    package let audience: [PeopleReference]
    /// Those who administer the company, and nobody else.
    package let isForAdministrators: Bool
    /// It is the hosting provider's: the company can neither change it nor take it back.
    package let isProviders: Bool
    package let startsAt: Date
    package let endsAt: Date
    package let createdAt: Date
    package let version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("title", \.title, .text(1...120))
        Field("body", \.body, .lines(1...4000))
        Field("audience", \.audience, count: 0...50, note: "Empty for everybody.")
        Field("isForAdministrators", \.isForAdministrators, note: "For those who administer the company alone.")
        Field("isProviders", \.isProviders, note: "The hosting provider's, which the company cannot change.")
        Field("startsAt", \.startsAt)
        Field("endsAt", \.endsAt)
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    package static let listing = Listing<Announcement>(
        key: Column("id", "a.announcement_id", \.id), order: .descending("startsAt"),
        sortable: ["startsAt", "endsAt", "title"],
        columns: [
            Column("title", "a.title", \.title, .text(1...120)),
            Column("startsAt", "a.starts_at", \.startsAt),
            Column("endsAt", "a.ends_at", \.endsAt),
        ])

    /// How many a company has at most.
    static let most = 200
}

/// The body that makes or replaces an announcement.
package struct SaveAnnouncement: WireValue {
    package let title: String
    package let body: String
    package let audience: [PeopleReference]
    package let startsAt: Date?
    package let endsAt: Date

    package static let schema: Schema<Self> = .record({
        (title: String, body: String, audience: [PeopleReference], startsAt: Date?, endsAt: Date) throws(Invalid) in
        guard title.contains(where: { !$0.isWhitespace }) else { throw Invalid("must not be blank", field: "title") }
        guard body.contains(where: { !$0.isWhitespace }) else { throw Invalid("must not be blank", field: "body") }
        guard startsAt.map({ $0 < endsAt }) ?? true else { throw Invalid("must be after the start", field: "endsAt") }
        return SaveAnnouncement(title: title, body: body, audience: audience, startsAt: startsAt, endsAt: endsAt)
    }) {
        Field("title", \.title, .text(1...120))
        Field("body", \.body, .lines(1...4000))
        Field(
            "audience", \.audience, Schema<[PeopleReference]>.array(of: PeopleReference.schema, 0...50).otherwise([]),
            note: "Empty for everybody.")
        Field("startsAt", \.startsAt, Date.schema, note: "Null for at once.")
        Field("endsAt", \.endsAt)
    }
}
