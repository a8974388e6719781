import Cryptography
import Glibc

/// Seals batches into the container file. Confined to one thread at a time, off the relay's.
struct ContainerWriter {
    private let folder: SpoolFolder
    private let header: RecordingHeader
    private let cipher: FrameCipher
    private let file: Descriptor
    private(set) var state: ChainState
    private var tally: RecordingTally
    private var cutter: SegmentCutter
    /// A frame that was sealed and could not be written. It is written again as it is: sealing other contents under the
    /// same number would use a nonce twice.
    private var stalled: Frame?
    private var syncedThrough: UInt64
    /// Plain bytes in frames that are not known to be on the disk, and so in journals still.
    private var journaled = 0
    private static let journalLimit = 8 << 20
    private var freed: [UInt64] = []
    /// Segments that are full and wait for the next flush.
    private var full: [RecordingSegment] = []

    /// Starts a new container: magic and header are in the file when this returns.
    init(creating header: RecordingHeader, key: RecordingKey, folder: SpoolFolder) throws(RecordingError) {
        let file = try Descriptor(opening: folder.container, O_RDWR | O_CREAT | O_EXCL)
        try file.lock()
        let bytes = header.bytes
        try file.write(bytes, at: 0)
        self.init(
            header: header, key: key, folder: folder, file: file, state: ChainState(headerBytes: bytes),
            tally: RecordingTally())
    }

    /// Goes on with a container whose good part ends at `state.offset`.
    init(
        header: RecordingHeader, key: RecordingKey, folder: SpoolFolder, file: Descriptor, state: ChainState,
        tally: RecordingTally
    ) {
        self.header = header
        self.folder = folder
        self.file = file
        self.state = state
        self.tally = tally
        cipher = FrameCipher(key: key)
        cutter = SegmentCutter(
            recording: header.recording, file: folder.container, at: state.sequence == 0 ? 0 : state.offset)
        syncedThrough = state.sequence
    }

    /// Whether there are frames that no flush has named yet.
    var hasUnsent: Bool { !cutter.isEmpty }

    /// Whether it is time for a flush: a segment is full, or the journals that only wait for one take up too much. Text
    /// shrinks to a tenth in the container, so that a flood would otherwise fill the spool with journals.
    var wantsFlush: Bool { !full.isEmpty || journaled > Self.journalLimit }

    /// Seals and writes one frame of events. Called again with the same batch after a failure.
    mutating func write(_ batch: Batch) throws(RecordingError) {
        let offset = state.offset
        let frame = try put(batch.contents)
        journaled += batch.plain.count
        tally.add(batch.tally)
        tally.place(frame.header, at: offset, snapshot: batch.hasSnapshot)
    }

    /// Makes everything durable, retires the journals that are not needed any more and names what can be uploaded.
    mutating func flush() throws(RecordingError) -> [RecordingSegment] {
        try file.syncData()
        journaled = 0
        while syncedThrough < state.sequence {
            if try folder.retireJournal(syncedThrough + 1) { freed.append(syncedThrough + 1) }
            syncedThrough += 1
        }
        let rest = cutter.flush()
        defer { full = [] }
        return full + (rest.map { [$0] } ?? [])
    }

    /// Writes index and trailer. Called again after a failure.
    mutating func close() throws(RecordingError) -> [RecordingSegment] {
        if !state.hasIndex {
            try put(.index, IndexEntry.bytes(of: tally.index))
        }
        if !state.isComplete {
            try put(.trailer, tally.trailer(started: header.started, state: state).bytes)
        }
        let segments = try flush()
        for number in try folder.journals() { try folder.removeJournal(number) }
        try folder.removeSpares()
        freed = []
        file.unlock()
        return segments
    }

    /// The journals that were retired since the last call.
    mutating func takeFreed() -> [UInt64] {
        defer { freed = [] }
        return freed
    }

    /// Makes magic and header durable, for strict mode.
    func syncFile() throws(RecordingError) { try file.syncData() }

    /// Lets another process have the file.
    func unlock() { file.unlock() }

    private mutating func put(_ type: FrameType, _ plain: [UInt8]) throws(RecordingError) {
        _ = try put(
            FrameCipher.Contents(
                type: type, sequence: state.nextSequence, from: state.lastTime, to: state.lastTime, events: 0,
                plain: plain))
    }

    private mutating func put(_ contents: FrameCipher.Contents) throws(RecordingError) -> Frame {
        let frame: Frame
        if let stalled { frame = stalled } else { frame = try cipher.seal(contents, after: state.chain) }
        stalled = frame
        try file.write(frame.bytes, at: state.offset)
        stalled = nil
        state.append(frame)
        if let segment = cutter.add(frame, endingAt: state.offset) { full.append(segment) }
        return frame
    }
}
