import Kernel

/// Holds what a provider says of somebody against the conditions of its rules, read once for however many people. Pure.
struct RuleReader {
    private let rules: [(rule: ProviderRule, keys: Set<String>)]
    private let foldsCase: Bool
    /// The attributes that rules name.
    let names: [String]
    private var groups: [String: String] = [:]
    /// By the attribute's name, and its value as it is compared: several, if it is written in several ways.
    private var equal: [String: [String: [String]]] = [:]
    private var parts: [(attribute: RuleAttribute, value: [UInt8], key: String)] = []
    private var places: [(place: DirectoryPlace, key: String)] = []

    init(_ rules: [ProviderRule], foldsCase: Bool) {
        self.rules = rules.map { ($0, Set($0.all.map(\.key))) }
        self.foldsCase = foldsCase
        names = rules.namedAttributes
        for condition in Set(rules.flatMap(\.all)) {
            let key = condition.key
            switch condition {
            case .group(let group): groups[GroupRules.folded(group.name)] = key
            case .under(let branch):
                if let place = DirectoryPlace(branch.dn) { places.append((place, key)) }
            case .attribute(let attribute):
                let value = foldsCase ? Self.folded(attribute) : attribute.value
                if attribute.match == .equals {
                    equal[attribute.name, default: [:]][value, default: []].append(key)
                } else {
                    parts.append((attribute, Array(value.utf8), key))
                }
            }
        }
    }

    /// A blank where a part is open counts: `Lead ` begins `Lead Engineer`, and not `Leader`.
    private static func folded(_ attribute: RuleAttribute) -> String {
        let (value, folded) = (attribute.value, RuleText.folded(attribute.value))
        return switch attribute.match {
        case .startsWith where value.hasSuffix(" "): folded + " "
        case .endsWith where value.hasPrefix(" "): " " + folded
        case .equals, .startsWith, .endsWith: folded
        }
    }

    /// The conditions that hold by what is said of somebody alone, as they are known; groups are looked up elsewhere.
    func facts(_ attributes: [ProviderAttribute], place: String?) -> Set<String> {
        var facts: Set<String> = []
        for attribute in attributes {
            let values = foldsCase ? attribute.values.map(RuleText.folded) : attribute.values
            if let wanted = equal[attribute.name] {
                for value in values { facts.formUnion(wanted[value] ?? []) }
            }
            for part in parts where part.attribute.name == attribute.name && !facts.contains(part.key) {
                let isSuffix = part.attribute.match == .endsWith
                let holds = values.contains { value in
                    isSuffix
                        ? value.utf8.reversed().starts(with: part.value.reversed())
                        : value.utf8.starts(with: part.value)
                }
                if holds { facts.insert(part.key) }
            }
        }
        if !places.isEmpty, let place = place.flatMap(DirectoryPlace.init) {
            for branch in places where place.lies(under: branch.place) { facts.insert(branch.key) }
        }
        return facts
    }

    /// As they are kept: an array of JSON, nil if there are none.
    func kept(_ attributes: [ProviderAttribute], place: String?) -> String? {
        let facts = facts(attributes, place: place)
        return facts.isEmpty ? nil : String(decoding: JSON.array(facts.sorted().map(JSON.string)).bytes, as: UTF8.self)
    }

    /// Whether a rule goes by groups.
    var wantsGroups: Bool { !groups.isEmpty }

    /// All conditions that hold.
    func keys(of profile: ProviderProfile) -> Set<String> {
        facts(profile.attributes, place: profile.place)
            .union(profile.groups.compactMap { groups[GroupRules.folded($0)] })
    }

    /// The conditions of which nobody knows whether they hold: they did not show, and the provider did not say all.
    func doubts(about profile: ProviderProfile) -> Set<String> {
        guard !profile.unsaid.isEmpty else { return [] }
        var doubts: Set<String> = []
        if profile.unsaid.contains(.attributes) {
            doubts.formUnion(equal.values.flatMap { $0.values.joined() })
            doubts.formUnion(parts.map(\.key))
        }
        let kinds = profile.unsaid.filter { $0 != .attributes }.map(\.rawValue)
        for (name, key) in groups {
            // What is named by its mark is of that kind, and a plain name of any.
            let isMeant = MessengerFacts.isMark(name) ? kinds.contains { name.hasPrefix($0 + "/") } : !kinds.isEmpty
            if isMeant { doubts.insert(key) }
        }
        return doubts.subtracting(keys(of: profile))
    }

    /// The rules of which all conditions hold.
    func matching(_ profile: ProviderProfile) -> [ProviderRule] {
        let holding = keys(of: profile)
        return rules.filter { !$0.keys.isEmpty && $0.keys.isSubset(of: holding) }.map(\.rule)
    }
}
