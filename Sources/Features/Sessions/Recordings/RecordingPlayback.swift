import Kernel
import ObjectStore
import Recording

/// Reads a recording from the store, one segment at a time and only when somebody asks for more: an hour of a session
/// never lies in memory.
actor RecordingPlayback {
    private let objects: any ObjectStore
    private var segments: ArraySlice<StoredSegments.Segment>
    private var decoder: RecordingDecoder

    init(_ segments: [StoredSegments.Segment], key: RecordingKey, objects: any ObjectStore) {
        self.segments = segments[...]
        self.objects = objects
        decoder = RecordingDecoder(key: key)
    }

    /// The events of the next segment, nil after the last one.
    func next() async throws -> [RecordingEvent]? {
        guard let segment = segments.popFirst() else { return nil }
        return try decoder.feed(try await segment.read(from: objects))
    }

    /// What stands at the start; nil until something has been read.
    var header: RecordingHeader? { decoder.header }
}
