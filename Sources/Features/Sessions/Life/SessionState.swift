import Kernel
import Postgres

/// Where a session is in its life. There is no way back.
package enum SessionState: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    /// Granted; the worker has not reached the asset yet.
    case pending
    case live
    case ended
}

/// The door through which a person came in.
package enum Entrance: String, CaseIterable, WireValue, SQLBindable, SQLDecodable { case ssh, web }
