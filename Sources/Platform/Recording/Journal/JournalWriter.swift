import Glibc

/// Appends to the journal of the frame that is being collected: one record is one `write(2)`.
struct JournalWriter {
    private let folder: SpoolFolder
    private let key: RecordingKey
    private var number: UInt64
    private var file: Descriptor?
    private var record: JournalRecord?
    private var offset: UInt64 = 0
    private var counter: UInt64 = 0
    private var unsynced: [Descriptor] = []

    init(folder: SpoolFolder, key: RecordingKey, number: UInt64) {
        self.folder = folder
        self.key = key
        self.number = number
    }

    /// Appends events; when it returns, they survive this process. When it throws, nothing of them counts.
    mutating func append(_ events: [UInt8]) throws(RecordingError) {
        let (file, record) = try open()
        counter += 1
        let bytes = try record.seal(events, counter: counter)
        do {
            try file.write(bytes, at: offset)
        } catch {
            // The torn record would otherwise hide what comes after it, if that is shorter.
            try? file.truncate(to: offset)
            throw error
        }
        offset += UInt64(bytes.count)
        if unsynced.last !== file { unsynced.append(file) }
    }

    /// What was written went into a frame: the next record starts the next journal.
    mutating func roll() {
        number += 1
        file = nil
        record = nil
        offset = 0
        counter = 0
    }

    /// The files that have something in them that is not known to be on the disk.
    mutating func takeUnsynced() -> [Descriptor] {
        defer { unsynced = [] }
        return unsynced
    }

    private mutating func open() throws(RecordingError) -> (Descriptor, JournalRecord) {
        if let file, let record { return (file, record) }
        let record = try JournalRecord(key: key, number: number)
        let file = try Descriptor(opening: folder.journal(number), O_RDWR | O_CREAT | O_EXCL)
        self.file = file
        self.record = record
        return (file, record)
    }
}
