/// An address of a destination that the policy permits, for clients that open a socket of their own: what was checked is
/// what is connected to, so a name that points somewhere else a moment later changes nothing.
package struct GuardedAddress: Sendable, Hashable {
    /// Without brackets and without a port.
    package let text: String

    /// The permitted ones among the addresses that the name resolves to, in the resolver's order. Blocks no thread, and
    /// is over at the deadline.
    package static func of(
        _ destination: HostPort, egress: EgressPolicy, by deadline: ContinuousClock.Instant
    ) async throws(OutboundError) -> [GuardedAddress] {
        let permitted = try await NameLookUp.shared.addresses(of: destination, by: deadline).filter {
            egress.permits($0.address, port: destination.port, askedFor: destination)
        }
        guard !permitted.isEmpty else { throw .destinationRefused(destination) }
        return permitted.map { GuardedAddress(text: $0.address.description) }
    }
}
