package import Kernel

/// How a server listens, and how much of itself it lends to one client.
package struct HTTPServerConfiguration: Sendable {
    /// Where to listen: `127.0.0.1` and a port (0 for any), or a path for a unix socket.
    package enum Address: Sendable {
        case host(String, port: Int)
        case unixSocket(path: String)
    }

    package var address: Address
    /// Proxies whose X-Forwarded-For and X-Forwarded-Proto count.
    package var trustedProxies: [AddressRange] = []
    /// Who may read `/metrics`.
    package var metricsReaders: [AddressRange] = ["127.0.0.1", "::1"].compactMap(AddressRange.init)
    /// Whether clients reach this listener by https although no proxy says so.
    package var isSecure = false
    /// What the portal may connect to besides its own origin: the workers' `wss://…`.
    package var connectOrigins: [String] = []
    package var limits = ConnectionLimits()
    /// Also of those who wait for somebody's word, of whom there may be thousands.
    package var maxConnections = 12_288
    package var maxConnectionsPerAddress = 128
    /// Requests that are being worked on at once, without those that wait for somebody's word.
    package var maxRequests = 512
    /// Event streams and downloads that are open at once.
    package var maxStreams = 2048
    /// What the documents call the API, and its version.
    package var title = "Gatehouse"
    package var version = "1"

    package init(address: Address) {
        self.address = address
    }
}

/// Something that must work before the server takes requests, asked each time a load balancer looks.
package struct ReadinessCheck: Sendable {
    package let name: String
    package let isReady: @Sendable () async -> Bool

    package init(_ name: String, isReady: @escaping @Sendable () async -> Bool) {
        self.name = name
        self.isReady = isReady
    }
}
