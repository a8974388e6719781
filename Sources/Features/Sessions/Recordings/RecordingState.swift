import Kernel
import Postgres

/// Where a recording is on its way to being evidence.
package enum RecordingState: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    /// Frames are coming in.
    case open
    /// The trailer is there; the receipt is being made.
    case uploaded
    /// Sealed by a receipt, from header to trailer.
    case complete
    /// What there is has been sealed; the end is missing or cannot be read.
    case incomplete
    /// Nothing was recorded, because nothing happened.
    case absent
    /// Erased when its time was up; the session, and the receipt, say that it was there.
    case expired
}
