import Glibc

/// Walks over the frames of a container and checks the chain, without a key and in bounded memory.
package struct ContainerWalk {
    private static let piece = 1 << 20
    private let source: any RecordingSource
    private var scanner = ContainerScanner()
    private var readOffset: UInt64 = 0
    package let header: RecordingHeader
    package let headerBytes: [UInt8]
    /// What has been checked so far.
    package private(set) var state: ChainState

    /// Opens a file and reads its header.
    package init(file path: String) throws(RecordingError) {
        try self.init(Descriptor(opening: path, O_RDONLY))
    }

    package init(_ source: any RecordingSource) throws(RecordingError) {
        self.source = source
        while true {
            if case .header(let header, let bytes)? = try Self.part(&scanner, ChainState?.none) {
                self.header = header
                headerBytes = bytes
                state = ChainState(headerBytes: bytes)
                return
            }
            guard try Self.feed(&scanner, source, &readOffset) else {
                // Fewer bytes than the magic could be the start of anything, but nothing at all is no recording.
                let isStart = scanner.rest.count >= RecordingHeader.magic.count
                throw .damaged(
                    ContainerFault(frame: nil, offset: 0, reason: isStart ? .headerCutShort : .notARecording))
            }
        }
    }

    /// The next good frame, nil at the end of the file or where a last frame is cut short; throws at the first bad one.
    package mutating func next() throws(RecordingError) -> Frame? {
        repeat {
            guard case .frame(let frame)? = try Self.part(&scanner, state) else { continue }
            do {
                try state.accept(frame)
            } catch {
                throw .damaged(error)
            }
            return frame
        } while try Self.feed(&scanner, source, &readOffset)
        guard !LengthProbe.lengthWasChanged(scanner.rest, after: state) else { throw .damaged(state.fault(.length)) }
        guard scanner.rest.isEmpty || !state.isComplete else { throw .damaged(state.fault(.afterTrailer)) }
        return nil
    }

    /// The bytes behind the last good frame that are no whole frame: what a crash cut off.
    package var torn: Int { scanner.rest.count }

    private static func part(
        _ scanner: inout ContainerScanner, _ state: ChainState?
    ) throws(RecordingError) -> ContainerScanner.Part? {
        do {
            return try scanner.next()
        } catch {
            throw .damaged(state?.fault(error) ?? ContainerFault(frame: nil, offset: 0, reason: error))
        }
    }

    private static func feed(
        _ scanner: inout ContainerScanner, _ source: any RecordingSource, _ offset: inout UInt64
    ) throws(RecordingError) -> Bool {
        let bytes = try source.read(piece, at: offset)
        offset += UInt64(bytes.count)
        scanner.feed(bytes)
        return !bytes.isEmpty
    }
}
