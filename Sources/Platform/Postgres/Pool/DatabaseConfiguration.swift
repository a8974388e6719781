package import Kernel

/// Where the database is and how it is used.
package struct DatabaseConfiguration: Sendable {
    /// How the way to the server is protected.
    package enum TLS: String, Sendable, CaseIterable {
        /// For a unix socket or loopback.
        case disable
        /// Encrypted, but the server may be anybody.
        case require
        /// Encrypted, and the certificate names the host.
        case verifyFull = "verify-full"
    }

    /// A host name, an address, or the folder of the unix socket.
    package var host: String
    package var port: Int
    package var database: String
    package var user: String
    package var password: Secret?
    package var tls: TLS
    /// A PEM file with the authorities that may have signed the server's certificate.
    package var certificateAuthorities: String?
    /// Few are enough, because none is held while anything else happens: twice the cores is a good start.
    package var connections: Int
    /// How long a statement waits for a free connection, also while the server restarts.
    package var acquireTimeout: Duration
    /// How long a statement may run.
    package var statementTimeout: Duration
    /// How many statements may wait at once; more are refused right away.
    package var queueLimit: Int

    package init(
        host: String, port: Int = 5432, database: String, user: String = "gatehouse_app", password: Secret? = nil,
        tls: TLS = .disable, certificateAuthorities: String? = nil, connections: Int = 4,
        acquireTimeout: Duration = .seconds(5), statementTimeout: Duration = .seconds(30), queueLimit: Int = 1000
    ) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
        self.tls = tls
        self.certificateAuthorities = certificateAuthorities
        self.connections = connections
        self.acquireTimeout = acquireTimeout
        self.statementTimeout = statementTimeout
        self.queueLimit = queueLimit
    }
}
