package import HTTPAPI
package import Identity

/// What operators' sign-in must be told about the installation.
package struct OperatorSettings: Sendable {
    /// Where the console is, such as `https://provider.example.com`.
    package let console: String
    /// Every permission of the provider's endpoints.
    package let known: Set<Permission>
    /// No refused password is answered sooner: the time taken must not tell whether the login exists.
    package let refusalFloor: Duration
    /// Passwords that nobody may choose, since they leaked.
    package let breached: BreachedPasswords

    package init(
        console: String, known: Set<Permission>, refusalFloor: Duration = .milliseconds(300),
        breached: BreachedPasswords = .shipped
    ) {
        self.console = console
        self.known = known
        self.refusalFloor = refusalFloor
        self.breached = breached
    }

    /// The token stands behind the `#`, which browsers keep to themselves: it reaches no log and no referrer.
    func invitation(_ token: String) -> String { console + "/invitation#token=" + token }
}
