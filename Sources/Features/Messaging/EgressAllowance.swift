import HTTPAPI
package import Kernel
import Outbound

/// A private host and port that an administrator opened for outgoing calls.
package struct EgressAllowance: WireValue, Sendable, Hashable {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) throws(Invalid) {
        let text = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        guard let parsed = try? HostPort(parsing: text) else {
            throw Invalid("must be a host name or an IP address", field: "host")
        }
        self.host = parsed.host
        self.port = parsed.port
    }

    package static let schema: Schema<Self> = .record({ (host: String, port: Int) throws(Invalid) in
        try EgressAllowance(host: host, port: port)
    }) {
        Field("host", \.host, .text(1...253))
        Field("port", \.port, .int(1...65535))
    }

    var hostPort: HostPort? { try? HostPort(parsing: host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)") }
}

/// All openings of a tenant; sent back whole to replace them.
package struct EgressAllowances: WireValue, Sendable {
    package let items: [EgressAllowance]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...100)
    }
}
