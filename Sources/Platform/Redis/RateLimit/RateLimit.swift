/// How often something may happen: so many times in a span, and so many at once.
package struct RateLimit: Sendable, Hashable {
    /// What the bucket holds.
    let capacity: Int
    /// How long one token takes to come back.
    let interval: Duration

    /// - Parameter burst: how many at once after a quiet time; all of `count` when left out.
    package init(_ count: Int, per span: Duration, burst: Int? = nil) {
        precondition(count > 0 && span > .zero && (burst ?? 1) > 0, "a limit allows something")
        capacity = burst ?? count
        interval = span / count
    }

    /// The whole seconds after which a try makes sense, as `Retry-After` wants them.
    static func seconds(_ wait: Duration) -> Int {
        let (seconds, rest) = wait.components
        return max(1, Int(clamping: seconds) + (rest > 0 ? 1 : 0))
    }
}

/// A bucket of tokens in its shortest form: the time at which it will be full again. What is missing until then is what
/// has been taken, so one number says everything and an untouched bucket needs none.
struct TokenBucket: Sendable {
    private(set) var fullAt: ContinuousClock.Instant

    /// Takes tokens, or says how long to wait until there are enough.
    mutating func take(_ cost: Int, of limit: RateLimit, at now: ContinuousClock.Instant) -> Duration? {
        let capacity = limit.interval * limit.capacity
        let full = min(max(fullAt, now), now + capacity) + limit.interval * min(max(cost, 0), limit.capacity)
        let wait = full - now - capacity
        guard wait <= .zero else { return wait }
        fullAt = full
        return nil
    }
}
