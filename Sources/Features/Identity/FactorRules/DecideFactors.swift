package import Kernel

/// Who has shown the first step, where and how, as far as rules about the second look at it.
package struct FactorCircumstances: Sendable {
    package let user: UserID
    package let groups: Set<GroupID>
    package let roles: Set<RoleID>
    /// Whether they may do more than the built-in role user.
    package let isAdministrator: Bool
    /// Whether they want to be asked themselves.
    package let wantsIt: Bool
    package let entrance: SignInEntrance
    /// Nil for one that cannot be read.
    package let address: [UInt8]?
    package var after: FirstStep

    package init(
        user: UserID, groups: Set<GroupID> = [], roles: Set<RoleID> = [], isAdministrator: Bool = false,
        wantsIt: Bool = false, entrance: SignInEntrance, address: [UInt8]?, after: FirstStep
    ) {
        self.user = user
        self.groups = groups
        self.roles = roles
        self.isAdministrator = isAdministrator
        self.wantsIt = wantsIt
        self.entrance = entrance
        self.address = address
        self.after = after
    }
}

extension FactorRule {
    func fits(_ one: FactorCircumstances) -> Bool {
        (everyone || who.include(one.user, groups: one.groups, roles: one.roles))
            && (entrances.isEmpty || entrances.contains(one.entrance)) && (after.isEmpty || after.contains(one.after))
            && isFrom(one.address)
    }

    /// What comes from nowhere in particular is asked by a rule about places, and never let off by one.
    private func isFrom(_ address: [UInt8]?) -> Bool {
        guard !sources.isEmpty else { return true }
        guard let address else { return action == .require }
        return sources.contains { $0.contains(address) }
    }
}

extension FactorRules {
    /// The rule that decides, if any does. Pure.
    func deciding(_ one: FactorCircumstances) -> FactorRule? {
        rules.first { $0.enabled && $0.fits(one) }
    }

    /// What is asked. Pure.
    package func demand(_ one: FactorCircumstances) -> FactorDemand {
        if let rule = deciding(one) {
            return FactorDemand(
                isRequired: rule.action == .require, counted: Set(rule.factors), mayRemember: !rule.always)
        }
        let isAsked =
            switch level {
            case .all: true
            case .administrators: one.isAdministrator || one.wantsIt
            case .off: one.wantsIt
            }
        return FactorDemand(isRequired: isAsked)
    }
}

/// What is asked of one person at one place, by the rules as they are: read once, and answered for every first step.
struct FactorQuestion: Sendable {
    let circumstances: FactorCircumstances
    let rules: FactorRules

    func demand(after first: FirstStep) -> FactorDemand { rules.demand(after(first)) }

    func deciding(after first: FirstStep) -> FactorRule? { rules.deciding(after(first)) }

    private func after(_ first: FirstStep) -> FactorCircumstances {
        var circumstances = circumstances
        circumstances.after = first
        return circumstances
    }
}
