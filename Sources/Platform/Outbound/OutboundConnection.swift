/// A connection that stands: bytes in both directions, for one reader.
package struct OutboundConnection: Sendable {
    package let destination: HostPort
    let exchange: Exchange

    /// What has come; nil when the other side has ended it.
    package func next() async throws(OutboundError) -> [UInt8]? { try await exchange.next() }

    /// Sends it. Whoever does not take what is sent loses the connection.
    package func write(_ bytes: [UInt8]) { exchange.write(bytes) }

    package func end() { exchange.end() }
}
