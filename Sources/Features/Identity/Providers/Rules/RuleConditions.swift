/// The conditions of a provider's rules as statements take them: side by side, each rule known by what stands in it.
struct RuleConditions {
    /// Before the name of a group, in the key of a condition.
    static let prefix = "group "

    private(set) var groups: [String?] = []
    private(set) var written: [String] = []
    private(set) var keys: [String] = []
    /// How many conditions the rule has, each counted once.
    private(set) var sizes: [Int] = []

    init(_ rules: [ProviderRule]) {
        struct Said: Hashable {
            let group: String?
            let conditions: [RuleCondition]
        }
        var seen: Set<Said> = []
        for rule in rules where seen.insert(Said(group: rule.directoryGroup, conditions: rule.conditions)).inserted {
            let own = Set(rule.all.map(\.key))
            let text = rule.writtenConditions
            for key in own.sorted() {
                groups.append(rule.directoryGroup)
                written.append(text)
                keys.append(key)
                sizes.append(own.count)
            }
        }
    }
}
