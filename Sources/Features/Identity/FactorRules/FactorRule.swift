import HTTPAPI
package import Kernel
import Postgres

/// Of whom a second factor is asked, at which entrance and from where: the first rule that fits decides.
package struct FactorRule: Sendable, Hashable {
    package static let most = 200
    /// With the one that took the place of a setting.
    static let mostKept = most + 1

    package enum Action: String, Sendable, CaseIterable, WireValue {
        case require
        /// The first step is enough.
        case skip
    }

    package let name: String
    package let enabled: Bool
    package let everyone: Bool
    package var who: [PeopleReference]
    /// Empty means at all of them.
    package let entrances: [SignInEntrance]
    /// Empty means from anywhere.
    package let sources: [AddressSet]
    /// After which first step; empty means after any.
    package let after: [FirstStep]
    package let action: Action
    /// What counts where a second factor is asked for; empty means all that the company takes.
    package let factors: [CountedFactor]
    /// Whether it is asked for each time, whatever browsers were remembered.
    package let always: Bool

    package init(
        name: String, enabled: Bool = true, everyone: Bool = false, who: [PeopleReference] = [],
        entrances: [SignInEntrance] = [], sources: [AddressSet] = [], after: [FirstStep] = [], action: Action,
        factors: [CountedFactor] = [], always: Bool = false
    ) throws(Invalid) {
        guard everyone == who.isEmpty else {
            throw Invalid(everyone ? "must be empty for everyone" : "must name somebody", field: "who")
        }
        guard action == .require || factors.isEmpty else {
            throw Invalid("is for rules that ask for a second factor", field: "factors")
        }
        self.name = name
        self.enabled = enabled
        self.everyone = everyone
        self.who = who
        self.entrances = entrances
        self.sources = sources
        self.after = after
        self.action = action
        self.factors = factors
        self.always = always
    }
}

extension FactorRule: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            name: String, enabled: Bool, everyone: Bool, who: [PeopleReference], entrances: [SignInEntrance],
            sources: [AddressSet], after: [FirstStep], action: Action, factors: [CountedFactor], always: Bool
        ) throws(Invalid) in
        try FactorRule(
            name: name, enabled: enabled, everyone: everyone, who: who, entrances: entrances, sources: sources,
            after: after, action: action, factors: factors, always: always)
    }) {
        Field("name", \.name, .text(1...100))
        Field("enabled", \.enabled, Bool.schema.otherwise(true))
        Field("everyone", \.everyone, Bool.schema.otherwise(false))
        Field("who", \.who, Schema<[PeopleReference]>.array(of: PeopleReference.schema, 0...100).otherwise([]))
        Field(
            "entrances", \.entrances,
            Schema<[SignInEntrance]>.array(of: SignInEntrance.schema, 0...SignInEntrance.allCases.count).otherwise([]),
            note: "None means at all of them.")
        Field(
            "sources", \.sources, Schema<[AddressSet]>.array(of: AddressSet.schema, 0...100).otherwise([]),
            note: "Addresses, networks and ranges; none means from anywhere.")
        Field(
            "after", \.after,
            Schema<[FirstStep]>.array(of: FirstStep.schema, 0...FirstStep.allCases.count).otherwise([]),
            note: "After which first step; none means after any.")
        Field("action", \.action)
        Field(
            "factors", \.factors,
            Schema<[CountedFactor]>.array(of: CountedFactor.schema, 0...CountedFactor.allCases.count).otherwise([]),
            note: "What counts; none means all that the company takes. A recovery code stands for the app.")
        Field(
            "always", \.always, Bool.schema.otherwise(false),
            note: "Asks each time, also in a browser that was remembered.")
    }
}

/// Of whom a second factor is asked that no rule means.
package enum FactorLevel: String, Sendable, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    /// Of nobody but those who want it themselves.
    case off
    /// Of whoever may do more than the built-in role user.
    case administrators
    case all
}

/// A tenant's level, and its rules in their order.
package struct FactorRules: Versioned, WireValue, Sendable {
    package var level: FactorLevel
    package var rules: [FactorRule]
    package var version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level)
        Field("rules", \.rules, count: 0...FactorRule.mostKept)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// The body that puts level and rules in place, all of them.
package struct SetFactorRules: WireValue, Sendable {
    package let level: FactorLevel
    package let rules: [FactorRule]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("level", \.level, note: "For those whom no rule means.")
        Field("rules", \.rules, count: 0...FactorRule.most)
    }
}
