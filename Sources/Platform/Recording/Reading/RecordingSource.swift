/// Bytes of a container that can be read piece by piece.
package protocol RecordingSource: Sendable {
    /// Up to `count` bytes; none only at the end.
    func read(_ count: Int, at offset: UInt64) throws(RecordingError) -> [UInt8]
}

extension Descriptor: RecordingSource {}

/// A container in memory.
package struct BytesSource: RecordingSource {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package func read(_ count: Int, at offset: UInt64) throws(RecordingError) -> [UInt8] {
        guard offset < bytes.count else { return [] }
        return Array(bytes[Int(offset)...].prefix(count))
    }
}

/// Stored segments, one after the other.
struct JoinedSource: RecordingSource {
    private let parts: [(file: Descriptor, start: UInt64, end: UInt64)]

    init(files: [String]) throws(RecordingError) {
        var parts: [(file: Descriptor, start: UInt64, end: UInt64)] = []
        for path in files {
            let file = try Descriptor(opening: path, 0)
            let start = parts.last?.end ?? 0
            parts.append((file, start, start + (try file.size())))
        }
        self.parts = parts
    }

    func read(_ count: Int, at offset: UInt64) throws(RecordingError) -> [UInt8] {
        guard let part = parts.first(where: { offset < $0.end }) else { return [] }
        return try part.file.read(min(count, Int(part.end - offset)), at: offset - part.start)
    }
}
