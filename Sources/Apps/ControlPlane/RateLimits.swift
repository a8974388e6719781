import HTTPAPI
import Redis

/// How often one caller may call, by the class of the call.
struct RateLimits: Sendable {
    let limiter: RateLimiter
    /// Keeps one caller from taking all of this process: counted here, so that an ordinary call asks nobody.
    private let local = RateLimiter(redis: nil)

    init(limiter: RateLimiter) {
        self.limiter = limiter
    }

    /// Seconds to wait, or nil to go on.
    func wait(_ rate: RateClass, _ subject: String) async -> Int? {
        let limiter = rate == .standard ? local : limiter
        return await limiter.take("\(rate.rawValue):\(subject)", Self.limit(of: rate))
    }

    private static func limit(of rate: RateClass) -> RateLimit {
        switch rate {
        case .standard: RateLimit(20_000, per: .seconds(1))
        case .expensive: RateLimit(60, per: .seconds(60), burst: 20)
        case .sensitive: RateLimit(120, per: .seconds(60), burst: 60)
        case .unauthenticated: RateLimit(120, per: .seconds(60), burst: 60)
        }
    }
}
