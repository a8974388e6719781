package import Kernel

/// How the web terminal listens, and how much of itself it lends to one address.
package struct WebGatewayConfiguration: Sendable {
    package var host: String
    /// Zero lets the system choose.
    package var port: Int
    package var maxConnections: Int
    package var maxConnectionsPerAddress: Int
    /// Until a browser has asked for its terminal.
    package var handshakeDeadline: Duration
    /// A browser that says nothing for so long, not even a pong, is gone.
    package var silence: Duration
    /// Proxies whose X-Forwarded-For counts.
    package var trustedProxies: [AddressRange]

    package init(
        host: String = "127.0.0.1", port: Int = 8081, maxConnections: Int = 2000, maxConnectionsPerAddress: Int = 64,
        handshakeDeadline: Duration = .seconds(10), silence: Duration = .seconds(75),
        trustedProxies: [AddressRange] = []
    ) {
        self.host = host
        self.port = port
        self.maxConnections = maxConnections
        self.maxConnectionsPerAddress = maxConnectionsPerAddress
        self.handshakeDeadline = handshakeDeadline
        self.silence = silence
        self.trustedProxies = trustedProxies
    }
}
