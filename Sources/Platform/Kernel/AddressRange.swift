#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A range of addresses in CIDR notation, `10.0.0.0/8` or `fd00::/8`; a single address is a range of one.
package struct AddressRange: Sendable, Equatable {
    private let bytes: [UInt8]
    private let prefix: Int

    /// Nil if it is no range, or names an address inside of it that is not its first.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(of: String(parts[0])) else { return nil }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            guard let number = Int(parts[1]), 0...prefix ~= number, String(number) == parts[1] else { return nil }
            prefix = number
        }
        self.bytes = bytes
        self.prefix = prefix
        guard (prefix..<bytes.count * 8).allSatisfy({ bytes[$0 / 8] >> (7 - UInt8($0 % 8)) & 1 == 0 }) else {
            return nil
        }
    }

    package func contains(_ address: String) -> Bool {
        guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
        let whole = prefix / 8
        guard bytes[..<whole] == other[..<whole] else { return false }
        let rest = prefix % 8
        return rest == 0 || bytes[whole] >> (8 - UInt8(rest)) == other[whole] >> (8 - UInt8(rest))
    }

    /// Its first and its last address.
    package var ends: (first: [UInt8], last: [UInt8]) {
        let last = bytes.enumerated().map { index, byte in
            let fixed = min(max(prefix - index * 8, 0), 8)
            return fixed == 8 ? byte : byte | UInt8(0xFF >> fixed)
        }
        return (bytes, last)
    }

    /// The bytes of an address; IPv4 that is mapped into IPv6 counts as IPv4.
    package static func bytes(of text: String) -> [UInt8]? {
        guard text.utf8.count <= 45 else { return nil }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes[12...]) : bytes
    }
}

extension [AddressRange] {
    package func contains(_ address: String) -> Bool { contains { $0.contains(address) } }
}
