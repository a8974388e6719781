package import FoundationEssentials

extension ID {
    /// A fresh UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits, so that ids sort by creation time.
    package static func new(at now: Date = Date()) -> ID {
        var random = SystemRandomNumberGenerator()
        return new(at: now, using: &random)
    }

    /// A fresh UUIDv7 from the given source of randomness.
    package static func new(at now: Date, using random: inout some RandomNumberGenerator) -> ID {
        let milliseconds = UInt64(max(0, now.timeIntervalSince1970 * 1000))
        let high = milliseconds << 16 | 0x7000 | UInt64(random.next() & 0x0FFF)
        let low = 0x8000_0000_0000_0000 | random.next() >> 2
        let number = UInt128(high) << 64 | UInt128(low)
        return withUnsafeBytes(of: number.bigEndian) { ID(UUID(uuid: $0.loadUnaligned(as: uuid_t.self))) }
    }
}
