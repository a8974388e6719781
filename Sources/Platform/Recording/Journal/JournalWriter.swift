import Glibc

/// Appends to the journal of the frame that is being collected: one record is one `write(2)`.
///
/// Files of journals that are not needed any more are used again under a new name. Making and removing a file for every
/// 64 KiB costs the relaying thread more than all the encryption, on some file systems ten times as much.
struct JournalWriter {
    /// A length of nothing: what lies behind it is of the journal that the file was before.
    private static let terminator: [UInt8] = [0, 0, 0, 0]

    private let folder: SpoolFolder
    private let key: RecordingKey
    private var number: UInt64
    private var file: Descriptor?
    private var record: JournalRecord?
    private var offset: UInt64 = 0
    private var staleEnd: UInt64 = 0
    private var counter: UInt64 = 0
    /// Whether somebody asks what has to be synced; what nobody asks for would stay open for ever.
    private let isSynced: Bool
    private var unsynced: [Descriptor] = []
    private var spares: [UInt64] = []

    init(folder: SpoolFolder, key: RecordingKey, number: UInt64, isSynced: Bool) {
        self.isSynced = isSynced
        self.folder = folder
        self.key = key
        self.number = number
    }

    /// Appends events; when it returns, they survive this process. When it throws, nothing of them counts.
    mutating func append(_ events: [UInt8]) throws(RecordingError) {
        let (file, record) = try open()
        counter += 1
        var bytes = try record.seal(events, counter: counter)
        let end = offset + UInt64(bytes.count)
        do {
            if end < staleEnd { bytes += Self.terminator }
            try file.write(bytes, at: offset)
        } catch {
            // The torn record would otherwise hide what comes after it, if that is shorter.
            try? file.truncate(to: offset)
            staleEnd = offset
            throw error
        }
        offset = end
        if isSynced, unsynced.last !== file { unsynced.append(file) }
    }

    /// What was written went into a frame: the next record starts the next journal.
    mutating func roll() {
        number += 1
        file = nil
        record = nil
        offset = 0
        staleEnd = 0
        counter = 0
    }

    /// Takes files to use again, as many as were freed this time: that is what the next stretch will need. The others are
    /// returned, to be removed.
    mutating func recycle(_ freed: [UInt64]) -> [UInt64] {
        spares += freed
        let excess = max(0, spares.count - max(2, freed.count))
        defer { spares.removeFirst(excess) }
        return Array(spares.prefix(excess))
    }

    /// The files that have something in them that is not known to be on the disk.
    mutating func takeUnsynced() -> [Descriptor] {
        defer { unsynced = [] }
        return unsynced
    }

    private mutating func open() throws(RecordingError) -> (Descriptor, JournalRecord) {
        if let file, let record { return (file, record) }
        let record = try JournalRecord(key: key, number: number)
        let path = folder.journal(number)
        if let spare = spares.popLast() { rename(folder.spare(spare), path) }
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
        // What a file that is used again holds is of another journal, which its nonces say.
        staleEnd = try file.size()
        self.file = file
        self.record = record
        return (file, record)
    }
}
