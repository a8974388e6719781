package import Kernel

/// What goes with a provider if it is removed now: what only its rules gave, and by how many people.
package struct ProviderRemoval: Sendable {
    /// How many lose anything.
    package var people = 0
    /// How many come in through it.
    package var signIns = 0
    package var managers = 0
    /// Whose SSH keys, passkeys and links of their own cease some days after the provider is switched off: nothing else lets
    /// them in.
    package var keyHolders = 0
    package var roles: [LostRole] = []
    package var groups: [LostGroup] = []
    /// Where people belong no more.
    package var places: [LostPlace] = []
    /// Whether somebody stays an administrator who else would be none, since nobody else is one.
    package var keepsAdministrator = false
}

package struct LostRole: Sendable {
    package let role: RoleReference
    package let people: Int
}

package struct LostPlace: Sendable {
    package let id: OrganizationID
    package let name: String
    package let people: Int
}

package struct LostGroup: Sendable {
    package let id: GroupID
    package let name: String
    package let people: Int
}

extension ProviderRemoval: WireValue {
    /// As many as are shown; rules of today name at most as many.
    static let most = 200

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("people", \.people, .int(0...Int(Int32.max)), note: "How many people lose anything.")
        Field("signIns", \.signIns, .int(0...Int(Int32.max)), note: "How many people come in through the provider.")
        Field("managers", \.managers, .int(0...Int(Int32.max)), note: "How many have a manager whom only it named.")
        Field(
            "keyHolders", \.keyHolders, .int(0...Int(Int32.max)),
            note: "How many have SSH keys, a passkey or an account that they bound, no password here and no other "
                + "provider in use. Some days (ssh-key.provider-days) after this one is switched off, nothing of that lets "
                + "them in any more.")
        Field("roles", \.roles, count: 0...Self.most)
        Field("groups", \.groups, count: 0...Self.most)
        Field("places", \.places, count: 0...Self.most)
        Field(
            "keepsAdministrator", \.keepsAdministrator,
            note: "Whether somebody keeps the administrators' role because nobody else has it.")
    }
}

extension LostRole: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("role", \.role)
        Field("people", \.people, .int(0...Int(Int32.max)))
    }
}

extension LostGroup: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("people", \.people, .int(0...Int(Int32.max)))
    }
}

extension LostPlace: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("people", \.people, .int(0...Int(Int32.max)))
    }
}
