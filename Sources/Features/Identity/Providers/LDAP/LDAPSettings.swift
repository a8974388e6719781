package import Kernel
import LDAP

/// A directory that is asked by LDAP: OpenLDAP, 389 Directory Server, Active Directory and their relatives.
package struct LDAPSettings: Sendable {
    package let servers: [ProviderServer]
    package let security: LDAPSecurity
    package let authorities: String?
    package let bindDn: String?
    package let baseDn: String
    /// Further places where people are; none lies within another one.
    package let moreBaseDns: [String]
    package let userFilter: String
    package let attributes: LDAPAttributes
    package let groups: LDAPGroupLookup
    package let groupBaseDn: String?
    package let moreGroupBaseDns: [String]
    package let timeoutSeconds: Int

    package init(
        servers: [ProviderServer], security: LDAPSecurity, authorities: String?, bindDn: String?,
        baseDn: String, moreBaseDns: [String] = [], userFilter: String, attributes: LDAPAttributes,
        groups: LDAPGroupLookup, groupBaseDn: String?, moreGroupBaseDns: [String] = [], timeoutSeconds: Int
    ) throws(Invalid) {
        guard LDAPFilter(userFilter, place: "login") != nil else {
            throw Invalid("must be one filter with ={login}) in it, such as (uid={login})", field: "userFilter")
        }
        if let authorities, !authorities.contains("-----BEGIN CERTIFICATE-----") {
            throw Invalid("must be certificates as PEM text", field: "authorities")
        }
        try Self.checkApart([baseDn] + moreBaseDns, field: "moreBaseDns")
        let groupPlaces = groupBaseDn.map { [$0] } ?? [baseDn] + moreBaseDns
        try Self.checkApart(groupPlaces + moreGroupBaseDns, field: "moreGroupBaseDns")
        self.servers = servers
        self.security = security
        self.authorities = authorities
        self.bindDn = bindDn
        self.baseDn = baseDn
        self.moreBaseDns = moreBaseDns
        self.userFilter = userFilter
        self.attributes = attributes
        self.groups = groups
        self.groupBaseDn = groupBaseDn
        self.moreGroupBaseDns = moreGroupBaseDns
        self.timeoutSeconds = timeoutSeconds
    }

    /// Who is found by any login.
    var everybody: String { userFilter.replacing("{login}", with: "*") }
    /// Everywhere where people are.
    var bases: [String] { [baseDn] + moreBaseDns }
    /// Everywhere where groups are.
    var groupBases: [String] { (groupBaseDn.map { [$0] } ?? bases) + moreGroupBaseDns }

    /// What lies within another place would be found twice.
    private static func checkApart(_ places: [String], field: String) throws(Invalid) {
        let folded = places.map(GroupRules.folded)
        for (index, place) in folded.enumerated() {
            let isWithin = folded.enumerated().contains { other in
                other.offset != index && (other.element == place || place.hasSuffix(",\(other.element)"))
            }
            if isWithin { throw Invalid("none may lie within another one", field: field) }
        }
    }

    /// Whether a password for the one is heard by nobody else with the other.
    func isSamePlace(as other: LDAPSettings) -> Bool {
        Set(servers).isSubset(of: other.servers) && security == other.security && authorities == other.authorities
            && bindDn == other.bindDn
    }

    func directory(password: LDAPPassword?) -> LDAPDirectory {
        LDAPDirectory(
            servers: servers.map(\.hostPort), security: security == .tls ? .tls : .startTLS, authorities: authorities,
            account: bindDn.flatMap { dn in password.map { LDAPDirectory.Account(dn: dn, password: $0) } },
            timeout: .seconds(timeoutSeconds))
    }
}

extension LDAPSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            servers: [ProviderServer], security: LDAPSecurity, authorities: String?, bindDn: String?,
            baseDn: String, moreBaseDns: [String], userFilter: String, attributes: LDAPAttributes,
            groups: LDAPGroupLookup, groupBaseDn: String?, moreGroupBaseDns: [String], timeoutSeconds: Int
        ) throws(Invalid) in
        try LDAPSettings(
            servers: servers, security: security, authorities: authorities, bindDn: bindDn,
            baseDn: baseDn, moreBaseDns: moreBaseDns, userFilter: userFilter, attributes: attributes, groups: groups,
            groupBaseDn: groupBaseDn, moreGroupBaseDns: moreGroupBaseDns, timeoutSeconds: timeoutSeconds)
    }) {
        Field("servers", \.servers, .array(of: ProviderServer.schema, 1...5), note: "Tried in this order.")
        Field("security", \.security, LDAPSecurity.schema.otherwise(.startTLS))
        Field(
            "authorities", \.authorities, .lines(1...50_000),
            note: "Whose certificates count, as PEM; the operating system's authorities if null.")
        Field("bindDn", \.bindDn, .text(1...500), note: "Who looks people up; nobody in particular if null.")
        Field("baseDn", \.baseDn, .text(1...500), note: "Where people are, with everything below it.")
        Field(
            "moreBaseDns", \.moreBaseDns, Schema<[String]>.array(of: .text(1...500), 0...9).otherwise([]),
            note: "Further places where people are; none lies within another one.")
        Field(
            "userFilter", \.userFilter, Schema<String>.text(3...1000).otherwise("(&(objectClass=person)(uid={login}))"))
        Field("attributes", \.attributes, LDAPAttributes.schema.otherwise(.openLDAP))
        Field("groups", \.groups, LDAPGroupLookup.schema.otherwise(.automatic))
        Field("groupBaseDn", \.groupBaseDn, .text(1...500), note: "Where groups are; where people are if null.")
        Field(
            "moreGroupBaseDns", \.moreGroupBaseDns, Schema<[String]>.array(of: .text(1...500), 0...9).otherwise([]),
            note: "Further places where groups are.")
        Field(
            "timeoutSeconds", \.timeoutSeconds, Schema<Int>.int(1...10).otherwise(5),
            note: "How long one server may take for one answer.")
    }
}

package enum LDAPSecurity: String, Sendable, CaseIterable, WireValue {
    case startTLS = "start-tls"
    case tls
}

/// How the groups of a person are found.
package enum LDAPGroupLookup: String, Sendable, CaseIterable, WireValue {
    case none
    /// Asked of the server: the matching rule in chain where it has one, else a search for groups of groups.
    case automatic
    /// Only what the entries themselves say in `memberOf`.
    case memberOf = "member-of"
    /// Groups of Unix, which name accounts and not entries.
    case posix

    /// What is a group.
    var filter: String { self == .posix ? PosixGroups.filter : ImportedGroup.filter }
}

/// Which attributes of a person's entry say what.
package struct LDAPAttributes: Sendable, Hashable {
    package let subject: String
    package let login: String
    package let name: String
    package let email: String
    package let manager: String?

    package static let openLDAP = LDAPAttributes(
        subject: "entryUUID", login: "uid", name: "cn", email: "mail", manager: nil)

    var all: [String] {
        [subject, login, name, email, "memberOf"] + LDAPStanding.attributes + ActiveDirectory.primaryAttributes
    }
}

extension LDAPAttributes: WireValue {
    private static let attribute: Schema<String> = .string(
        1...64, pattern: "^[A-Za-z][A-Za-z0-9-]*$", "must be the name of an attribute"
    ) { text in
        text.utf8.first.map { 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 } == true
            && text.utf8.allSatisfy {
                0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-")
            }
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("subject", \.subject, attribute, note: "What never changes and never comes again: entryUUID, objectGUID.")
        Field("login", \.login, attribute)
        Field("name", \.name, attribute)
        Field("email", \.email, attribute)
        Field(
            "manager", \.manager, attribute,
            note:
                "Where the entry stands to whom the person reports, who may be asked about their requests: nothing that "
                + "people write themselves. Managers are set here alone if null.")
    }
}
