import Kernel
import Recording

// What a download asks for its next piece. Each is an actor, because a piece may be asked for from any thread.

/// Lines of JSON; see `ReplayLines`.
actor ReplayWriter {
    private let playback: RecordingPlayback
    private var lines = ReplayLines()
    private var hasBegun = false

    init(_ playback: RecordingPlayback) {
        self.playback = playback
    }

    func next() async throws -> [UInt8]? {
        guard let events = try await playback.next() else { return nil }
        var bytes: [UInt8] = []
        if !hasBegun, let header = await playback.header {
            hasBegun = true
            bytes += ReplayLines.first(of: header).map { Array($0.utf8) } ?? []
        }
        for event in events { bytes += lines.line(for: event).map { Array($0.utf8) } ?? [] }
        return bytes
    }
}

/// Lines of an asciicast.
actor CastWriter {
    private let playback: RecordingPlayback
    private var cast: Asciicast?

    init(_ playback: RecordingPlayback) {
        self.playback = playback
    }

    func next() async throws -> [UInt8]? {
        guard let events = try await playback.next() else { return nil }
        var text = ""
        if cast == nil, let header = await playback.header {
            let cast = Asciicast(.v2, header: header)
            text = cast.head
            self.cast = cast
        }
        for event in events { text += cast?.lines(for: event) ?? "" }
        return Array(text.utf8)
    }
}

/// Segments as they are stored.
actor SegmentReader {
    private let stores: RecordingStores
    private var segments: ArraySlice<StoredSegments.Segment>

    init(_ segments: [StoredSegments.Segment], stores: RecordingStores) {
        self.segments = segments[...]
        self.stores = stores
    }

    func next() async throws -> [UInt8]? {
        guard let segment = segments.popFirst() else { return nil }
        return try await segment.read(from: stores)
    }
}
