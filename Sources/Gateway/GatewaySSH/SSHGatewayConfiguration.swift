package import GatewayCore
package import Kernel
package import SSH

/// How the SSH entrance listens.
package struct SSHGatewayConfiguration: Sendable {
    /// A numeric address; `::` serves IPv4 as well.
    package var host: String
    /// Zero lets the system choose.
    package var port: Int
    /// The files of the host keys; the first is made when it is missing.
    package var hostKeys: [String]
    /// Threads that serve connections.
    package var loops: Int
    /// The tenant that the listener belongs to, if it serves one only.
    package var tenant: String?
    /// Text that clients show before signing in.
    package var banner: String?
    package var limits: SSHServerLimits
    /// How long a connection may be open without a session.
    package var idleConnection: Duration
    /// Balancers, which have to say with the PROXY protocol who is behind them. From anybody else nothing of it is read.
    package var trustedProxies: [AddressRange]

    /// How those are kept who wait for somebody to agree to their sign-in.
    package var waiting: ReviewWait.Pace

    package init(
        host: String = "::", port: Int = 2222, hostKeys: [String], loops: Int, tenant: String? = nil,
        banner: String? = nil, limits: SSHServerLimits = SSHServerLimits(), idleConnection: Duration = .seconds(300),
        trustedProxies: [AddressRange] = [], waiting: ReviewWait.Pace = .init()
    ) {
        self.host = host
        self.port = port
        self.hostKeys = hostKeys
        self.loops = loops
        self.tenant = tenant
        self.banner = banner
        self.limits = limits
        self.idleConnection = idleConnection
        self.trustedProxies = trustedProxies
        self.waiting = waiting
    }
}
