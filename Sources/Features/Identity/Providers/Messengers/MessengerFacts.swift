import Kernel

/// What rules of a messenger go by, so that no more is asked than they need.
struct MessengerWants: Sendable {
    /// The attributes that rules name.
    var attributes: [String] = []
    /// The groups, as they are compared.
    var groups: Set<String> = []

    var isNothing: Bool { attributes.isEmpty && groups.isEmpty }
    /// Whether a group is meant by its name, and not by what it is known by.
    var namesGroups: Bool { groups.contains { !MessengerFacts.isMark($0) } }

    func wants(_ kind: String) -> Bool { namesGroups || groups.contains { $0.hasPrefix(kind + "/") } }
}

extension MessengerWants {
    init(_ rules: [ProviderRule]) {
        attributes = rules.namedAttributes
        for condition in rules.flatMap(\.all) {
            if case .group(let group) = condition { groups.insert(GroupRules.folded(group.name)) }
        }
    }
}

/// What a messenger says of somebody besides who they are.
struct MessengerFacts: Sendable {
    static let department = ProviderFact.department.rawValue
    static let role = ProviderFact.role.rawValue
    static let group = ProviderFact.group.rawValue
    static let kinds = [department, role, group]
    static let mostGroups = 2000

    /// An object, in the vendor's words.
    var claims = JSON.object([])
    private(set) var groups: [String] = []
    /// What was to be asked about and is not known, or not wholly.
    var unsaid: Set<ProviderFact> = []

    /// A department, a role or a group of users, by what it is known by and by its name: names may be of several.
    mutating func add(_ kind: String, id: String?, name: String? = nil) {
        // Whoever may choose a name chooses no mark by it.
        let name = name.flatMap { Self.isMark(GroupRules.folded($0)) ? nil : $0 }
        for word in [id.map { "\(kind)/\($0)" }, name] {
            guard let word, 1...500 ~= word.unicodeScalars.count, groups.count < Self.mostGroups, !groups.contains(word)
            else { continue }
            groups.append(word)
        }
    }

    /// Whether a name, as it is compared, says what something is known by.
    static func isMark(_ folded: String) -> Bool { kinds.contains { folded.hasPrefix($0 + "/") } }

    /// Where the vendors keep addresses, which are somebody's only if that is known.
    private static let addresses: Set<String> = ["email", "enterprise_email", "org_email", "biz_mail"]

    func attributes(_ names: [String], isVerified: Bool) -> [ProviderAttribute] {
        ProviderAttribute.named(names) { name in
            isVerified || !Self.addresses.contains(name) ? OIDCClaims.values(OIDCClaims.find(name, in: claims)) : []
        }
    }
}

/// One thing that is asked about somebody who is known by then.
struct MessengerQuestion: Sendable {
    var request: MessengerRequest
    /// What is not known if this is not answered, with all that would be asked because of the answer.
    let facts: Set<ProviderFact>
    /// Takes what the answer says, and what is to be asked because of it.
    let take: @Sendable (JSON, inout MessengerFacts) throws(ProviderFault) -> [MessengerQuestion]

    init(
        _ step: ProviderStep.Name, of facts: Set<ProviderFact>, _ url: String,
        query: [(name: String, value: String)] = [], body: JSON? = nil,
        token: MessengerRequest.AppTokenPlace = .query,
        take: @escaping @Sendable (JSON, inout MessengerFacts) throws(ProviderFault) -> [MessengerQuestion]
    ) {
        request = MessengerRequest(step: step, url: url, query: query, body: body) { _ throws(ProviderFault) in
            throw .noTurn(step)
        }
        request.appToken = token
        self.facts = facts
        self.take = take
    }
}

extension JSON {
    /// The items of an array, as many as are looked at.
    func items(_ name: String, most: Int = 100) -> [JSON] {
        guard case .array(let items)? = self[name] else { return [] }
        return Array(items.prefix(most))
    }

    /// What an id of the vendor looks like; it stands in addresses.
    static func isId(_ text: String) -> Bool {
        1...128 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || "-_".utf8.contains(byte)
            }
    }

    /// A word or a number, as an id.
    var id: String? {
        switch self {
        case .string(let text) where Self.isId(text): text
        case .int(let number): "\(number)"
        default: nil
        }
    }
}
