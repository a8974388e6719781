/// Opens frames whose chain was checked, and holds what they say against each other.
struct FrameDecoder {
    enum Contents {
        case events([RecordingEvent])
        case index([IndexEntry])
        case trailer(RecordingTrailer)
    }

    private let cipher: FrameCipher
    private let started: RecordingInstant
    private(set) var tally = RecordingTally()

    init(key: RecordingKey, header: RecordingHeader) {
        cipher = FrameCipher(key: key)
        started = header.started
    }

    /// What is in the frame; `before` is the state of the chain before it.
    mutating func decode(_ frame: Frame, after before: ChainState) throws(ContainerFault) -> Contents {
        do throws(ContainerFault.Reason) {
            let plain = try cipher.open(frame, after: before.chain)
            switch frame.header.type {
            case .events: return .events(try events(plain, of: frame.header, after: before))
            case .index:
                guard let entries = IndexEntry.entries(of: plain), entries == tally.index else { throw .index }
                return .index(entries)
            case .trailer:
                guard let trailer = RecordingTrailer(plain) else { throw .trailer("the trailer is malformed") }
                guard trailer == tally.trailer(started: started, state: before) else {
                    throw .trailer("the trailer does not describe what stands before it")
                }
                return .trailer(trailer)
            }
        } catch {
            throw before.fault(error)
        }
    }

    private mutating func events(
        _ plain: [UInt8], of header: FrameHeader, after before: ChainState
    ) throws(ContainerFault.Reason) -> [RecordingEvent] {
        let events = try EventCoder.decode(plain, after: before.lastTime)
        guard events.count == header.events, events.first?.time == header.from, events.last?.time == header.to else {
            throw .times
        }
        tally.count(events)
        tally.place(header, at: before.offset, snapshot: events.contains { $0.kind == .snapshot })
        return events
    }
}
