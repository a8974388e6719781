package import Kernel

/// An attribute of somebody at a provider, as far as a rule names it.
package struct ProviderAttribute: WireValue, Equatable {
    static let mostValues = 1000
    private static let longest = 1000

    package let name: String
    package let values: [String]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...200))
        Field("values", \.values, .array(of: .text(1...longest), 0...mostValues))
    }

    /// Those of these names that have values which can be compared: lines of some length, and not without end.
    static func named(_ names: [String], _ values: (String) -> [String]) -> [ProviderAttribute] {
        names.compactMap { name in
            let usable = values(name).lazy.filter { value in
                1...longest ~= value.unicodeScalars.count && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            }.prefix(mostValues)
            return usable.isEmpty ? nil : ProviderAttribute(name: name, values: Array(usable))
        }
    }
}

extension [ProviderRule] {
    /// The attributes that rules name.
    var namedAttributes: [String] {
        let names = flatMap(\.conditions).compactMap { if case .attribute(let one) = $0 { one.name } else { nil } }
        return Set(names).sorted()
    }

    /// Whether a rule goes by more than groups.
    var wantFacts: Bool {
        contains { $0.all.contains { if case .group = $0 { false } else { true } } }
    }
}

extension ProviderSettings {
    /// Whether case says nothing in the attributes of the kind: hardly ever in a directory.
    var foldsCase: Bool { if case .ldap = self { true } else { false } }
}
