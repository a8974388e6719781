package import Kernel

/// Who stands at the door, where and when, as far as rules look at it.
package struct SignInCircumstances: Sendable {
    package let user: UserID
    package let groups: Set<GroupID>
    /// Wherever in the tenant they are held.
    package let roles: Set<RoleID>
    /// Nil for one that cannot be read.
    package let address: [UInt8]?
    package let moment: WallClock

    package init(
        user: UserID, groups: Set<GroupID>, roles: Set<RoleID>, address: [UInt8]?, moment: WallClock
    ) {
        self.user = user
        self.groups = groups
        self.roles = roles
        self.address = address
        self.moment = moment
    }
}

extension SignInRule {
    func fits(_ circumstances: SignInCircumstances) -> Bool {
        let isMeant =
            everyone || who.include(circumstances.user, groups: circumstances.groups, roles: circumstances.roles)
        return isMeant && isFrom(circumstances.address)
            && (hours.isEmpty || hours.contains { $0.contains(circumstances.moment) })
    }

    /// What comes from nowhere in particular is kept out by a rule about places, and never let in by one.
    private func isFrom(_ address: [UInt8]?) -> Bool {
        guard !sources.isEmpty else { return true }
        guard let address else { return action == .deny || action == .review }
        return sources.contains { $0.contains(address) }
    }
}

extension [SignInRule] {
    /// The rule that decides, if any does. Pure.
    package func deciding(_ circumstances: SignInCircumstances) -> SignInRule? {
        first { $0.enabled && $0.fits(circumstances) }
    }
}
