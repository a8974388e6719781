package import Assets
package import FoundationEssentials
package import Kernel

/// What somebody wants to do, and when.
package struct AccessQuestion: Sendable, Hashable {
    package let user: UserID
    package let asset: AssetID
    package let account: AccountName
    package let `protocol`: AccessProtocol
    package let action: AccessAction
    package let at: Date

    package init(
        user: UserID, asset: AssetID, account: AccountName, protocol: AccessProtocol, action: AccessAction, at: Date
    ) {
        self.user = user
        self.asset = asset
        self.account = account
        self.protocol = `protocol`
        self.action = action
        self.at = at
    }
}

/// The answer, with the chain of reasons that led to it.
package struct Decision: Sendable, Hashable {
    /// The grant that opens the way, with what else it allows; nil is a refusal.
    package let opening: Opening?
    package let reasons: [DecisionReason]

    package var isAllowed: Bool { opening != nil }

    /// Whether a request could open the way: what is forbidden, not there or out of service no request opens.
    package var canBeAskedFor: Bool { !isAllowed && !reasons.contains { Self.hopeless.contains($0.code) } }

    private static let hopeless: Set<DecisionReason.Code> = [
        .tenantInactive, .userDisabled, .assetDisabled, .noSuchAccount, .denied,
    ]

    package struct Opening: Sendable, Hashable {
        package let grant: GrantID
        package let actions: [AccessAction]
        /// When the way closes by itself: the end of the grant, or of its hours today.
        package let until: Date?
        /// Whether a session on it is recorded strictly.
        package let isStrict: Bool
    }
}
