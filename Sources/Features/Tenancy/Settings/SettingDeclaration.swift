package import Kernel

/// A setting without the type of its value: for the API, the documents and the portal's forms.
package struct SettingDeclaration: Sendable {
    package let name: String
    package let group: SettingGroup
    package let shape: Shape
    package let standard: JSON
    /// One sentence for whoever reads `Config/KEYS.md` or the API's document.
    package let help: String
    /// Members of the value that are read and never written.
    let secrets: [String]
    let anchors: [String]
    /// Too large for a node's memory and for the audit trail.
    let isBulky: Bool
    package let scope: SettingScope
    let home: SettingHome
    /// The value as it is stored, without its secrets.
    let read: @Sendable (JSON, inout Reading) -> JSON?
    /// What is wrong with a value that has all the secrets that it will have.
    let finding: @Sendable (JSON) -> Invalid?

    init<Value: Sendable>(
        _ name: String, _ group: SettingGroup, _ schema: Schema<Value>, default standard: Value, scope: SettingScope,
        home: SettingHome, anchors: [String], isBulky: Bool,
        complete: @escaping @Sendable (Value) throws(Invalid) -> Void, help: String
    ) {
        self.name = name
        self.group = group
        self.scope = scope
        self.home = home
        self.anchors = anchors
        self.isBulky = isBulky
        self.help = help
        shape = schema.shape
        secrets = schema.shape.secrets
        let plain: @Sendable (Value) -> JSON = { (try? JSONParser.parse(schema.bytes(of: $0))) ?? .null }
        self.standard = plain(standard)
        read = { json, reading in schema.read(json, &reading).map(plain) }
        finding = { json in
            do throws(FieldErrors) {
                let value = try schema.parse(json)
                do throws(Invalid) {
                    try complete(value)
                    return nil
                } catch {
                    return error
                }
            } catch {
                return Invalid(error.errors.first?.message ?? "is not valid")
            }
        }
    }

    /// A stored value with its members in the order of the declaration: the database keeps none.
    func ordered(_ json: JSON) -> JSON {
        var reading = Reading()
        return read(json, &reading) ?? json
    }

    /// The secrets among the members of a value that was sent.
    func secrets(in json: JSON) -> JSON {
        guard case .object(let members) = json else { return [:] }
        return .object(members.filter { secrets.contains($0.name) })
    }
}

extension Shape {
    fileprivate var secrets: [String] {
        switch self {
        case .object(let object): object.fields.filter(\.isWriteOnly).map(\.name)
        case .nullable(let inner): inner.secrets
        case .scalar, .array, .union, .reference: []
        }
    }
}
