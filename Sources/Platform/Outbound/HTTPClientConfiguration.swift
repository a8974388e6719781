/// What holds for every request of a client.
package struct HTTPClientConfiguration: Sendable {
    /// Whose signature on a certificate counts. There is no way to turn the check off.
    package enum Trust: Sendable {
        /// The authorities that this machine's operating system trusts.
        case system
        /// These authorities only: certificates as PEM text.
        case authorities(pem: String)
    }

    package var egress: EgressPolicy
    package var trust: Trust
    package var userAgent: String
    /// Connections at a time, to everybody together; further requests wait, within their timeouts.
    package var maxConnections: Int
    /// Connections that are kept when nobody uses them, and those that stay open.
    package var keptConnections = 64
    /// Names with addresses, in libcurl's form `host:port:address`, asked for before each request, so that tests need no DNS of
    /// their own and can have a name point somewhere else the next time.
    var resolved: @Sendable () -> [String] = { [] }

    package init(
        egress: EgressPolicy, trust: Trust = .system, userAgent: String = "Gatehouse", maxConnections: Int = 256
    ) {
        self.egress = egress
        self.trust = trust
        self.userAgent = userAgent
        self.maxConnections = maxConnections
    }
}
