/// How far an address is known: what a guarded client may reach depends on nothing else.
enum AddressReach: Sendable, Hashable {
    /// Everywhere on the Internet.
    case global
    /// Inside one organization's networks: RFC 1918, RFC 6598 (carriers), unique local addresses.
    case site
    /// This machine.
    case loopback
    /// One link (which is where clouds keep their metadata service), a group, or nothing that should be connected to.
    case reserved
}

extension IPAddress {
    /// After the special-purpose registries of IANA. What they do not call global is not, so that a range that is given
    /// out one day stays closed until it is listed here.
    var reach: AddressReach {
        switch self {
        case .v4(let number): Self.ranges.first { number >> (32 - $0.bits) == $0.prefix }?.reach ?? .global
        case .v6(0, 1): .loopback
        case .v6(let high, _) where high >> 57 == 0xFC >> 1: .site
        // NAT64 (RFC 6052): a translator turns the last 32 bits into an IPv4 address.
        case .v6(0x0064_FF9B_0000_0000, let low) where low >> 32 == 0: embedded(UInt32(truncatingIfNeeded: low))
        // 6to4 (RFC 3056): a relay does so with bits 16 to 47.
        case .v6(let high, _) where high >> 48 == 0x2002: embedded(UInt32(truncatingIfNeeded: high >> 16))
        // 2001::/23 holds Teredo, benchmarking and ORCHID; 2001:db8::/32 and 3fff::/20 are for documents.
        case .v6(let high, _) where high >> 41 == 0x2001_0000 >> 9: .reserved
        case .v6(let high, _) where high >> 32 == 0x2001_0DB8: .reserved
        case .v6(let high, _) where high >> 44 == 0x3FFF0: .reserved
        case .v6(let high, _): high >> 61 == 0b001 ? .global : .reserved
        }
    }

    private func embedded(_ number: UInt32) -> AddressReach {
        IPAddress.v4(number).reach
    }

    private struct Range {
        let prefix: UInt32
        let bits: UInt32
        let reach: AddressReach

        init(_ a: UInt32, _ b: UInt32, _ c: UInt32, bits: UInt32, _ reach: AddressReach) {
            prefix = (a << 24 | b << 16 | c << 8) >> (32 - bits)
            self.bits = bits
            self.reach = reach
        }
    }

    private static let ranges = [
        Range(0, 0, 0, bits: 8, .reserved),  // this network
        Range(10, 0, 0, bits: 8, .site),
        Range(100, 64, 0, bits: 10, .site),  // carrier-grade NAT
        Range(127, 0, 0, bits: 8, .loopback),
        Range(169, 254, 0, bits: 16, .reserved),  // link-local, metadata services
        Range(172, 16, 0, bits: 12, .site),
        Range(192, 0, 0, bits: 24, .reserved),  // protocol assignments
        Range(192, 0, 2, bits: 24, .reserved),  // documentation
        Range(192, 88, 99, bits: 24, .reserved),  // 6to4 relays
        Range(192, 168, 0, bits: 16, .site),
        Range(198, 18, 0, bits: 15, .reserved),  // benchmarking
        Range(198, 51, 100, bits: 24, .reserved),  // documentation
        Range(203, 0, 113, bits: 24, .reserved),  // documentation
        Range(224, 0, 0, bits: 4, .reserved),  // multicast
        Range(240, 0, 0, bits: 4, .reserved),  // future use, broadcast
    ]
}
