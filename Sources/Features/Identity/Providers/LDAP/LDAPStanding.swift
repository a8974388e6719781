import FoundationEssentials
import LDAP

/// Whether a directory still lets somebody in whose entry it has. It is read from the entry, and not left to a filter that
/// somebody may forget: whoever is switched off there is treated as if the entry was gone.
///
/// A lock that ends by itself, after too many wrong passwords, is no word on whether somebody works there.
enum LDAPStanding: Equatable {
    case open
    case disabled
    case expired

    /// What says so in Active Directory, AD LDS, 389 Directory Server with its relatives, and OpenLDAP's password policy. A
    /// server leaves out what it does not know.
    static let attributes = [
        "userAccountControl", "accountExpires", "msDS-UserAccountDisabled", "nsAccountLock", "pwdAccountLockedTime",
    ]

    private static let folded = Set(attributes.map { $0.lowercased() })

    /// What cannot be read is no leave to come in.
    init(of entry: LDAPEntry, at now: Date) {
        // Most entries of most directories say nothing of it.
        if !entry.attributes.keys.contains(where: Self.folded.contains) {
            self = .open
        } else if Self.isDisabled(entry) {
            self = .disabled
        } else if Self.isExpired(entry, at: now) {
            self = .expired
        } else {
            self = .open
        }
    }

    private static func isDisabled(_ entry: LDAPEntry) -> Bool {
        if let control = number("userAccountControl", of: entry) {
            // ADF_ACCOUNTDISABLE ([MS-ADTS] 2.2.16)
            guard let control, control & 2 == 0 else { return true }
        }
        let isSwitchedOff = ["msDS-UserAccountDisabled", "nsAccountLock"].contains { attribute in
            entry.attributes[attribute.lowercased()] != nil && entry.text(attribute)?.lowercased() != "false"
        }
        // Shut for good by an administrator; any other time is that of a lock that ends.
        return isSwitchedOff || entry.texts("pwdAccountLockedTime").contains { $0.hasPrefix("000001010000") }
    }

    private static func isExpired(_ entry: LDAPEntry, at now: Date) -> Bool {
        guard let expires = number("accountExpires", of: entry) else { return false }
        guard let ticks = expires else { return true }
        guard ticks != 0, ticks != Int64.max else { return false }
        // Tenths of microseconds since 1601.
        return Double(ticks) / 10_000_000 - 11_644_473_600 <= now.timeIntervalSince1970
    }

    /// Nil if the entry has none; a nil inside if it is no number.
    private static func number(_ attribute: String, of entry: LDAPEntry) -> Int64?? {
        guard let values = entry.attributes[attribute.lowercased()] else { return nil }
        return .some(values.count == 1 ? entry.text(attribute).flatMap { Int64($0) } : nil)
    }
}

extension LDAPStanding {
    /// For administrators; nil for whoever is let in.
    var words: String? {
        switch self {
        case .open: nil
        case .disabled: "the account is disabled"
        case .expired: "the account has expired"
        }
    }

    /// Why somebody with the right password is kept out.
    var refusal: ProviderRefusal.Reason? {
        switch self {
        case .open: nil
        case .disabled: .disabledThere
        case .expired: .expiredThere
        }
    }
}
