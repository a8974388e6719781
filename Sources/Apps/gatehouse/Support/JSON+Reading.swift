import Kernel

extension JSON {
    /// The text at a path of member names; empty if there is none.
    func text(_ path: String...) -> String {
        path.reduce(self) { $0[$1] ?? .null }.text ?? ""
    }

    /// The number of a member, if it is a whole one.
    func int(_ name: String) -> Int? {
        if case .int(let value)? = self[name] { Int(value) } else { nil }
    }

    func bool(_ name: String) -> Bool {
        self[name] == .bool(true)
    }

    /// The elements of a member that is a list.
    func list(_ name: String) -> [JSON] {
        self[name]?.elements ?? []
    }

    var elements: [JSON] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The texts of a list of words.
    func words(_ name: String) -> String {
        list(name).compactMap(\.text).joined(separator: ", ")
    }

    /// The object without a member.
    func without(_ name: String) -> JSON {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.name != name })
    }
}
