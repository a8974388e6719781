import Cryptography
import Kernel

/// What is counted over the events of a recording, for its index and trailer.
struct RecordingTally: Equatable {
    private(set) var input: UInt64 = 0
    private(set) var output: UInt64 = 0
    private(set) var index: [IndexEntry] = []
    private(set) var end: RecordingEnd?

    mutating func count(_ events: [RecordingEvent]) {
        for event in events {
            switch event.kind {
            case .output, .standardError, .desktop: output += UInt64(event.data.count)
            case .input, .desktopInput: input += UInt64(event.data.count)
            case .end: end = RecordingEnd(event.data)
            default: break
            }
        }
    }

    /// Adds what was counted over a batch.
    mutating func add(_ other: RecordingTally) {
        input += other.input
        output += other.output
        end = other.end ?? end
    }

    mutating func place(_ frame: FrameHeader, at offset: UInt64, snapshot: Bool) {
        index.append(
            IndexEntry(sequence: frame.sequence, from: frame.from, offset: offset, snapshot: snapshot))
    }

    func trailer(started: RecordingInstant, state: ChainState) -> RecordingTrailer {
        RecordingTrailer(
            ended: started.adding(microseconds: state.lastTime), reason: end?.reason ?? RecordingEnd.workerLost.reason,
            frames: state.frames.size, input: input, output: output, root: state.root)
    }
}

/// The contents of the end event.
package struct RecordingEnd: Sendable, Equatable {
    package let reason: String
    /// The exit status of what ran, if it had one.
    package let exit: Int?

    package init(reason: String, exit: Int? = nil) {
        self.reason = reason
        self.exit = exit
    }

    /// The end that recovery writes.
    static let workerLost = RecordingEnd(reason: "worker-lost")

    var bytes: [UInt8] {
        let json: JSON = ["reason": .string(reason), "exit": exit.map { .int(Int64($0)) } ?? .null]
        return (try? CanonicalJSON.bytes(json)) ?? []
    }

    /// Reads the data of an end event.
    package init?(_ bytes: [UInt8]) {
        guard let json = CanonicalJSON.parse(bytes), let reason = json["reason"]?.text else { return nil }
        self.reason = reason
        if case .int(let exit)? = json["exit"] { self.exit = Int(exit) } else { exit = nil }
    }
}
