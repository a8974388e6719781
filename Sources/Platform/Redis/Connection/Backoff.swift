/// Pauses between attempts to connect: twice as long each time up to a limit, and none exactly like another, so that a
/// restarted server is not met by all its clients in the same instant.
struct Backoff {
    private static let first = Duration.milliseconds(50)
    private static let longest = Duration.seconds(2)
    private var next = Self.first

    mutating func pause(using random: inout some RandomNumberGenerator) -> Duration {
        defer { next = min(next * 2, Self.longest) }
        return next * Double.random(in: 0.75...1, using: &random)
    }

    mutating func reset() {
        next = Self.first
    }
}
