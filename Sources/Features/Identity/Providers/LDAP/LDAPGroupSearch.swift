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
    /// LDAP_MATCHING_RULE_IN_CHAIN
    private static let inChain = "1.2.840.113556.1.4.1941"

    let settings: LDAPSettings
    let connection: LDAPConnection

    /// The groups, and in which way they were found.
    func groups(of entry: LDAPEntry) throws(LDAPError) -> ([LDAPGroup], String) {
        if settings.groups == .memberOf { return (try walk(entry.texts("memberOf")), "memberOf") }
        if try ActiveDirectory.isAt(connection) {
            let value = LDAPText.filterValue(entry.dn)
            let found = try search("(&(objectClass=group)(member:\(Self.inChain):=\(value)))")
            return (found, "matching rule in chain")
        }
        return (try climb(from: entry.dn), "search")
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

/// What is different in Active Directory.
enum ActiveDirectory {
    static func isAt(_ connection: LDAPConnection) throws(LDAPError) -> Bool {
        let root = LDAPSearch(
            base: "", isBaseOnly: true, filter: "(objectClass=*)", attributes: ["supportedCapabilities"])
        do throws(LDAPError) {
            return try connection.search(root, limit: 1).entries.first?.texts("supportedCapabilities").contains(
                "1.2.840.113556.1.4.800") == true
        } catch {
            if case .refused = error, !error.isOfServer { return false }
            throw error
        }
    }

    /// Why a bind was refused: the code behind `data` in the server's words.
    static func reason(in text: String) -> String? {
        guard let mark = text.firstRange(of: "data ") else { return nil }
        let code = text[mark.upperBound...].prefix { $0.isHexDigit }
        return switch code {
        case "525": "no such user"
        case "52e": "wrong password"
        case "530": "not at this time"
        case "531": "not from this machine"
        case "532": "the password has expired"
        case "533": "the account is disabled"
        case "701": "the account has expired"
        case "773": "the password must be changed"
        case "775": "the account is locked"
        default: nil
        }
    }
}
