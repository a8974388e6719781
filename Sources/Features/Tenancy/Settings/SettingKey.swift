import Kernel

/// Where the portal shows a setting.
package enum SettingGroup: String, Sendable, CaseIterable, WireValue {
    case general, branding, security, recording, mail
}

/// Where a setting is kept: as a value of its own, or in a column of the tenant's row that statements read.
enum SettingHome: Sendable, Equatable {
    case value
    case name, language, timeZone, hostName
}

/// A setting of a tenant, declared once: everything about it comes from here.
package struct SettingKey<Value: Sendable>: Sendable {
    package let name: String
    /// What holds for a tenant that has said nothing.
    package let standard: Value
    let schema: Schema<Value>
    let declaration: SettingDeclaration

    /// `anchors` are the members that have to stay as they are for a stored secret to stay: whoever may change where a
    /// password is sent must know the password. `complete` refuses what lacks a secret.
    init(
        _ name: String, _ group: SettingGroup, _ schema: Schema<Value>, default standard: Value,
        scope: SettingScope = .tenant, home: SettingHome = .value, anchors: [String] = [], isBulky: Bool = false,
        complete: @escaping @Sendable (Value) throws(Invalid) -> Void = { _ in }, help: String
    ) {
        self.name = name
        self.standard = standard
        self.schema = schema
        declaration = SettingDeclaration(
            name, group, schema, default: standard, scope: scope, home: home, anchors: anchors, isBulky: isBulky,
            complete: complete, help: help)
    }

    /// A value without its secrets.
    func plain(_ value: Value) -> JSON { (try? JSONParser.parse(schema.bytes(of: value))) ?? .null }
}
