package import FoundationEssentials
import HTTPAPI
package import Kernel

/// A part of a tenant. The one at the top is the tenant as a whole.
package struct Organization: Versioned, Sendable {
    package let id: OrganizationID
    /// Nil at the top, also where only the top of what the caller may see is.
    package let parent: OrganizationID?
    package let name: String
    package let createdAt: Date
    package let version: Int
}

extension Organization: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("parent", \.parent, OrganizationID.schema, note: "Absent at the top of what one may see.")
        Field("name", \.name, .text(1...200))
        Field("createdAt", \.createdAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// The organizations that somebody may see, flat; parents come before their children.
package struct OrganizationTree: WireValue, Sendable {
    package let items: [Organization]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...100_000)
    }
}

/// The body that creates an organization.
package struct CreateOrganization: WireValue {
    package let name: PersonName
    package let parent: OrganizationID?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("parent", \.parent, OrganizationID.schema, note: "Absent for the top of what one administers.")
    }
}

/// The body that renames or moves an organization.
package struct ChangeOrganization: WireValue {
    package let name: Change<PersonName>
    package let parent: Change<OrganizationID>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("parent", \.parent)
    }
}

/// The body that merges an organization into another one.
package struct MergeOrganization: WireValue {
    package let into: OrganizationID

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("into", \.into)
    }
}

/// The body that moves people and things into an organization.
package struct FillOrganization: WireValue {
    package let users: [UserID]
    package let groups: [GroupID]
    package let assets: [AssetID]
    package let nodes: [NodeID]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("users", \.users, .array(of: UserID.schema, 0...1000).otherwise([]))
        Field("groups", \.groups, .array(of: GroupID.schema, 0...1000).otherwise([]))
        Field("assets", \.assets, .array(of: AssetID.schema, 0...1000).otherwise([]))
        Field(
            "nodes", \.nodes, .array(of: NodeID.schema, 0...1000).otherwise([]),
            note: "With the nodes below them; the assets in them stay where they belong.")
    }
}
