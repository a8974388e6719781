package import Kernel

/// The body that changes settings: each member is a setting, null puts it back to its default.
package struct SettingChanges: WireValue, Sendable {
    struct Item: Sendable {
        let declaration: SettingDeclaration
        /// Nil for the default.
        let value: JSON?
        let secrets: JSON
    }

    let items: [Item]

    package static let schema = Schema<SettingChanges>(
        shape: .object(
            ObjectShape(
                name: "SettingChanges",
                fields: SettingCatalogue.all.map { declaration in
                    let shape =
                        if case .nullable = declaration.shape { declaration.shape } else {
                            Shape.nullable(declaration.shape)
                        }
                    return FieldShape(
                        name: declaration.name, shape: shape, isRequired: false, isWriteOnly: false,
                        note: declaration.help)
                })),
        read: { json, reading in
            guard case .object(let members) = json else {
                reading.fail("must be an object")
                return nil
            }
            let items = members.compactMap { member in Self.item(member, &reading) }
            return items.count == members.count ? SettingChanges(items: items) : nil
        },
        write: { changes, writer in
            writer.write(
                .object(changes.items.map { JSON.Member($0.declaration.name, $0.value ?? .null) }))
        })

    private static func item(_ member: JSON.Member, _ reading: inout Reading) -> Item? {
        guard let declaration = SettingCatalogue.byName[member.name] else {
            reading.fail("is not a known field", field: member.name)
            return nil
        }
        if member.value == .null { return Item(declaration: declaration, value: nil, secrets: [:]) }
        let value = reading.at(member.name) { declaration.read(member.value, &$0) }
        return value.map {
            Item(declaration: declaration, value: $0, secrets: declaration.secrets(in: member.value))
        }
    }
}
