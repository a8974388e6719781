import LDAP

/// A group of a directory.
struct LDAPGroup {
    let dn: String
    let name: String?

    /// What a rule may call it.
    var names: [String] { [dn] + (name.map { [$0] } ?? []) }
}

/// Finds the groups that an entry is in, by itself or through other groups.
struct LDAPGroupSearch {
    /// Groups in groups are followed so far, by a sync as well.
    static let deepest = 10
    private static let most = 2000
    /// Groups that are asked about in one search.
    private static let batch = 50
    private static let mostTwins = 50
    /// LDAP_MATCHING_RULE_IN_CHAIN
    private static let inChain = "1.2.840.113556.1.4.1941"

    let settings: LDAPSettings
    let connection: LDAPConnection

    /// The groups, and in which way they were found.
    func groups(of entry: LDAPEntry) throws(LDAPError) -> ([LDAPGroup], String) {
        if settings.groups == .memberOf { return (try walk(entry.texts("memberOf")), "memberOf") }
        if settings.groups == .posix { return try posix(of: entry) }
        if try ActiveDirectory.isAt(connection) {
            return (try inChain(of: entry), "matching rule in chain")
        }
        return (try climb(from: entry.dn), "a search for groups")
    }

    /// No group names those of whom it is the primary one as its members, so that one is looked for by its number, and the
    /// groups above it are asked for like those above the person.
    private func inChain(of entry: LDAPEntry) throws(LDAPError) -> [LDAPGroup] {
        let primary = try ActiveDirectory.primaryGroup(of: entry).map { sid throws(LDAPError) in
            try search("(&(objectClass=group)(objectSid=\(LDAPText.filterValue(sid))))")
        }
        let members = [entry.dn] + (primary ?? []).map(\.dn)
        let rules = members.map { "(member:\(Self.inChain):=\(LDAPText.filterValue($0)))" }
        let found = try search("(&(objectClass=group)(|\(rules.joined())))")
        return (primary ?? []).filter { group in !found.contains { $0.dn == group.dn } } + found
    }

    /// Those that name the account, and the one whose number it has. An account that two entries have is nobody's.
    private func posix(of entry: LDAPEntry) throws(LDAPError) -> ([LDAPGroup], String) {
        let how = "posixGroup"
        var rules = PosixGroups.number(of: entry).map { ["(gidNumber=\($0))"] } ?? []
        guard let account = PosixGroups.account(of: entry) else {
            return (try posix(rules), "\(how): the entry has no single uid")
        }
        guard try isAlone(account) else { return (try posix(rules), "\(how): another entry has its uid") }
        rules.append("(memberUid=\(LDAPText.filterValue(account)))")
        return (try posix(rules), how)
    }

    private func posix(_ rules: [String]) throws(LDAPError) -> [LDAPGroup] {
        rules.isEmpty ? [] : try search("(&\(PosixGroups.filter)(|\(rules.joined())))")
    }

    /// Among all whom the provider finds, as a sync sees them. A server takes more names for equal than are.
    private func isAlone(_ account: [UInt8]) throws(LDAPError) -> Bool {
        let filter = "(&\(settings.everybody)(uid=\(LDAPText.filterValue(account))))"
        var count = 0
        for base in settings.bases {
            let search = LDAPSearch(base: base, filter: filter, attributes: ["uid"])
            let found = try connection.search(search, limit: Self.mostTwins)
            guard !found.isCut else { return false }
            count += found.entries.count { PosixGroups.account(of: $0) == account }
        }
        return count <= 1
    }

    /// From the entry to its groups, from those to theirs; each once, whatever circles there are.
    private func climb(from dn: String) throws(LDAPError) -> [LDAPGroup] {
        var found: [String: LDAPGroup] = [:]
        var level = [dn]
        for _ in 0..<Self.deepest where !level.isEmpty {
            var next: [String] = []
            for start in stride(from: 0, to: level.count, by: Self.batch) {
                let members = level[start..<min(start + Self.batch, level.count)].map { member in
                    let value = LDAPText.filterValue(member)
                    return "(member=\(value))(uniqueMember=\(value))"
                }
                for group in try search("(|\(members.joined()))") {
                    guard found.updateValue(group, forKey: GroupRules.folded(group.dn)) == nil else { continue }
                    next.append(group.dn)
                }
                guard found.count <= Self.most else { throw .tooMuch }
            }
            level = next
        }
        return Array(found.values)
    }

    /// The same by what the entries say themselves.
    private func walk(_ names: [String]) throws(LDAPError) -> [LDAPGroup] {
        var found: [String: LDAPGroup] = [:]
        var level = names
        for _ in 0..<Self.deepest where !level.isEmpty {
            var next: [String] = []
            for dn in level where found[GroupRules.folded(dn)] == nil {
                let entry = try entry(dn)
                found[GroupRules.folded(dn)] = LDAPGroup(dn: dn, name: entry?.text("cn"))
                guard found.count <= Self.most else { throw .tooMuch }
                next += entry?.texts("memberOf") ?? []
            }
            level = next
        }
        return Array(found.values)
    }

    private func entry(_ dn: String) throws(LDAPError) -> LDAPEntry? {
        let search = LDAPSearch(base: dn, isBaseOnly: true, filter: "(objectClass=*)", attributes: ["cn", "memberOf"])
        do throws(LDAPError) {
            return try connection.search(search, limit: 1).entries.first
        } catch {
            // A group that cannot be read is a group nevertheless.
            if case .refused = error, !error.isOfServer { return nil }
            throw error
        }
    }

    private func search(_ filter: String) throws(LDAPError) -> [LDAPGroup] {
        var groups: [LDAPGroup] = []
        for base in settings.groupBases {
            let search = LDAPSearch(base: base, filter: filter, attributes: ["cn"])
            groups += try connection.all(search, limit: Self.most).map { LDAPGroup(dn: $0.dn, name: $0.text("cn")) }
        }
        return groups
    }
}
