package import Access
package import Assets
import HTTPAPI
package import Kernel

/// Who may take emergency access to what. Without a rule nobody may.
package struct BreakGlassRules: Versioned, WireValue, Sendable {
    package var rules: [BreakGlassRule]
    package var version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("rules", \.rules, count: 0...50)
        Field("version", \.version, .int(0...Int(Int32.max)))
    }
}

/// The body that replaces the rules.
package struct SetBreakGlassRules: WireValue {
    package let rules: [BreakGlassRule]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("rules", \.rules, count: 0...50)
    }
}

/// Whoever is in one of the groups may take access to assets that lie in the organization and have all of the labels, to do
/// this there.
package struct BreakGlassRule: WireValue, Sendable, Hashable {
    package let name: String
    package let groups: [GroupID]
    package let organization: OrganizationID?
    package let labels: [AssetLabel]
    /// What may be done there. A rule that does not say so gives nothing but to connect.
    package let actions: [AccessAction]
    package let maxSeconds: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("groups", \.groups, Schema<[GroupID]>.array(of: GroupID.schema, 1...50))
        Field(
            "organization", \.organization, OrganizationID.schema,
            note: "Where the assets lie, or below; absent for anywhere.")
        Field(
            "labels", \.labels, Schema<[AssetLabel]>.array(of: AssetLabel.schema, 0...20).otherwise([]),
            note: "All of which an asset has to have; empty for every asset.")
        Field(
            "actions", \.actions, Schema<[AccessAction]>.array(of: AccessAction.schema, 0...20).otherwise([.connect]),
            note: "What may be done there besides connecting, which always may.")
        Field("maxSeconds", \.maxSeconds, Schema<Int>.int(300...86_400).otherwise(3_600))
    }

    /// Whether it gives all of this for so long; to connect is what every rule gives.
    func gives(_ wanted: [AccessAction], for seconds: Int) -> Bool {
        seconds <= maxSeconds && Set(wanted).isSubset(of: Set(actions).union([.connect]))
    }
}

/// What emergency access a person may take.
package struct MyBreakGlass: WireValue, Sendable {
    package let rules: [MyBreakGlassRule]
    /// A review of theirs is missing: nothing is given until somebody has made it.
    package let isBlocked: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("rules", \.rules, count: 0...50)
        Field("isBlocked", \.isBlocked, note: "Nobody has reviewed the last time in a day: nothing is given before.")
    }
}

package struct MyBreakGlassRule: WireValue, Sendable, Hashable {
    package let name: String
    package let actions: [AccessAction]
    package let maxSeconds: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...100))
        Field("actions", \.actions, count: 0...20)
        Field("maxSeconds", \.maxSeconds, .int(300...86_400))
    }
}
