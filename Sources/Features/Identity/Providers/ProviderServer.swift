package import Kernel
import Outbound

/// One server of a provider.
package struct ProviderServer: Sendable, Hashable {
    package let host: String
    package let port: Int
    let hostPort: HostPort

    package init(host: String, port: Int) throws(Invalid) {
        let text = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        guard let hostPort = try? HostPort(parsing: text) else {
            throw Invalid("must be a host name or an IP address", field: "host")
        }
        self.host = hostPort.host
        self.port = hostPort.port
        self.hostPort = hostPort
    }
}

extension ProviderServer: WireValue {
    package static let schema: Schema<Self> = .record({ (host: String, port: Int) throws(Invalid) in
        try ProviderServer(host: host, port: port)
    }) {
        Field("host", \.host, .text(1...253))
        Field("port", \.port, .int(1...65535))
    }
}
