import Glibc

/// Reads the events of a recording with its key. Whatever it returns has been checked: the chain, the encryption and,
/// at the end, index and trailer.
package struct RecordingReader {
    private var walk: ContainerWalk
    private var decoder: FrameDecoder
    private var events: [RecordingEvent] = []
    private var next = 0
    package private(set) var trailer: RecordingTrailer?

    package var header: RecordingHeader { walk.header }

    /// Opens a container file.
    package init(file: String, key: RecordingKey) throws(RecordingError) {
        try self.init(Descriptor(opening: file, O_RDONLY), key: key)
    }

    package init(_ source: any RecordingSource, key: RecordingKey) throws(RecordingError) {
        walk = try ContainerWalk(source)
        decoder = FrameDecoder(key: key, header: walk.header)
    }

    /// The next event, or nil at the end. An incomplete recording ends without a `trailer`.
    package mutating func nextEvent() throws(RecordingError) -> RecordingEvent? {
        while next == events.count {
            guard try nextFrame() else { return nil }
        }
        defer { next += 1 }
        return events[next]
    }

    /// Calls the body with every event that is left.
    package mutating func forEach(_ body: (RecordingEvent) throws -> Void) throws {
        while let event = try nextEvent() { try body(event) }
    }

    private mutating func nextFrame() throws(RecordingError) -> Bool {
        let before = walk.state
        guard let frame = try walk.next() else { return false }
        events = []
        next = 0
        do throws(ContainerFault) {
            switch try decoder.decode(frame, after: before) {
            case .events(let found): events = found
            case .index: break
            case .trailer(let found): trailer = found
            }
        } catch {
            throw .damaged(error)
        }
        return true
    }
}
