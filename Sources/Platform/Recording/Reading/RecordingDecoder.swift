/// Reads the events of a recording that arrives piece by piece, for a server that streams segments from its store.
package struct RecordingDecoder {
    private let key: RecordingKey
    private var scanner = ContainerScanner()
    private var opened: (decoder: FrameDecoder, state: ChainState)?
    package private(set) var header: RecordingHeader?
    package private(set) var trailer: RecordingTrailer?

    package init(key: RecordingKey) {
        self.key = key
    }

    /// Takes some bytes and returns the events that they complete.
    package mutating func feed(_ bytes: some Collection<UInt8>) throws(ContainerFault) -> [RecordingEvent] {
        scanner.feed(bytes)
        var events: [RecordingEvent] = []
        while let part = try part() {
            switch part {
            case .header(let header, let bytes):
                self.header = header
                opened = (FrameDecoder(key: key, header: header), ChainState(headerBytes: bytes))
            case .frame(let frame):
                guard let before = opened?.state else { break }
                try opened?.state.accept(frame)
                switch try opened?.decoder.decode(frame, after: before) {
                case .events(let found): events += found
                case .trailer(let found): trailer = found
                case .index, nil: break
                }
            }
        }
        return events
    }

    private mutating func part() throws(ContainerFault) -> ContainerScanner.Part? {
        do {
            return try scanner.next()
        } catch {
            throw opened?.state.fault(error) ?? ContainerFault(frame: nil, offset: 0, reason: error)
        }
    }
}
