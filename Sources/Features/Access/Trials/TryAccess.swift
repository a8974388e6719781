package import FoundationEssentials
package import Kernel

/// The body that asks what a changed policy would have said to what people did.
package struct TryAccess: WireValue, Sendable {
    package let days: Int
    package let add: [CreateGrant]
    package let change: [TriedChange]
    package let revoke: [GrantID]
    package let memberships: [TriedMembership]

    package static let schema: Schema<Self> = .record({
        (
            days: Int, add: [CreateGrant], change: [TriedChange], revoke: [GrantID], memberships: [TriedMembership]
        ) throws(Invalid) in
        guard !add.isEmpty || !change.isEmpty || !revoke.isEmpty || !memberships.isEmpty else {
            throw Invalid("name at least one change", field: "revoke")
        }
        let named = change.map(\.grant) + revoke
        guard Set(named).count == named.count else { throw Invalid("names a grant twice", field: "revoke") }
        let people = memberships.map { [$0.user.text, $0.group.text] }
        guard Set(people).count == people.count else { throw Invalid("names a person twice", field: "memberships") }
        return TryAccess(days: days, add: add, change: change, revoke: revoke, memberships: memberships)
    }) {
        Field("days", \.days, Schema<Int>.int(1...30).otherwise(30), note: "How many days back, up to now.")
        Field("add", \.add, Schema<[CreateGrant]>.array(of: CreateGrant.schema, 0...20).otherwise([]))
        Field("change", \.change, Schema<[TriedChange]>.array(of: TriedChange.schema, 0...20).otherwise([]))
        Field("revoke", \.revoke, Schema<[GrantID]>.array(of: GrantID.schema, 0...100).otherwise([]))
        Field(
            "memberships", \.memberships,
            Schema<[TriedMembership]>.array(of: TriedMembership.schema, 0...100).otherwise([]))
    }
}

/// Other contents for a grant that there is. What is not named stays as it is.
package struct TriedChange: WireValue, Sendable {
    package let grant: GrantID
    package let users: Change<[UserID]>
    package let groups: Change<[GroupID]>
    package let assets: Change<[AssetID]>
    package let nodes: Change<[NodeID]>
    package let accounts: Change<[AccountRule]>
    package let protocols: Change<[AccessProtocol]>
    package let actions: Change<[AccessAction]>
    package let weekly: Change<[WeeklyHours]>
    package let startsAt: Change<Date>
    package let endsAt: Change<Date?>

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("grant", \.grant)
        Field("users", \.users, .array(of: UserID.schema, 0...1000))
        Field("groups", \.groups, .array(of: GroupID.schema, 0...1000))
        Field("assets", \.assets, .array(of: AssetID.schema, 0...1000))
        Field("nodes", \.nodes, .array(of: NodeID.schema, 0...1000))
        Field("accounts", \.accounts, .array(of: AccountRule.schema, 1...100))
        Field("protocols", \.protocols, .array(of: AccessProtocol.schema, 1...20))
        Field("actions", \.actions, .array(of: AccessAction.schema, 1...20))
        Field("weekly", \.weekly, .array(of: WeeklyHours.schema, 0...50), note: "Empty for any hour.")
        Field("startsAt", \.startsAt, note: "Absent: it is judged as if it had stood on all the days.")
        Field("endsAt", \.endsAt, note: "May lie in the past. Null for no end.")
    }
}

/// Somebody who would be in a group, or would not.
package struct TriedMembership: WireValue, Sendable, Hashable {
    package let user: UserID
    package let group: GroupID
    package let isMember: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("user", \.user)
        Field("group", \.group)
        Field("isMember", \.isMember)
    }
}
