import Cryptography

/// One line of the index: where a frame of events starts.
package struct IndexEntry: Sendable, Equatable {
    package let sequence: UInt64
    package let from: UInt64
    package let offset: UInt64
    /// Whether the frame holds a snapshot of the screen to start a replay from.
    package let snapshot: Bool

    private static let count = 25

    static func bytes(of entries: [IndexEntry]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * count)
        for entry in entries {
            bytes += entry.sequence.bigEndianBytes
            bytes += entry.from.bigEndianBytes
            bytes += entry.offset.bigEndianBytes
            bytes.append(entry.snapshot ? 1 : 0)
        }
        return bytes
    }

    static func entries(of bytes: [UInt8]) -> [IndexEntry]? {
        guard bytes.count % count == 0 else { return nil }
        var entries: [IndexEntry] = []
        for start in stride(from: 0, to: bytes.count, by: count) {
            func number(_ offset: Int) -> UInt64 {
                bytes[start + offset..<start + offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
            }
            guard bytes[start + 24] <= 1 else { return nil }
            entries.append(
                IndexEntry(
                    sequence: number(0), from: number(8), offset: number(16), snapshot: bytes[start + 24] == 1))
        }
        return entries
    }
}
