/// So many bytes a second, and a burst on top. Pure: the time is passed in.
struct TokenBucket: Equatable {
    private(set) var rate: Int
    private(set) var burst: Int
    /// Below zero after something that could not wait.
    private var level: Double
    private var filledAt: ContinuousClock.Instant

    /// Starts full.
    init(rate: Int, burst: Int, at now: ContinuousClock.Instant) {
        self.rate = max(1, rate)
        self.burst = max(1, burst)
        level = Double(self.burst)
        filledAt = now
    }

    /// Goes on at another rate; what was saved or owed stays.
    mutating func change(rate: Int, burst: Int, at now: ContinuousClock.Instant) {
        fill(now)
        self.rate = max(1, rate)
        self.burst = max(1, burst)
        level = min(level, Double(self.burst))
    }

    /// Takes as much as there is, `wanted` at most.
    mutating func take(upTo wanted: Int, at now: ContinuousClock.Instant) -> Int {
        fill(now)
        let taken = min(wanted, Int(max(0, level)))
        level -= Double(taken)
        return taken
    }

    /// Puts back what was taken and not used.
    mutating func giveBack(_ count: Int) {
        level = min(level + Double(count), Double(burst))
    }

    /// Takes what has gone already. The debt is a burst at most.
    mutating func charge(_ count: Int, at now: ContinuousClock.Instant) {
        fill(now)
        level = max(level - Double(count), -Double(burst))
    }

    /// Until there are `wanted` bytes, or as many as there can be.
    func wait(for wanted: Int, at now: ContinuousClock.Instant) -> Duration {
        let missing = Double(min(wanted, burst)) - level(at: now)
        return missing <= 0 ? .zero : .seconds(missing / Double(rate))
    }

    private func level(at now: ContinuousClock.Instant) -> Double {
        let passed = filledAt.duration(to: now)
        let seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
        return min(level + max(0, seconds) * Double(rate), Double(burst))
    }

    private mutating func fill(_ now: ContinuousClock.Instant) {
        level = level(at: now)
        filledAt = max(filledAt, now)
    }
}
