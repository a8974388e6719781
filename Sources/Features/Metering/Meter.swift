import Kernel
import Postgres

/// What is counted for a tenant's bill.
package enum Meter: String, CaseIterable, WireValue, SQLBindable, SQLDecodable {
    case sessionSeconds = "session-seconds"
    /// From users to assets.
    case bytesIn = "bytes-in"
    /// From assets to users.
    case bytesOut = "bytes-out"
    case recordedBytes = "recorded-bytes"
    case commands
}
