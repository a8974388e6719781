import Cryptography

/// One record of a journal: `length:u32 nonce:12 ciphertext`, where `length` counts nonce and ciphertext.
///
/// The nonce is the number of the journal and that of the record. Frames have nonces that start with four zero bytes and
/// journals are numbered from 1, so that no nonce is ever used twice with the recording's key.
struct JournalRecord {
    private static let lengthCount = 4
    private let key: RecordingKey
    private let number: UInt32

    init(key: RecordingKey, number: UInt64) throws(RecordingError) {
        guard let number = UInt32(exactly: number), number > 0 else { throw .codec("too many frames") }
        self.key = key
        self.number = number
    }

    func seal(_ events: [UInt8], counter: UInt64) throws(RecordingError) -> [UInt8] {
        let nonce = nonce(counter)
        do {
            let count = nonce.count + events.count + DataKey.tagBytes
            var record: [UInt8] = []
            record.reserveCapacity(Self.lengthCount + count + 4)
            record += UInt32(count).bigEndianBytes
            try key.key.seal(events, nonce: nonce, to: &record)
            return record
        } catch {
            throw .codec("sealing a journal record: \(error)")
        }
    }

    /// What the bytes of a journal are.
    struct Contents {
        var records: [[UInt8]] = []
        /// Bytes of a last record that is cut short or false.
        var torn = 0
        /// Whether that record is all there.
        var tornIsWhole = false
    }

    /// Reads record by record, up to the end or to the first record that is torn, false, or left from the journal that
    /// the file was before.
    func open(_ bytes: [UInt8]) -> Contents {
        var contents = Contents()
        var offset = 0
        var least: UInt64 = 0
        while offset < bytes.count {
            contents.torn = bytes.count - offset
            contents.tornIsWhole = false
            guard contents.torn >= Self.lengthCount else { break }
            let length = bytes[offset..<offset + Self.lengthCount].reduce(0) { $0 << 8 | Int($1) }
            let start = offset + Self.lengthCount
            contents.tornIsWhole = length >= DataKey.nonceBytes + DataKey.tagBytes && length <= bytes.count - start
            let counter = contents.tornIsWhole ? self.counter(bytes[start..<start + DataKey.nonceBytes]) : nil
            // A length of nothing ends the records; so does a record of the journal that the file was before.
            if length == 0 || contents.tornIsWhole && counter == nil {
                contents.torn = 0
                break
            }
            guard let counter, counter >= least,
                let events = try? key.key.open(bytes[start..<start + length], associated: [])
            else { break }
            contents.records.append(events)
            contents.torn = 0
            offset = start + length
            // A record that could not be written leaves a gap: its number is not used again.
            least = counter + 1
        }
        return contents
    }

    private func nonce(_ counter: UInt64) -> [UInt8] { number.bigEndianBytes + counter.bigEndianBytes }

    /// The record's number, if the record is of this journal.
    private func counter(_ nonce: ArraySlice<UInt8>) -> UInt64? {
        guard nonce.prefix(4).elementsEqual(number.bigEndianBytes) else { return nil }
        return nonce.dropFirst(4).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
