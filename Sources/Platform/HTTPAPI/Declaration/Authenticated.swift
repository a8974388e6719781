package import FoundationEssentials

/// A caller that has proven who it is, and what that proof is good for.
package struct Authenticated<Caller: CallerIdentity>: Sendable {
    /// How the proof came: a browser adds cookies on its own, even to requests that another site starts.
    package enum Means: Sendable { case bearer, cookie, none }

    package let caller: Caller
    package let permissions: Set<Permission>
    package let means: Means
    package let secondFactorAt: Date?
    /// How many seconds a second factor counts as recent.
    package let stepUpAge: Int
    /// A fresh cookie in place of the one that was shown. It goes out with the answer, whatever the answer is: the
    /// caller's old one ends soon.
    package let cookie: Cookie?

    package init(
        caller: Caller, permissions: Set<Permission>, means: Means, secondFactorAt: Date? = nil,
        stepUpAge: Int = 15 * 60, cookie: Cookie? = nil
    ) {
        self.caller = caller
        self.permissions = permissions
        self.means = means
        self.secondFactorAt = secondFactorAt
        self.stepUpAge = stepUpAge
        self.cookie = cookie
    }

    /// What is missing of a fresh second factor; nil if it was shown lately enough.
    func stepUp(at now: Date) -> Problem? {
        if let secondFactorAt, now.timeIntervalSince(secondFactorAt) < Double(stepUpAge) { return nil }
        return .stepUpRequired(within: stepUpAge)
    }

    var subject: String { caller.principal.subject }

    /// The same caller, confined to where it holds the permission of what it calls.
    func acting(by permission: Permission) -> Authenticated {
        Authenticated(
            caller: caller.acting(by: permission),
            permissions: caller.permissions(beside: permission, of: permissions), means: means,
            secondFactorAt: secondFactorAt, stepUpAge: stepUpAge, cookie: cookie)
    }
}
