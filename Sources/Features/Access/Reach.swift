package import Assets
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// An asset that somebody may reach now, and as whom.
package struct ReachableAsset: WireValue, Sendable {
    package let id: AssetID
    package let name: AssetName
    package let address: AssetAddress
    package let platform: Asset.Platform
    package var accounts: [ReachableAccount]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name)
        Field("address", \.address)
        Field("platform", \.platform)
        Field("accounts", \.accounts, count: 0...1000)
    }

    package static let listing = Listing<ReachableAsset>(
        key: Column("id", "a.asset_id", \.id), order: .ascending("name"), sortable: ["name"],
        columns: [Column("name", "a.name", \.name), Column("address", "a.address", \.address)])
}

/// One way onto an asset.
package struct ReachableAccount: WireValue, Sendable, Hashable {
    package let name: AccountName
    package let protocols: [AccessProtocol]
    package let actions: [AccessAction]
    package let until: Date?
    package let hasSecret: Bool

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name)
        Field("protocols", \.protocols, count: 0...20)
        Field("actions", \.actions, count: 0...20)
        Field("until", \.until, Date.schema)
        Field(
            "hasSecret", \.hasSecret,
            note: "Its secret is kept here: where a session is not enough, a request of kind `secret` can be for it.")
    }
}

extension Access {
    /// A page of what the person may reach now.
    package func reach(
        of user: UserID, _ page: PageRequest, at now: Date, in scope: TenantScope
    ) async throws -> Rows<ReachableAsset> {
        Rows(try await reach(of: user, "\(page)", at: now, in: scope), of: page)
    }

    /// What the person may reach now whose name contains the words, by name, after the given one: for menus.
    package func reach(
        of user: UserID, matching words: String, after name: AssetName?, limit: Int, at now: Date,
        in scope: TenantScope
    ) async throws -> [ReachableAsset] {
        let after = name?.text ?? ""
        return try await reach(
            of: user,
            """
            and a.name > \(after) and (\(words) = '' or strpos(lower(a.name), lower(\(words))) > 0
                or strpos(a.address, \(words)) > 0)
            order by a.name limit \(limit)
            """, at: now, in: scope)
    }

    /// Those of the given assets that the person may reach now.
    package func reach(
        of user: UserID, among assets: [AssetID], at now: Date, in scope: TenantScope
    ) async throws -> [ReachableAsset] {
        guard !assets.isEmpty else { return [] }
        return try await reach(of: user, "and a.asset_id = any(\(assets)) order by a.name", at: now, in: scope)
    }

    /// Two statements whatever the page holds: the assets, then their accounts with the grants that open them.
    private func reach(
        of user: UserID, _ tail: SQL, at now: Date, in scope: TenantScope
    ) async throws -> [ReachableAsset] {
        var assets = try await questions.reachable(by: user, at: now, matching: tail, in: scope, database)
        let candidates = try await questions.candidates(
            for: user, on: assets.map(\.id), at: now, in: scope, database)
        var accounts: [AssetID: [ReachableAccount]] = [:]
        for candidate in candidates {
            for way in AccessProtocol.allCases {
                let question = AccessQuestion(
                    user: user, asset: candidate.asset, account: candidate.account, protocol: way, action: .connect,
                    at: now)
                guard let opening = candidate.facts.decide(question).opening else { continue }
                accounts[candidate.asset, default: []].append(
                    ReachableAccount(
                        name: candidate.account, protocols: [way], actions: opening.actions, until: opening.until,
                        hasSecret: candidate.hasSecret))
            }
        }
        for index in assets.indices { assets[index].accounts = accounts[assets[index].id] ?? [] }
        return assets
    }
}
