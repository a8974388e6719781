import Kernel
import Recording

/// Reads a recording from the store, one segment at a time and only when somebody asks for more: an hour of a session
/// never lies in memory.
actor RecordingPlayback {
    private let stores: RecordingStores
    private var segments: ArraySlice<StoredSegments.Segment>
    private var decoder: RecordingDecoder

    init(_ segments: [StoredSegments.Segment], key: RecordingKey, stores: RecordingStores) {
        self.segments = segments[...]
        self.stores = stores
        decoder = RecordingDecoder(key: key)
    }

    /// The events of the next segment, nil after the last one.
    func next() async throws -> [RecordingEvent]? {
        guard let segment = segments.popFirst() else { return nil }
        return try decoder.feed(try await segment.read(from: stores))
    }

    /// What stands at the start; nil until something has been read.
    var header: RecordingHeader? { decoder.header }
}
