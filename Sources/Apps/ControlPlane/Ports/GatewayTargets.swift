import Access
import Assets
import FoundationEssentials
import GatewayContract
import Hosting
import Kernel
import Sessions

/// Access and Sessions, as Hosting asks them for the menu in the terminal.
struct GatewayTargets: TargetMenu {
    /// More than this nobody pages through: the words narrow it.
    private static let most = 500
    private static let recentMost = 5

    let access: Access
    let sessions: Sessions

    func targets(
        of user: UserID, words: String?, page: Int, size: Int, at now: Date, in scope: TenantScope
    ) async throws -> (items: [MenuTarget], total: Int) {
        let words = words ?? ""
        async let recent = words.isEmpty ? self.recent(of: user, at: now, in: scope) : []
        let assets = try await access.reach(of: user, matching: words, after: nil, limit: Self.most, at: now, in: scope)
        let first = try await recent
        let shown = Set(first.map { [$0.name, $0.account] })
        let others = assets.flatMap { asset in asset.accounts.map { target(asset, $0) } }
        let all = first + others.filter { !shown.contains([$0.name, $0.account]) }
        return (Array(all.dropFirst(page * size).prefix(size)), all.count)
    }

    /// Where the person was of late and may still go, the latest first: whoever reaches thousands of assets goes to few.
    private func recent(of user: UserID, at now: Date, in scope: TenantScope) async throws -> [MenuTarget] {
        let last = try await sessions.recent(of: user, limit: Self.recentMost, in: scope)
        let assets = try await access.reach(of: user, among: last.map(\.asset), at: now, in: scope)
        return last.compactMap { last in
            guard let asset = assets.first(where: { $0.id == last.asset }),
                let account = asset.accounts.first(where: { $0.name.text == last.account })
            else { return nil }
            return target(asset, account, lastUsed: last.lastUsed)
        }
    }

    private func target(_ asset: ReachableAsset, _ account: ReachableAccount, lastUsed: Date? = nil) -> MenuTarget {
        MenuTarget(
            name: asset.name.text, account: account.name.text, address: asset.address.text,
            platform: asset.platform.rawValue, until: account.until, lastUsed: lastUsed)
    }
}
