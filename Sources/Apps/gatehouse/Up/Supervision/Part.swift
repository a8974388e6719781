import Glibc

/// One program of an installation, as the supervisor sees it.
struct Part: Sendable {
    let name: String
    var command: ChildCommand
    /// The signal that asks it to end, and how long it may take before it is killed.
    var stopSignal = SIGTERM
    var grace: Duration = .seconds(15)
    /// How long the start may take.
    var patience: Duration = .seconds(60)
    /// Whether it does its work by now.
    var isReady: @Sendable () async -> Bool
}

/// How long to wait before a program is started again: twice as long each time, from the start again after a minute of
/// good work.
struct RestartBackoff {
    private static let longest: Duration = .seconds(30)
    private var next: Duration = .milliseconds(500)

    mutating func delay(after uptime: Duration) -> Duration {
        if uptime >= .seconds(60) { next = .milliseconds(500) }
        defer { next = min(next * 2, Self.longest) }
        return next
    }
}
