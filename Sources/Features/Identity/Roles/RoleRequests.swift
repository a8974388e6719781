package import Kernel

/// The body that creates a role. Its scope stays what it is: whoever holds the role holds it somewhere.
package struct CreateRole: WireValue {
    package let name: PersonName
    package let description: String
    package let scope: RoleScope
    package let permissions: [String]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("description", \.description, Schema<String>.text(0...500).otherwise(""))
        Field("scope", \.scope, RoleScope.schema.otherwise(.tenant))
        Field("permissions", \.permissions, .array(of: .text(1...100), 0...500))
    }
}

/// The body that changes a role.
package struct ChangeRole: WireValue {
    package let name: Change<PersonName>
    package let description: Change<String>
    package let permissions: Change<[String]>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("description", \.description, Schema<String>.text(0...500))
        Field("permissions", \.permissions, .array(of: .text(1...100), 0...500))
    }
}
