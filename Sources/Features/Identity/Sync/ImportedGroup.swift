import Kernel
import LDAP

/// A group of a directory as one that is to be a group here. Pure.
enum ImportedGroup {
    static let filter = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=group))"
    /// What never changes of an entry and never comes again, whichever server it is: OpenLDAP, Active Directory, 389 DS.
    static let subjects = ["entryUUID", "objectGUID", "nsUniqueId"]
    private static let longestName = 200

    static func all(
        in entries: [LDAPEntry], _ nameless: inout IdentitySyncNames
    ) -> [IdentitySyncStaging.Group] {
        var groups: [IdentitySyncStaging.Group] = []
        for entry in entries {
            guard let subject = subject(of: entry), ReadDirectory.isUsable(entry.dn) else {
                nameless.add(entry.dn)
                continue
            }
            groups.append(
                IdentitySyncStaging.Group(
                    subject: subject, dn: GroupRules.folded(entry.dn), name: entry.text("cn").flatMap(name)))
        }
        return groups
    }

    private static func subject(of entry: LDAPEntry) -> String? {
        guard let attribute = subjects.first(where: { entry.attributes[$0.lowercased()] != nil }) else { return nil }
        return LDAPAttributes.subject(attribute, of: entry)
    }

    /// Nil for what is no name here. It is not cut: what is longer would be called like another one.
    static func name(_ text: String) -> String? {
        guard text.utf8.count <= 4 * longestName, let line = AdmitSubject.line(text),
            text.unicodeScalars.count <= longestName
        else { return nil }
        return try? PersonName(parsing: line).text
    }
}

extension ReadDirectory.Imported {
    var isAnything: Bool {
        if case .groups = self { true } else { false }
    }
}

extension LDAPConnection {
    /// What one entry may hold, put together: a million members, more or less.
    private static let largest = 128 << 20
    private static let aside = 32

    /// Hands the entries over with all values of their attributes: an Active Directory shows some 1,500 of one at a time, and
    /// says so in the attribute's name (`member;range=0-1499`). One that is put together comes by itself, as large as it is.
    func whole(
        _ entries: [LDAPEntry], until deadline: ContinuousClock.Instant,
        _ take: ([LDAPEntry]) throws(LDAPError) -> Void
    ) throws(LDAPError) {
        func isInParts(_ entry: LDAPEntry) -> Bool { entry.attributes.keys.contains { $0.contains(";range=") } }
        try take(entries.filter { !isInParts($0) })
        for entry in entries where isInParts(entry) {
            let whole = try whole(entry, until: deadline)
            rest()
            try take([whole])
        }
    }

    private func whole(
        _ entry: LDAPEntry, until deadline: ContinuousClock.Instant
    ) throws(LDAPError) -> LDAPEntry {
        var attributes = entry.attributes.filter { !$0.key.contains(";range=") }
        var room = Self.largest
        for (name, values) in entry.attributes {
            guard var range = ValueRange(name) else { continue }
            guard range.first == 0 else { throw .protocolViolation("values from the middle on") }
            var all = values
            while let last = range.last {
                guard .now < deadline else { throw .timedOut }
                guard last == all.count - 1 else { throw .protocolViolation("fewer values than it says") }
                let search = LDAPSearch(
                    base: entry.dn, isBaseOnly: true, filter: "(objectClass=*)",
                    attributes: ["\(range.attribute);range=\(last + 1)-*"])
                let found = try self.search(search, limit: 1).entries.first?.attributes ?? [:]
                let next = found.lazy.compactMap { name, values in ValueRange(name).map { ($0, values) } }
                    .first { $0.0.attribute == range.attribute && $0.0.first == last + 1 }
                guard let next else { throw .protocolViolation("values without their end") }
                range = next.0
                room -= next.1.reduce(0) { $0 + $1.count + Self.aside }
                guard room >= 0 else { throw .tooMuch }
                all += next.1
            }
            attributes[range.attribute, default: []] += all
        }
        return LDAPEntry(dn: entry.dn, attributes: attributes)
    }
}

/// Which values of an attribute stand under a name such as `member;range=0-1499`; nil at the end for the last ones.
struct ValueRange: Equatable {
    let attribute: String
    let first: Int
    let last: Int?

    init?(_ name: String) {
        let parts = name.lowercased().split(separator: ";range=", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]), first >= 0 else { return nil }
        let last = Int(ends[1])
        guard ends[1] == "*" || (last ?? -1) >= first else { return nil }
        (attribute, self.first, self.last) = (String(parts[0]), first, last)
    }
}
