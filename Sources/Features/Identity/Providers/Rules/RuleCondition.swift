package import Kernel

/// Something that must hold of somebody at a provider, so that a rule is theirs.
package enum RuleCondition: Sendable, Hashable {
    case group(RuleGroup)
    case attribute(RuleAttribute)
    case under(RulePlace)

    /// What it is known by among others: groups by the name that is compared.
    var key: String {
        switch self {
        case .group(let group): RuleConditions.prefix + GroupRules.folded(group.name)
        case .attribute, .under: String(decoding: Self.schema.bytes(of: self), as: UTF8.self)
        }
    }
}

extension RuleCondition: WireValue {
    package static let schema: Schema<Self> = .union(
        "kind",
        Variant("group", RuleCondition.group) { if case .group(let group) = $0 { group } else { nil } },
        Variant("attribute", RuleCondition.attribute) { if case .attribute(let one) = $0 { one } else { nil } },
        Variant("under", RuleCondition.under) { if case .under(let place) = $0 { place } else { nil } })
}

/// The person is in the group, through others too.
package struct RuleGroup: WireValue, Hashable {
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...500), note: "A distinguished name, or a group's plain name.")
    }
}

/// One of the attribute's values is this one, or begins or ends so.
package struct RuleAttribute: Sendable, Hashable {
    package enum Match: String, Sendable, CaseIterable, WireValue {
        case equals
        case startsWith = "starts-with"
        case endsWith = "ends-with"
    }

    package let name: String
    package let match: Match
    package let value: String

    package init(name: String, match: Match, value: String) throws(Invalid) {
        // Whatever options stand behind it (`userPassword;lang-en`).
        guard !Self.secrets.contains(String(name.lowercased().prefix { $0 != ";" })) else {
            throw Invalid("must not be an attribute that holds a secret", field: "name")
        }
        guard value.utf8.contains(where: { $0 != UInt8(ascii: " ") }) else {
            throw Invalid("must not be blank", field: "value")
        }
        self.name = name
        self.match = match
        self.value = value
    }

    /// What directories keep of passwords: nobody reads it by a rule, or by trying one out.
    private static let secrets: Set<String> = [
        "userpassword", "unicodepwd", "dbcspwd", "ntpwdhistory", "lmpwdhistory", "supplementalcredentials",
        "sambantpassword", "sambalmpassword", "sambapasswordhistory", "krbprincipalkey", "authpassword",
        "ms-mcs-admpwd", "mslaps-password", "mslaps-encryptedpassword", "mslaps-encryptedpasswordhistory",
        "olcrootpw", "pwdhistory", "passwordhistory", "password", "ipanthash", "msds-managedpassword", "2.5.4.35",
    ]
}

extension RuleAttribute: WireValue {
    package static let schema: Schema<Self> = .record({
        (name: String, match: Match, value: String) throws(Invalid) in
        try RuleAttribute(name: name, match: match, value: value)
    }) {
        Field(
            "name", \.name,
            .string(1...200, pattern: "^[!-~]+$", "must be the name of an attribute") { text in
                text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
            }, note: "As the provider calls it: an attribute or claim; Filter-Id or Class of RADIUS.")
        Field("match", \.match, Match.schema.otherwise(.equals))
        Field("value", \.value, .text(1...500), note: "One of the values is enough.")
    }
}

/// The person's entry is this one, or lies below it.
package struct RulePlace: Sendable, Hashable {
    package let dn: String

    package init(dn: String) throws(Invalid) {
        guard DirectoryPlace(dn) != nil else { throw Invalid("must be a distinguished name", field: "dn") }
        self.dn = dn
    }
}

extension RulePlace: WireValue {
    package static let schema: Schema<Self> = .record({ (dn: String) throws(Invalid) in try RulePlace(dn: dn) }) {
        Field("dn", \.dn, .text(1...500), note: "The distinguished name of a branch of the directory.")
    }
}
