import LDAP

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

    // MARK: the primary group

    /// What says which group is somebody's primary one, such as Domain Users.
    static let primaryAttributes = [sid, "primaryGroupID"]
    /// What a group is known by as somebody's primary one.
    static let sid = "objectSid"

    /// The SID of somebody's primary group: their own, with another last part ([MS-DTYP] 2.4.2.2). Nil for whom there is none.
    static func primaryGroup(of entry: LDAPEntry) -> [UInt8]? {
        guard let own = entry.attributes[sid.lowercased()]?.first, own.count >= 12, own[0] == 1,
            own.count == 8 + 4 * Int(own[1]), let relative = entry.text("primaryGroupID").flatMap({ UInt32($0) })
        else { return nil }
        return own.dropLast(4) + [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: relative >> $0) }
    }

    /// What stands for a SID beside distinguished names and plain names of groups. It is none of either: a plain name with an
    /// equal sign is not taken, and no distinguished name begins so.
    static func node(of sid: [UInt8]) -> String { "<sid=\(sid.hexadecimal)>" }

    // MARK: refusals

    /// Why a bind was refused, for whom it is more than a wrong password: the code behind `data` in the server's words. Except
    /// for a lock, the server says so to whoever has the right password only.
    static func bar(in text: String) -> (reason: ProviderRefusal.Reason, words: String)? {
        switch code(in: text) {
        case "530": (.notNowThere, "not at this time")
        case "531": (.notFromHereThere, "not from this machine")
        case "532": (.passwordExpiredThere, "the password has expired")
        case "533": (.disabledThere, "the account is disabled")
        case "701": (.expiredThere, "the account has expired")
        case "773": (.passwordToChangeThere, "the password must be changed")
        case "775": (.lockedThere, "the account is locked")
        default: nil
        }
    }

    /// The same for a login and a password that do not belong together.
    static func mismatch(in text: String) -> String? {
        switch code(in: text) {
        case "525": "no such user"
        case "52e": "wrong password"
        default: nil
        }
    }

    private static func code(in text: String) -> String? {
        text.firstRange(of: "data ").map { mark in
            String(text[mark.upperBound...].prefix(while: \.isHexDigit)).lowercased()
        }
    }
}
