package import Kernel

/// Addresses as they were written: a single one, a network such as `10.0.0.0/8`, or the first and the last of a range.
package struct AddressSet: Sendable, Hashable {
    package let text: String
    private let first: [UInt8]
    private let last: [UInt8]

    package init?(_ text: String) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2 {
            guard let first = AddressRange.bytes(of: parts[0]), let last = AddressRange.bytes(of: parts[1]),
                first.count == last.count, !last.lexicographicallyPrecedes(first)
            else { return nil }
            (self.first, self.last) = (first, last)
        } else {
            guard let ends = AddressRange(text)?.ends else { return nil }
            (first, last) = (ends.first, ends.last)
        }
        self.text = text
    }

    package func contains(_ address: [UInt8]) -> Bool {
        address.count == first.count && !address.lexicographicallyPrecedes(first)
            && !last.lexicographicallyPrecedes(address)
    }
}

extension AddressSet {
    /// Whether what is kept of a program's sources lets an address in: all of them if there are none. What cannot be read
    /// lets nobody in.
    static func admits(_ address: String, to sources: [String]) -> Bool {
        guard !sources.isEmpty else { return true }
        guard let bytes = ClientAddress(address).bytes else { return false }
        return sources.contains { AddressSet($0)?.contains(bytes) ?? false }
    }
}

extension AddressSet: WireValue {
    package static let schema: Schema<Self> = .parsed(
        2...91, pattern: "^[0-9A-Fa-f:.]+(/[0-9]{1,3}|-[0-9A-Fa-f:.]+)?$",
        "must be an address, a network such as 10.0.0.0/8, or a range such as 10.0.0.1-10.0.0.9", parse: Self.init,
        text: \.text)
}

/// Where somebody comes from. An address that cannot be read is in no set.
struct ClientAddress {
    let bytes: [UInt8]?

    /// A zone, as in `fe80::1%eth0`, says by which of our own cables it came, and nothing about who it is.
    init(_ text: String?) {
        let plain = text.map { String($0.prefix { $0 != "%" }) }
        bytes = plain.flatMap { AddressRange.bytes(of: $0) }
    }
}
