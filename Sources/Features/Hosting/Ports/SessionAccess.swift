package import FoundationEssentials
package import GatewayContract
package import Kernel

/// What Hosting needs of Assets and Access: what a person means, and whether they may.
package protocol SessionAccess: Sendable {
    func decide(_ wish: AccessWish, at now: Date, in scope: TenantScope) async throws -> AccessAnswer
}

/// What somebody wants to open.
package struct AccessWish: Sendable, Equatable {
    package let user: NamedUser
    /// An asset by name or id; an account by name, or none if it must be clear.
    package let target: SessionTarget
    package let `protocol`: GatewayProtocol

    package init(user: NamedUser, target: SessionTarget, protocol: GatewayProtocol) {
        self.user = user
        self.target = target
        self.protocol = `protocol`
    }
}

/// What comes of it.
package enum AccessAnswer: Sendable, Equatable {
    case allowed(AllowedTarget)
    case wait(SessionWait)
    /// An asset that the person may not know of is refused as one that does not exist.
    case refused(SessionRefused)
}

/// A target that one grant opens, alone.
package struct AllowedTarget: Sendable, Equatable {
    package let asset: NamedAsset
    package let addresses: [AssetAddress]
    package let account: AccountID
    package let accountName: String
    package let actions: [String]
    package let grant: GrantID
    package let grantEndsAt: Date?
    /// No byte is relayed before its record is on the disk, whatever the installation does otherwise.
    package let isStrict: Bool

    package init(
        asset: NamedAsset, addresses: [AssetAddress], account: AccountID, accountName: String, actions: [String],
        grant: GrantID, grantEndsAt: Date?, isStrict: Bool = false
    ) {
        self.asset = asset
        self.addresses = addresses
        self.account = account
        self.accountName = accountName
        self.actions = actions
        self.grant = grant
        self.grantEndsAt = grantEndsAt
        self.isStrict = isStrict
    }
}
