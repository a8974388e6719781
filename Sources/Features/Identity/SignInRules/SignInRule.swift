import HTTPAPI
package import Kernel

/// Who may sign in, from where and when: the first rule that fits decides, and without one everybody may.
package struct SignInRule: Sendable, Hashable {
    package static let most = 200

    package enum Action: String, Sendable, CaseIterable, WireValue {
        case allow, deny
        /// Lets the person in and tells of it.
        case notify
        /// Somebody else has to agree first.
        case review
    }

    /// Given by the server to a rule that comes without one.
    package var id: SignInRuleID?
    package let name: String
    package let enabled: Bool
    package let everyone: Bool
    package var who: [PeopleReference]
    /// Empty means from anywhere.
    package let sources: [AddressSet]
    /// Empty means at any time.
    package let hours: [SignInHours]
    package let action: Action
    /// Who is told by `notify`, or has to agree by `review`.
    package var asked: [PeopleReference]

    package init(
        id: SignInRuleID? = nil, name: String, enabled: Bool = true, everyone: Bool = false,
        who: [PeopleReference] = [],
        sources: [AddressSet] = [], hours: [SignInHours] = [], action: Action, asked: [PeopleReference] = []
    ) throws(Invalid) {
        guard everyone == who.isEmpty else {
            throw Invalid(everyone ? "must be empty for everyone" : "must name somebody", field: "who")
        }
        switch action {
        case .review where asked.isEmpty: throw Invalid("must name somebody who can agree", field: "asked")
        case .allow where !asked.isEmpty, .deny where !asked.isEmpty:
            throw Invalid("is for notify and review", field: "asked")
        default: break
        }
        self.id = id
        self.name = name
        self.enabled = enabled
        self.everyone = everyone
        self.who = who
        self.sources = sources
        self.hours = hours
        self.action = action
        self.asked = asked
    }
}

extension SignInRule: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            id: SignInRuleID?, name: String, enabled: Bool, everyone: Bool, who: [PeopleReference],
            sources: [AddressSet],
            hours: [SignInHours], action: Action, asked: [PeopleReference]
        ) throws(Invalid) in
        try SignInRule(
            id: id, name: name, enabled: enabled, everyone: everyone, who: who, sources: sources, hours: hours,
            action: action, asked: asked)
    }) {
        Field("id", \.id, note: "Left out for a new rule.")
        Field("name", \.name, .text(1...100))
        Field("enabled", \.enabled, Bool.schema.otherwise(true))
        Field("everyone", \.everyone, Bool.schema.otherwise(false))
        Field("who", \.who, Schema<[PeopleReference]>.array(of: PeopleReference.schema, 0...100).otherwise([]))
        Field(
            "sources", \.sources, Schema<[AddressSet]>.array(of: AddressSet.schema, 0...100).otherwise([]),
            note: "Addresses, networks and ranges; none means from anywhere.")
        Field(
            "hours", \.hours, Schema<[SignInHours]>.array(of: SignInHours.schema, 0...50).otherwise([]),
            note: "None means at any time.")
        Field("action", \.action)
        Field(
            "asked", \.asked, Schema<[PeopleReference]>.array(of: PeopleReference.schema, 0...50).otherwise([]),
            note: "Who is told by notify, or has to agree by review.")
    }
}

/// A tenant's rules in their order.
package struct SignInRules: Versioned, WireValue, Sendable {
    package var rules: [SignInRule]
    package var version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("rules", \.rules, count: 0...SignInRule.most)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// The body that puts a tenant's rules in place, all of them.
package struct SetSignInRules: WireValue, Sendable {
    package let rules: [SignInRule]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("rules", \.rules, count: 0...SignInRule.most)
    }
}
