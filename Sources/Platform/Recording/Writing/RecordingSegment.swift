package import Cryptography
package import Kernel

/// A run of whole frames in the container file that is on the disk and may be uploaded. The first one starts at byte 0
/// and so includes magic and header.
package struct RecordingSegment: Sendable, Equatable {
    package let recording: RecordingID
    package let file: String
    package let first: UInt64
    package let last: UInt64
    package let offset: UInt64
    package let count: Int
    /// The chain value after the last frame, which the server repeats.
    package let chain: Hash256
    /// Whether it ends with the trailer.
    package let isLast: Bool

    /// The bytes to upload.
    package func read() throws(RecordingError) -> [UInt8] {
        let bytes = try Descriptor(opening: file, 0).read(count, at: offset)
        guard bytes.count == count else { throw .system(operation: "read", path: file, code: 5) }
        return bytes
    }
}

extension RecordingSegment {
    /// Cuts what a container holds from a frame on into segments, to take up an upload where the server says.
    package static func plan(_ folder: SpoolFolder, from sequence: UInt64) throws(RecordingError) -> [RecordingSegment]
    {
        var walk = try ContainerWalk(file: folder.container)
        var cutter: SegmentCutter?
        var segments: [RecordingSegment] = []
        while let frame = try walk.next() {
            let before = walk.state.sequence == 1 ? 0 : walk.state.offset - UInt64(frame.header.frameCount)
            guard frame.header.sequence >= sequence else { continue }
            var current = cutter ?? SegmentCutter(recording: walk.header.recording, file: folder.container, at: before)
            if let full = current.add(frame, endingAt: walk.state.offset) { segments.append(full) }
            cutter = current
        }
        if let last = cutter?.flush() { segments.append(last) }
        return segments
    }
}

/// Collects frames until a segment is full.
struct SegmentCutter {
    static let limit = 8 << 20
    private let recording: RecordingID
    private let file: String
    private var start: UInt64
    private var end: UInt64
    private var frames: (first: Frame, last: Frame)?

    init(recording: RecordingID, file: String, at offset: UInt64) {
        self.recording = recording
        self.file = file
        start = offset
        end = offset
    }

    var isEmpty: Bool { frames == nil }

    /// Adds a frame. If it would have made the segment too large, that one is returned and the frame starts the next.
    mutating func add(_ frame: Frame, endingAt offset: UInt64) -> RecordingSegment? {
        let full = offset - start > UInt64(Self.limit) ? flush() : nil
        frames = (frames?.first ?? frame, frame)
        end = offset
        return full
    }

    mutating func flush() -> RecordingSegment? {
        guard let frames else { return nil }
        defer {
            self.frames = nil
            start = end
        }
        return RecordingSegment(
            recording: recording, file: file, first: frames.first.header.sequence, last: frames.last.header.sequence,
            offset: start, count: Int(end - start), chain: frames.last.chain,
            isLast: frames.last.header.type == .trailer)
    }
}
