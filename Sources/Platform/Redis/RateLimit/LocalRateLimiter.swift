import Synchronization

/// Buckets in this process, for the time when Redis is away: bounded, and strict where it cannot know.
final class LocalRateLimiter: Sendable {
    private struct State {
        var buckets: [String: TokenBucket] = [:]
        /// All keys that find no room share this one: whoever floods us with keys gains nothing by it.
        var overflow: [RateLimit: TokenBucket] = [:]
        var sweptAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let mostKeys: Int

    init(mostKeys: Int = 20_000) {
        self.mostKeys = mostKeys
    }

    func take(_ key: String, _ limit: RateLimit, cost: Int, at now: ContinuousClock.Instant) -> Duration? {
        state.withLock { state in
            if state.buckets[key] == nil, state.buckets.count >= mostKeys {
                sweep(&state, at: now)
                guard state.buckets.count < mostKeys else {
                    return state.overflow[limit, default: TokenBucket(fullAt: now)].take(cost, of: limit, at: now)
                }
            }
            return state.buckets[key, default: TokenBucket(fullAt: now)].take(cost, of: limit, at: now)
        }
    }

    /// Forgets the buckets that are full again, at most once a second: a flood of keys must not buy sweeps.
    private func sweep(_ state: inout State, at now: ContinuousClock.Instant) {
        if let last = state.sweptAt, now - last < .seconds(1) { return }
        state.sweptAt = now
        state.buckets = state.buckets.filter { $0.value.fullAt > now }
    }
}
