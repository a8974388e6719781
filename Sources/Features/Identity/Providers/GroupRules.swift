import Kernel

/// Which rules are somebody's, by the groups that the provider says they are in. Pure.
enum GroupRules {
    static func matching(_ rules: [ProviderRule], _ groups: [String]) -> [ProviderRule] {
        let names = Set(groups.map(folded))
        return rules.filter { names.contains(folded($0.directoryGroup)) }
    }

    /// Distinguished names are equal whatever their case, and whatever blanks stand around commas and equal signs.
    static func folded(_ name: String) -> String {
        var result = ""
        var blanks = ""
        for character in name.lowercased() {
            switch character {
            case " ": if let last = result.last, last != ",", last != "=" { blanks.append(character) }
            case ",", "=":
                result.append(character)
                blanks = ""
            default:
                result += blanks
                result.append(character)
                blanks = ""
            }
        }
        return result
    }
}
