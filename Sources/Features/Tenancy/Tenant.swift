package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A customer company.
package struct Tenant: Versioned, Sendable, Equatable {
    package let id: TenantID
    package let slug: TenantSlug
    package let name: String
    package let life: TenantLife
    package let timeZone: String
    package let language: String
    package let createdAt: Date
    package let version: Int

    package init(
        id: TenantID, slug: TenantSlug, name: String, life: TenantLife, timeZone: String = "UTC",
        language: String = "en", createdAt: Date, version: Int = 1
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.life = life
        self.timeZone = timeZone
        self.language = language
        self.createdAt = createdAt
        self.version = version
    }

    package var scope: TenantScope { TenantScope(tenant: id) }
    package var state: TenantState { life.state }
}

extension Tenant: WireValue {
    package static let schema: Schema<Self> = .record(Self.read) {
        Field("id", \.id)
        Field("slug", \.slug)
        Field("name", \.name, .text(1...200))
        Field("state", \.state)
        Field("trialEndsAt", \.life.trialEndsAt, note: "When the trial ends, or ended.")
        Field("graceEndsAt", \.life.graceEndsAt, note: "When everything of a closing tenant is erased.")
        Field("closedFrom", \.life.closedFrom, note: "What a closing tenant was before.")
        Field("timeZone", \.timeZone, .text(1...64))
        Field("language", \.language, .text(2...16))
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }

    private static func read(
        id: TenantID, slug: TenantSlug, name: String, state: TenantState, trialEndsAt: Date?, graceEndsAt: Date?,
        closedFrom: TenantState?, timeZone: String, language: String, createdAt: Date, version: Int
    ) -> Tenant {
        Tenant(
            id: id, slug: slug, name: name,
            life: TenantLife(state, trialEndsAt: trialEndsAt, graceEndsAt: graceEndsAt, closedFrom: closedFrom),
            timeZone: timeZone, language: language, createdAt: createdAt, version: version)
    }
}

extension Tenant {
    /// What tenants can be filtered and sorted by.
    package static let listing = Listing<Tenant>(
        key: Column("id", "t.tenant_id", \.id),
        order: .ascending("slug"),
        sortable: ["slug", "created"],
        columns: [
            Column("slug", "t.slug", \.slug),
            Column("name", "t.name", \.name, .text(1...200)),
            Column("state", "t.state", \.state),
            Column("created", "t.created_at", \.createdAt),
        ]
    )
}

/// A company's name: one line that is more than blanks.
package struct TenantName: Sendable, Hashable {
    package let text: String

    /// Of a tenant that nobody has named; the provider names each of them.
    static let unnamed = TenantName(unchecked: "")

    private init(unchecked text: String) {
        self.text = text
    }

    package init(parsing text: String) throws(Invalid) {
        let words = text.split(separator: " ")
        guard !words.isEmpty else { throw Invalid("must not be blank") }
        self.text = words.joined(separator: " ")
    }
}

extension TenantName: WireValue {
    package static let schema: Schema<Self> = Schema<String>.text(1...200).map(Self.init(parsing:), \.text)
}
