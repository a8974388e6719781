import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

/// A tenant with one person and one asset, on which the accounts root, deploy and rita exist.
struct Estate {
    let stage: Stage
    let access: Access
    let assets: Assets
    let scope: TenantScope
    let admin: UserID
    let rita: UserID
    let asset: AssetID
    let endpoints: [MountedEndpoint]

    init() async throws {
        let stage = try await Stage { Issue.record("\($0)") }
        self.stage = stage
        access = Access(database: stage.database, outbox: Outbox())
        assets = Assets(
            database: stage.database, outbox: Outbox(), scanner: HostKeyScanner { _, _ in [] })
        endpoints = stage.mount(AccessRoutes.group, on: access)
        scope = try await stage.makeTenant()
        admin = try await stage.makeUser("admin", in: scope)
        rita = try await stage.makeUser("rita", in: scope)
        asset = try await stage.makeAsset("web-1", accounts: ["root", "deploy", "rita"], in: scope)
    }

    /// A grant for Rita on her asset, unless said otherwise.
    @discardableResult
    func grant(
        _ name: String = "G", effect: Grant.Effect = .allow, users: [UserID]? = nil, groups: [GroupID] = [],
        assets: [AssetID]? = nil, nodes: [NodeID] = [], accounts: [AccountRule]? = nil,
        actions: [AccessAction] = [.connect], startsAt: Date? = nil, endsAt: Date? = nil, weekly: [WeeklyHours] = []
    ) async throws -> Grant {
        let request = try CreateGrant(
            name: name, effect: effect, users: users ?? (groups.isEmpty ? [rita] : []), groups: groups,
            assets: assets ?? (nodes.isEmpty ? [asset] : []), nodes: nodes,
            accounts: try accounts ?? [.name("root")], protocols: [.ssh], actions: actions, startsAt: startsAt,
            endsAt: endsAt, weekly: weekly)
        return try await access.create(request, by: admin, at: stage.now, audit: .discarding, in: scope)
    }

    func decide(
        _ user: UserID? = nil, on other: AssetID? = nil, as account: String = "root",
        _ action: AccessAction = .connect, at: Date? = nil
    ) async throws -> Decision {
        try await access.decide(
            AccessQuestion(
                user: user ?? rita, asset: other ?? asset, account: AccountName(parsing: account), protocol: .ssh,
                action: action, at: at ?? stage.now),
            in: scope)
    }

    func node(_ name: String, below parent: NodeID? = nil) async throws -> NodeID {
        let body = try CreateNode.schema.parse(
            parent.map { ["name": .string(name), "parent": .string($0.text)] } ?? ["name": .string(name)])
        return try await assets.createNode(body, at: stage.now, audit: .discarding, in: scope).id
    }

    func move(_ node: NodeID, below parent: NodeID?) async throws {
        let version = try #require(try await assets.tree(in: scope).items.first { $0.id == node }?.version)
        let change = try ChangeNode.schema.parse(["parent": parent.map { .string($0.text) } ?? .null])
        _ = try await assets.changeNode(node, to: change, from: version, at: stage.now, audit: .discarding, in: scope)
    }

    func put(_ asset: AssetID, into node: NodeID) async throws {
        try await stage.database.execute(
            "insert into asset_nodes (tenant_id, node_id, asset_id) values (\(scope.tenant), \(node), \(asset))",
            in: scope)
    }
}

extension AccountRule {
    static func name(_ text: String) throws -> AccountRule { .name(try AccountName(parsing: text)) }
    static func exclude(_ text: String) throws -> AccountRule { .exclude(try AccountName(parsing: text)) }
}

extension Decision {
    var codes: [DecisionReason.Code] { reasons.map(\.code) }
}
