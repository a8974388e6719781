package import FoundationEssentials
package import Kernel

/// The body by which an administrator grants or denies access.
package struct CreateGrant: WireValue {
    package let name: String
    package let effect: Grant.Effect
    package let users: [UserID]
    package let groups: [GroupID]
    package let assets: [AssetID]
    package let nodes: [NodeID]
    package let accounts: [AccountRule]
    package let protocols: [AccessProtocol]
    package let actions: [AccessAction]
    package let startsAt: Date?
    package let endsAt: Date?
    package let weekly: [WeeklyHours]

    package init(
        name: String, effect: Grant.Effect, users: [UserID], groups: [GroupID], assets: [AssetID], nodes: [NodeID],
        accounts: [AccountRule], protocols: [AccessProtocol], actions: [AccessAction], startsAt: Date?,
        endsAt: Date?, weekly: [WeeklyHours]
    ) throws(Invalid) {
        guard !users.isEmpty || !groups.isEmpty else { throw Invalid("name a user or a group", field: "users") }
        guard !assets.isEmpty || !nodes.isEmpty else { throw Invalid("name an asset or a node", field: "assets") }
        if let startsAt, let endsAt, endsAt <= startsAt { throw Invalid("must be after startsAt", field: "endsAt") }
        self.name = name
        self.effect = effect
        self.users = users
        self.groups = groups
        self.assets = assets
        self.nodes = nodes
        self.accounts = accounts
        self.protocols = protocols
        self.actions = actions
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.weekly = weekly
    }

    package static let schema: Schema<Self> = .record({
        (
            name: String, effect: Grant.Effect, users: [UserID], groups: [GroupID], assets: [AssetID],
            nodes: [NodeID], accounts: [AccountRule], protocols: [AccessProtocol], actions: [AccessAction],
            startsAt: Date?, endsAt: Date?, weekly: [WeeklyHours]
        ) throws(Invalid) in
        try CreateGrant(
            name: name, effect: effect, users: users, groups: groups, assets: assets, nodes: nodes,
            accounts: accounts, protocols: protocols, actions: actions, startsAt: startsAt, endsAt: endsAt,
            weekly: weekly)
    }) {
        Field("name", \.name, .text(1...200))
        Field("effect", \.effect, Grant.Effect.schema.otherwise(.allow), note: "Denials beat every allowance.")
        Field("users", \.users, Schema<[UserID]>.array(of: UserID.schema, 0...1000).otherwise([]))
        Field("groups", \.groups, Schema<[GroupID]>.array(of: GroupID.schema, 0...1000).otherwise([]))
        Field("assets", \.assets, Schema<[AssetID]>.array(of: AssetID.schema, 0...1000).otherwise([]))
        Field("nodes", \.nodes, Schema<[NodeID]>.array(of: NodeID.schema, 0...1000).otherwise([]))
        Field("accounts", \.accounts, count: 1...100)
        Field("protocols", \.protocols, Schema<[AccessProtocol]>.array(of: AccessProtocol.schema, 1...20))
        Field("actions", \.actions, Schema<[AccessAction]>.array(of: AccessAction.schema, 1...20))
        Field("startsAt", \.startsAt, Date.schema, note: "Absent for now.")
        Field("endsAt", \.endsAt, Date.schema, note: "Absent for a grant without an end.")
        Field("weekly", \.weekly, Schema<[WeeklyHours]>.array(of: WeeklyHours.schema, 0...50).otherwise([]))
    }
}

/// The body that takes a grant back.
package struct RevokeGrant: WireValue {
    package let reason: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("reason", \.reason, .text(1...500), note: "Shown to the people whose sessions end.")
    }
}
