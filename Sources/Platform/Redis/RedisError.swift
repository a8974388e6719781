/// Why a command has no reply. Nothing in Redis is the only copy of anything, so every caller has a way to go on.
package enum RedisError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no connection at the moment; the command was not sent. A new connection is being tried.
    case unavailable
    /// The connection broke while the command was under way: it may have been carried out.
    case connectionLost
    /// No reply in time: it may have been carried out.
    case timedOut
    /// Too many commands are under way; this one was not sent.
    case overloaded
    /// Redis said no. Only the first word of what it said: the rest may repeat arguments.
    case refused(code: String)
    case cancelled
    case stopped

    package var description: String {
        switch self {
        case .unavailable: "Redis is away: check that it runs; it is being tried again"
        case .connectionLost: "the connection to Redis broke; the command may have been carried out"
        case .timedOut: "Redis did not answer in time; the command may have been carried out"
        case .overloaded: "too many commands are waiting for Redis"
        case .refused(let code): "Redis refused the command: \(code)"
        case .cancelled: "the command was cancelled"
        case .stopped: "the Redis client has been shut down"
        }
    }
}
