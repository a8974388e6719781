/// The events that will be one frame.
struct Batch {
    let sequence: UInt64
    private static let flood = 128 << 10
    private static let room = 1 << 20
    /// The time of the event before the first one: deltas go on over the borders of frames.
    private let base: UInt64
    private(set) var from: UInt64 = 0
    private(set) var to: UInt64
    private(set) var count: UInt32 = 0
    private(set) var plain: [UInt8] = []
    private(set) var hasSnapshot = false
    private(set) var tally = RecordingTally()

    init(sequence: UInt64, after base: UInt64) {
        self.sequence = sequence
        self.base = base
        to = base
    }

    var isEmpty: Bool { count == 0 }

    mutating func append(_ event: RecordingEvent) {
        if isEmpty { from = event.time }
        // In a flood a frame grows until it is cut at its longest: room for that at once, instead of copies on the way.
        if plain.count >= Self.flood, plain.capacity < Self.room { plain.reserveCapacity(Self.room) }
        EventCoder.append(event, after: to, to: &plain)
        to = event.time
        count += 1
        if event.kind == .snapshot { hasSnapshot = true }
        tally.count([event])
    }

    var contents: FrameCipher.Contents {
        FrameCipher.Contents(type: .events, sequence: sequence, from: from, to: to, events: count, plain: plain)
    }
}
