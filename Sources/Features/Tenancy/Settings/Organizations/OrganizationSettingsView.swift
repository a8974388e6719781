import HTTPAPI
package import Kernel

/// An organization as it stands beside what is of it.
package struct OrganizationReference: WireValue, Sendable, Equatable {
    package let id: OrganizationID
    package let name: String

    package init(id: OrganizationID, name: String) {
        self.id = id
        self.name = name
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...200))
    }
}

/// A value of a setting with whoever said it.
package struct OriginatedValue: WireValue, Sendable, Equatable {
    package let value: JSON
    package let origin: SettingOrigin
    package let organization: OrganizationReference?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("value", \.value, .anything)
        Field("origin", \.origin)
        Field(
            "organization", \.organization, OrganizationReference.schema, note: "Present if the origin is one.")
    }
}

/// A setting as it is at an organization: what holds, what would hold without the organization's own word, and that.
package struct OrganizationSettingView: WireValue, Sendable {
    package let key: String
    package let group: SettingGroup
    package let scope: SettingScope
    package let held: OriginatedValue
    package let inherited: OriginatedValue
    package let own: JSON
    package let schema: JSON

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key, .text(1...100))
        Field("group", \.group)
        Field(
            "scope", \.scope,
            note: "`lower`: never more than what holds above; `higher`: never less; `organization`: as one likes.")
        Field("held", \.held, note: "What holds here.")
        Field("inherited", \.inherited, note: "What would hold here without the organization's own value.")
        Field(
            "own", \.own, .anything,
            note: "What the organization has set, null if nothing; it does not hold while something above is stricter.")
        Field("schema", \.schema, .anything, note: "JSON Schema of the value.")
    }
}

/// All settings that an organization may have.
package struct OrganizationSettingsView: WireValue, Versioned, Sendable {
    package let version: Int
    package let items: [OrganizationSettingView]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("version", \.version, .int(1...Int(Int32.max)))
        Field("items", \.items, count: 0...200)
    }
}

extension OrganizationSettingView {
    init(_ declaration: SettingDeclaration, _ stored: StoredOrganizationSetting) {
        let tenant = OriginatedValue(
            value: stored.tenant ?? declaration.standard,
            origin: stored.tenant == nil || stored.tenant == declaration.standard ? .standard : .tenant,
            organization: nil)
        func resolved(_ said: StoredOrganizationSetting.Said?) -> OriginatedValue {
            guard let said, declaration.scope.admits(said.value, below: tenant.value) else { return tenant }
            return OriginatedValue(value: said.value, origin: .organization, organization: said.organization)
        }
        self.init(
            key: declaration.name, group: declaration.group, scope: declaration.scope, held: resolved(stored.nearest),
            inherited: resolved(stored.above), own: stored.own ?? .null, schema: declaration.shape.inlined)
    }
}

extension StoredOrganizationSettings {
    var views: [OrganizationSettingView] {
        items.compactMap { item in SettingCatalogue.byName[item.key].map { OrganizationSettingView($0, item) } }
    }
}
