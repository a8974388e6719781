import Access
import Assets
import FoundationEssentials
import GatewayContract
import Hosting
import Kernel
import Tickets

/// Access and Tickets, as Hosting asks them for the menu in the terminal.
struct GatewayTargets: TargetMenu {
    /// More than this nobody pages through: the words narrow it.
    private static let most = 500

    let access: Access
    let tickets: Tickets

    func targets(
        of user: UserID, words: String?, page: Int, size: Int, at now: Date, in scope: TenantScope
    ) async throws -> (items: [MenuTarget], total: Int) {
        let assets = try await access.reach(
            of: user, matching: words ?? "", after: nil, limit: Self.most, at: now, in: scope)
        let all = assets.flatMap { asset in
            asset.accounts.map { account in
                MenuTarget(
                    name: asset.name.text, account: account.name.text, address: asset.address.text,
                    platform: asset.platform.rawValue, until: account.until)
            }
        }
        return (Array(all.dropFirst(page * size).prefix(size)), all.count)
    }

    func waiting(of user: UserID, in scope: TenantScope) async throws -> [WaitingTicket] {
        try await tickets.waiting(of: user, in: scope).map { WaitingTicket(number: $0.number, text: $0.reason) }
    }
}
