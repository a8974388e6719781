package import HTTPAPI
import HTTPTypes

/// Why a segment of a recording is not taken, closed.
enum SegmentError: ProblemRepresentable, Equatable {
    /// The frame that is expected is another one.
    case outOfPlace(expected: Int)
    /// Other bytes were stored here before.
    case otherBytes(expected: Int)
    /// The bytes do not continue what is stored.
    case damaged(String, expected: Int)
    /// The header is not that of the recording that was granted.
    case otherRecording
    /// Other bytes are on their way into this place: wait until they are there, or given up.
    case busy
    /// The object store did not take it: wait, and keep it.
    case storeAway(String)
    /// The trailer is there: nothing can follow.
    case complete

    var problem: Problem {
        switch self {
        case .outOfPlace(let expected): refusal("The frames are not the next ones.", expected)
        case .otherBytes(let expected): refusal("Other bytes are stored in this place.", expected)
        case .damaged(let text, let expected): refusal("The chain does not hold: \(text).", expected)
        case .otherRecording: Problem(.segmentRefused, "The header is not that of the recording that was granted.")
        case .busy: Problem(.unavailable, "The place is taken for a moment.", headers: [.retryAfter: "10"])
        case .storeAway: Problem(.unavailable, "The object store does not take it now.", headers: [.retryAfter: "5"])
        case .complete: Problem(.recordingComplete, "The recording has its trailer.")
        }
    }

    /// The worker reads where to go on from the reason.
    private func refusal(_ text: String, _ expected: Int) -> Problem {
        Problem(.segmentRefused, text, reasons: [.init("expected-sequence", String(expected))])
    }
}

extension ProblemType {
    package static let segmentRefused = ProblemType(
        "segment-refused", "The frames do not continue the recording", status: 409)
    package static let recordingComplete = ProblemType("recording-complete", "The recording is complete", status: 409)
    package static let recordingAbsent = ProblemType("recording-absent", "There is nothing to play", status: 409)
}
