package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A customer company.
package struct Tenant: Versioned, Sendable, Equatable {
    package let id: TenantID
    package let slug: TenantSlug
    package let name: String
    package let state: TenantState
    package let timeZone: String
    package let language: String
    package let createdAt: Date
    package let version: Int

    package init(
        id: TenantID, slug: TenantSlug, name: String, state: TenantState, timeZone: String = "UTC",
        language: String = "en", createdAt: Date, version: Int = 1
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.state = state
        self.timeZone = timeZone
        self.language = language
        self.createdAt = createdAt
        self.version = version
    }

    package var scope: TenantScope { TenantScope(tenant: id) }
}

extension Tenant: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("slug", \.slug)
        Field("name", \.name, .text(1...200))
        Field("state", \.state)
        Field("timeZone", \.timeZone, .text(1...64))
        Field("language", \.language, .text(2...16))
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
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
