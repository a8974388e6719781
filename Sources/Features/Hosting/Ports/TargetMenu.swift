package import FoundationEssentials
package import GatewayContract
package import Kernel

/// What Hosting needs of Access and Sessions to show a menu.
package protocol TargetMenu: Sendable {
    /// A page of what the person may reach now: pairs of asset and account, where they were
    /// of late first, the others in the order of their names. Words leave only what matches, all by name.
    func targets(
        of user: UserID, words: String?, page: Int, size: Int, at now: Date, in scope: TenantScope
    ) async throws -> (items: [MenuTarget], total: Int)
}
