import FoundationEssentials
import GatewayContract
import Kernel
import Sessions

/// Decides again about the sessions of a tenant: somebody left a group, a server moved in the tree, a grant that denies
/// came. None of that names a session, so all of them are looked at.
struct ReviewSessions {
    let sessions: Sessions
    let access: any SessionAccess

    private struct Question: Hashable {
        let user: UserID
        let asset: AssetID
        let account: String
    }

    /// How many sessions were ended.
    @discardableResult
    func callAsFunction(in scope: TenantScope, at now: Date) async throws -> Int {
        let live = try await sessions.live(in: scope)
        let questions = Dictionary(grouping: live) { Question(user: $0.user.id, asset: $0.asset, account: $0.account) }
        var count = 0
        for (question, live) in questions {
            guard let user = live.first?.user else { continue }
            let target = SessionTarget(account: question.account, asset: question.asset.text)
            let wish = AccessWish(user: user, target: target, protocol: .ssh)
            guard case .refused(let refusal) = try await access.decide(wish, at: now, in: scope) else { continue }
            count += try await sessions.end(
                where: .sessions(live.map(\.id)), because: .grantRevoked, text: refusal.text, in: scope, at: now
            ).count
        }
        return count
    }
}
