package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// A grant or a denial that belongs to another organization and holds for something in this one. Who administers this one
/// sees that it is there and where it is changed; whom it is for is told where it belongs.
package struct InheritedGrant: WireValue, Sendable {
    package let id: GrantID
    package let name: String
    package let effect: Grant.Effect
    package let organization: GrantOrganization?
    package let startsAt: Date
    package let endsAt: Date?
    package let createdAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
        Field("effect", \.effect)
        Field(
            "organization", \.organization, GrantOrganization.schema,
            note: "Where it belongs: one of those above. Absent for a denial from anywhere else.")
        Field("startsAt", \.startsAt)
        Field("endsAt", \.endsAt, Date.schema, note: "Null for one without an end.")
        Field("createdAt", \.createdAt)
    }

    /// What they can be filtered and sorted by.
    package static let listing = Listing<InheritedGrant>(
        key: Column("id", "g.grant_id", \.id), order: .descending("createdAt"), sortable: ["createdAt"],
        columns: [
            Column("name", "g.name", \.name, .text(1...200)),
            Column("effect", "g.effect", \.effect),
            Column("createdAt", "g.created_at", \.createdAt),
        ])
}

/// The organization that a grant belongs to.
package struct GrantOrganization: WireValue, Sendable, Hashable {
    package let id: OrganizationID
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...200))
    }
}

extension Access {
    /// A page of what holds in an organization and belongs to none in it, or `AccessError.notFound`.
    package func inherited(
        by organization: OrganizationID, _ page: PageRequest, in scope: TenantScope
    ) async throws -> Rows<InheritedGrant> {
        guard try await grants.reaches(organization, in: scope, database) else { throw AccessError.notFound }
        return Rows(try await grants.inherited(by: organization, page, in: scope.wholeTenant, database), of: page)
    }
}

extension GrantStore {
    /// Whether the organization is within the scope.
    func reaches(_ id: OrganizationID, in scope: TenantScope, _ database: Database) async throws -> Bool {
        try await database.first(
            "select true from organization_directory where tenant_id = \(scope.tenant) and org_id = \(id)", in: scope
        ) { row in try row.next() } ?? false
    }

    /// Active grants of organizations above, and denials of any, that name something which lies in the organization.
    func inherited(
        by id: OrganizationID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [InheritedGrant] {
        try await database.query(
            """
            select g.grant_id, g.name, g.effect, o.org_id, o.name, g.starts_at, g.ends_at, g.created_at
            from grants g
            left join organization_ancestry y
                on y.tenant_id = g.tenant_id and y.org_id = \(id) and y.ancestor_id = g.org_id
            left join organization_directory o on o.tenant_id = g.tenant_id and o.org_id = y.ancestor_id
            where g.tenant_id = \(scope.tenant) and g.state = 'active' and (g.effect = 'deny' or y.org_id is not null)
                and not exists (select from organization_ancestry b
                    where b.tenant_id = \(scope.tenant) and b.org_id = g.org_id and b.ancestor_id = \(id))
                and (exists (select from grant_assets m
                        join asset_directory a on a.tenant_id = m.tenant_id and a.asset_id = m.asset_id
                        join organization_ancestry p on p.tenant_id = a.tenant_id and p.org_id = a.org_id
                        where m.tenant_id = \(scope.tenant) and m.grant_id = g.grant_id and p.ancestor_id = \(id))
                    or exists (select from grant_nodes m
                        join asset_ancestors n on n.tenant_id = m.tenant_id and n.node_id = m.node_id
                        join asset_directory a on a.tenant_id = n.tenant_id and a.asset_id = n.asset_id
                        join organization_ancestry p on p.tenant_id = a.tenant_id and p.org_id = a.org_id
                        where m.tenant_id = \(scope.tenant) and m.grant_id = g.grant_id and p.ancestor_id = \(id)))
            \(page)
            """, in: scope
        ) { row in
            let (grant, name, effect): (GrantID, String, Grant.Effect) = (
                try row.next(), try row.next(), try row.next()
            )
            let (place, placeName): (OrganizationID?, String?) = (try row.next(), try row.next())
            return InheritedGrant(
                id: grant, name: name, effect: effect,
                organization: place.map { GrantOrganization(id: $0, name: placeName ?? "") },
                startsAt: try row.next(), endsAt: try row.next(), createdAt: try row.next())
        }
    }
}
