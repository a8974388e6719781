import LDAP

/// Groups as Unix has them (RFC 2307): a group names the accounts that are in it, and an account has the number of its primary
/// group. Pure.
enum PosixGroups {
    static let filter = "(objectClass=posixGroup)"
    static let ofAccounts = ["uid", "gidNumber"]
    static let ofGroups = ["memberUid", "gidNumber"]
    private static let longest = 200
    /// What stands for accounts, beside names of entries.
    static let accounts = "<uid="

    /// What groups call somebody. Nil unless the entry says exactly one, as none of several is more theirs than another, and one
    /// of plain letters without a space: to a server `ann ` is `ann`, and would be in her groups.
    static func account(of entry: LDAPEntry) -> [UInt8]? {
        let names = entry.attributes["uid"] ?? []
        guard names.count == 1, let name = names.first, 1...longest ~= name.count,
            name.allSatisfy({ 0x21...0x7E ~= $0 })
        else { return nil }
        return name
    }

    /// The number of somebody's primary group, or a group's own.
    static func number(of entry: LDAPEntry) -> UInt32? {
        guard let values = entry.attributes["gidnumber"], values.count == 1 else { return nil }
        return entry.text("gidNumber").flatMap { UInt32($0) }
    }

    /// What stands above somebody.
    static func above(account entry: LDAPEntry) -> [String] {
        [account(of: entry).map(node), number(of: entry).map(node)].compactMap(\.self)
    }

    /// What stands below a group.
    static func below(group entry: LDAPEntry) -> [String] {
        let members = (entry.attributes["memberuid"] ?? []).filter { 1...longest ~= $0.count }
        return members.map(node) + [number(of: entry).map(node)].compactMap(\.self)
    }

    /// Byte by byte, as names of accounts are compared; distinguished names are not. As with a SID, nothing of a directory
    /// can be called so.
    static func node(of account: [UInt8]) -> String { "\(accounts)\(account.hexadecimal)>" }
    static func node(of number: UInt32) -> String { "<gid=\(number)>" }
}
