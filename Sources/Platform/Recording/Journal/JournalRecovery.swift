import Cryptography
import Glibc
import Kernel

/// Finishes a recording whose worker died: seals what the journals hold, drops what is torn, and writes the end event,
/// the index and the trailer.
///
/// It can be interrupted and run again. A journal becomes the very frame that the dead worker would have made of it, and
/// the end event takes the time of the last event, so that no frame number is ever sealed with two contents.
package struct JournalRecovery {
    /// What recovery found and did.
    package struct Outcome: Sendable {
        package let state: ChainState
        /// The recording was finished already.
        package let wasComplete: Bool
        /// Events that were in journals only.
        package let recoveredEvents: Int
        /// Bytes of a last record, and of a last frame, that were not written whole.
        package let tornJournalBytes: Int
        package let tornContainerBytes: Int
        /// A frame that was whole and false; it and what followed are in `container.cut`.
        package let fault: ContainerFault?
    }

    private let folder: SpoolFolder
    private let file: Descriptor
    package let header: RecordingHeader

    /// Takes the recording for this process; its header says which key is needed. Throws `.inUse` if a worker still
    /// writes it.
    package init(folder: SpoolFolder) throws(RecordingError) {
        self.folder = folder
        file = try Descriptor(opening: folder.container, O_RDWR)
        try file.lock()
        header = try ContainerWalk(file).header
    }

    /// Finishes the container. Nothing is changed if the key is not the one of this recording.
    package func run(key: RecordingKey) throws(RecordingError) -> Outcome {
        var walk = try ContainerWalk(file)
        var decoder = FrameDecoder(key: key, header: header)
        let fault = try Self.readFrames(&walk, &decoder)
        let state = walk.state
        let numbers = try folder.journals()
        guard !state.isComplete else {
            for number in numbers { try folder.removeJournal(number) }
            try folder.removeSpares()
            return Outcome(
                state: state, wasComplete: true, recoveredEvents: 0, tornJournalBytes: 0,
                tornContainerBytes: 0, fault: fault)
        }
        let journals = try readJournals(numbers.filter { $0 > state.sequence }, key: key, isKnown: state.sequence > 0)
        let cut = Int(try file.size() - state.offset)
        try setAside(from: state.offset, fault: fault)

        var writer = ContainerWriter(
            header: header, key: key, folder: folder, file: file, state: state, tally: decoder.tally)
        var hasEnd = decoder.tally.end != nil
        for events in journals.events where !events.isEmpty && !state.hasIndex {
            hasEnd = hasEnd || events.contains { $0.kind == .end }
            try writer.write(Self.batch(events, after: writer.state))
        }
        if !hasEnd, !writer.state.hasIndex {
            let end = RecordingEvent(time: writer.state.lastTime, kind: .end, data: RecordingEnd.workerLost.bytes)
            try writer.write(Self.batch([end], after: writer.state))
        }
        _ = try writer.close()
        try folder.sync()
        return Outcome(
            state: writer.state, wasComplete: false, recoveredEvents: journals.events.reduce(0) { $0 + $1.count },
            tornJournalBytes: journals.torn, tornContainerBytes: fault == nil ? cut : 0, fault: fault)
    }

    private static func batch(_ events: [RecordingEvent], after state: ChainState) -> Batch {
        var batch = Batch(sequence: state.nextSequence, after: state.lastTime)
        for event in events {
            batch.append(
                RecordingEvent(
                    time: max(event.time, batch.to), channel: event.channel, kind: event.kind, data: event.data))
        }
        return batch
    }

    /// Reads up to the end or to the first bad frame, which it returns. A frame that has its place in the chain and does
    /// not open is no damage but the wrong key.
    private static func readFrames(
        _ walk: inout ContainerWalk, _ decoder: inout FrameDecoder
    ) throws(RecordingError) -> ContainerFault? {
        while true {
            let before = walk.state
            let frame: Frame?
            do throws(RecordingError) {
                frame = try walk.next()
            } catch .damaged(let fault) {
                return fault
            }
            guard let frame else { return nil }
            do {
                _ = try decoder.decode(frame, after: before)
            } catch {
                throw .damaged(error)
            }
        }
    }

    private func readJournals(
        _ numbers: [UInt64], key: RecordingKey, isKnown: Bool
    ) throws(RecordingError) -> (events: [[RecordingEvent]], torn: Int) {
        var all: [[RecordingEvent]] = []
        var torn = 0
        var isKnown = isKnown
        for number in numbers {
            let journal = try Descriptor(opening: folder.journal(number), O_RDONLY)
            let bytes = try journal.read(Int(try journal.size()), at: 0)
            let found = try JournalRecord(key: key, number: number).open(bytes)
            // Until something has opened with it, the key itself is in doubt, and the journal must not be thrown away.
            guard isKnown || !found.records.isEmpty || found.torn == 0 || !found.tornIsWhole else {
                throw .codec("\(folder.journal(number)) does not open with this key")
            }
            isKnown = isKnown || !found.records.isEmpty
            torn += found.torn
            var events: [RecordingEvent] = []
            for record in found.records {
                do {
                    events += try EventCoder.decode(record, after: 0, absolute: true)
                } catch {
                    throw .codec("\(folder.journal(number)): \(error)")
                }
            }
            all.append(events)
        }
        return (all, torn)
    }

    private func setAside(from offset: UInt64, fault: ContainerFault?) throws(RecordingError) {
        let size = try file.size()
        guard size > offset else { return }
        if fault != nil {
            let rest = try file.read(Int(size - offset), at: offset)
            let copy = try Descriptor(opening: "\(folder.path)/container.cut", O_RDWR | O_CREAT | O_TRUNC)
            try copy.write(rest, at: 0)
            try copy.syncData()
        }
        try file.truncate(to: offset)
    }
}
