import Kernel

/// An address as failures are counted by it. Whoever has one IPv6 address has the 2^64 of its network, so those count as
/// one.
struct SourceAddress: Sendable, Hashable {
    let text: String

    /// Nil if it cannot be read.
    init?(_ address: String?) {
        guard let bytes = ClientAddress(address).bytes else { return nil }
        guard bytes.count == 16 else {
            text = bytes.map { String($0) }.joined(separator: ".")
            return
        }
        let groups = stride(from: 0, to: 8, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        text = groups.map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    /// The network by which what somebody holds is counted; those whose address cannot be read share one.
    static func network(of address: String?) -> String { SourceAddress(address)?.text ?? "" }
}
