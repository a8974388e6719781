import Synchronization

/// Limits how often a key may do something, counted in Redis for all nodes together.
///
/// It never lets everything through and never waits long: when Redis is away or slow, this process counts for itself,
/// with the same limit and buckets that start full, until Redis is back. Then N nodes allow up to N times the limit.
package final class RateLimiter: Sendable {
    private let redis: RedisClient?
    private let local: LocalRateLimiter
    private let script = Mutex<String?>(nil)

    /// How long Redis may keep a request waiting.
    private let patience: Duration

    /// - Parameter redis: `nil` for an installation without Redis: one process counts for itself.
    package init(redis: RedisClient?, patience: Duration = .milliseconds(250)) {
        self.redis = redis
        self.patience = patience
        self.local = LocalRateLimiter()
    }

    /// Takes `cost` tokens from the key's bucket; returns `nil`, or the seconds to wait if there are too few. A refusal
    /// takes nothing.
    ///
    /// - Parameter key: what is limited and for whom, such as `sign-in:` and a tenant and an address. A key belongs to one
    ///   limit. Only its first 256 bytes count.
    package func take(_ key: String, _ limit: RateLimit, cost: Int = 1) async -> Int? {
        let key = String(decoding: key.utf8.prefix(256), as: UTF8.self)
        let wait =
            switch await takeShared(key, limit, cost) {
            case .some(let wait): wait
            case .none: local.take(key, limit, cost: cost, at: .now)
            }
        return wait.map(RateLimit.seconds)
    }

    /// What Redis says; `nil` when it says nothing.
    private func takeShared(_ key: String, _ limit: RateLimit, _ cost: Int) async -> Duration?? {
        guard let redis else { return nil }
        // Whole numbers, which Lua's floating point adds up exactly.
        let interval = max(1, Int((limit.interval / .microseconds(1)).rounded()))
        let words = [
            "1", "gatehouse:rate:\(key)", "\(limit.capacity)", "\(interval)", "\(min(max(cost, 0), limit.capacity))",
        ]
        guard let reply = try? await evaluate(words, redis), let microseconds = reply.int else { return nil }
        return .some(microseconds > 0 ? .microseconds(microseconds) : nil)
    }

    /// By the script's hash; with its text when Redis does not know it, as after a restart.
    private func evaluate(_ words: [String], _ redis: RedisClient) async throws(RedisError) -> RedisReply {
        if let hash = script.withLock({ $0 }) {
            do throws(RedisError) {
                return try await redis.command(["EVALSHA", hash] + words, timeout: patience)
            } catch .refused(code: "NOSCRIPT") {
                return try await redis.command(["EVAL", Self.source] + words, timeout: patience)
            }
        }
        let hash = try await redis.command(["SCRIPT", "LOAD", Self.source], timeout: patience).text
        script.withLock { $0 = hash }
        return try await redis.command(["EVAL", Self.source] + words, timeout: patience)
    }

    /// `TokenBucket` in Redis, by Redis's clock in microseconds, so that the nodes' clocks do not matter. When that clock
    /// is set back, a bucket is at worst empty, not closed until the old time comes round again.
    private static let source = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local interval = tonumber(ARGV[2])
        local capacity = tonumber(ARGV[1]) * interval
        local full = tonumber(redis.call('GET', KEYS[1]) or now)
        full = math.min(math.max(full, now), now + capacity) + tonumber(ARGV[3]) * interval
        local wait = full - now - capacity
        if wait > 0 then return math.ceil(wait) end
        local left = math.ceil((full - now) / 1000)
        if left > 0 then redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', left) end
        return 0
        """
}
