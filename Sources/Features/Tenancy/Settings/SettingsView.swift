import HTTPAPI
package import Kernel

/// Who said what a setting is.
package enum SettingOrigin: String, Sendable, CaseIterable, WireValue {
    case standard = "default"
    case tenant
    case organization
}

/// A setting as it is, and what it could be.
package struct SettingView: WireValue, Sendable {
    package let key: String
    package let group: SettingGroup
    package let value: JSON
    package let standard: JSON
    package let origin: SettingOrigin
    package let hasSecret: Bool
    package let schema: JSON

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key, .text(1...100))
        Field("group", \.group)
        Field("value", \.value, .anything, note: "What holds now; without its secrets.")
        Field("default", \.standard, .anything, note: "What holds for a tenant that has said nothing.")
        Field("origin", \.origin)
        Field("hasSecret", \.hasSecret, note: "Whether secrets that belong to the value are stored.")
        Field("schema", \.schema, .anything, note: "JSON Schema of the value.")
    }
}

/// All settings of a tenant.
package struct SettingsView: WireValue, Versioned, Sendable {
    package let version: Int
    package let items: [SettingView]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("version", \.version, .int(1...Int(Int32.max)))
        Field("items", \.items, count: 0...200)
    }
}

extension SettingsView {
    func only(_ keys: Set<String>) -> SettingsView {
        SettingsView(version: version, items: items.filter { keys.contains($0.key) })
    }

    init(_ stored: StoredSettings) {
        version = stored.version
        items = SettingCatalogue.all.map { declaration in
            let value = stored.values[declaration.name]
            return SettingView(
                key: declaration.name, group: declaration.group, value: value ?? declaration.standard,
                standard: declaration.standard,
                origin: value == nil || value == declaration.standard ? .standard : .tenant,
                hasSecret: stored.sealed.contains(declaration.name), schema: declaration.shape.inlined)
        }
    }
}

extension Shape {
    /// A JSON Schema in one piece, for whoever makes a form of it.
    var inlined: JSON {
        switch self {
        case .scalar(let keywords): keywords
        case .nullable(let inner): inner.inlined.merging(["nullable": true])
        case .array(let element, _): ["type": "array", "items": element.inlined]
        case .object(let object):
            [
                "type": "object",
                "properties": .object(
                    object.fields.map { field in
                        var property = field.shape.inlined
                        if field.isWriteOnly { property = property.merging(["writeOnly": true]) }
                        return JSON.Member(field.name, property)
                    }),
            ]
        case .union, .reference: [:]
        }
    }
}
