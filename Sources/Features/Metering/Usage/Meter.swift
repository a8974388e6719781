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
    /// Bytes of stored recordings, once for each day on which they are stored.
    case recordingByteDays = "recording-byte-days"
    case commands
    /// People who signed in, called the API or had a session, once for each day.
    case dailyActiveUsers = "daily-active-users"
    /// Secrets of accounts, once for each day on which they are stored.
    case storedSecretDays = "stored-secret-days"
    case apiCalls = "api-calls"
    case webhookDeliveries = "webhook-deliveries"
    case mail
    case sms
    case rotations
}
