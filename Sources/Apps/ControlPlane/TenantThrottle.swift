import Crypto
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Redis
import Synchronization

/// How many requests a second a tenant's plan allows, over all of its people and programs on this node.
///
/// Who was just told to wait, and comes before the time, is told again without a look at the database: a program that
/// hammers on costs next to nothing.
final class TenantThrottle: Sendable {
    private let limits: PlannedLimits
    private let limiter = RateLimiter(redis: nil)
    private let waiting = Mutex<[SHA256Digest: ContinuousClock.Instant]>([:])
    private static let mostWaiting = 10_000

    init(limits: PlannedLimits) {
        self.limits = limits
    }

    /// Lets a request of somebody on, once it is known who it is.
    func take(_ tenant: TenantID, _ request: Incoming) async throws {
        guard let planned = try await limits.of(tenant).requestsPerSecond else { return }
        // A plan of none is the least there is, and never no limit.
        let rate = max(planned, 1)
        let limit = RateLimit(rate, per: .seconds(1), burst: rate * 2)
        guard let seconds = await limiter.take("tenant:\(tenant.text)", limit) else { return }
        if let key = Self.key(of: request) {
            let until = ContinuousClock.now + .seconds(seconds)
            waiting.withLock { waiting in
                if waiting.count >= Self.mostWaiting { waiting = waiting.filter { $0.value > .now } }
                if waiting.count < Self.mostWaiting { waiting[key] = until }
            }
        }
        throw Problem.tooMany(after: seconds)
    }

    /// Stops what was told to wait and did not.
    func check(_ request: Incoming) throws(Problem) {
        guard waiting.withLock({ !$0.isEmpty }), let key = Self.key(of: request) else { return }
        let now = ContinuousClock.now
        let left = waiting.withLock { waiting -> Duration? in
            guard let until = waiting[key] else { return nil }
            guard until > now else {
                waiting[key] = nil
                return nil
            }
            return now.duration(to: until)
        }
        if let left { throw .tooMany(after: Int(left.components.seconds) + 1) }
    }

    /// A credential on one host. It was good when it was told to wait; nothing is learned from being told again.
    private static func key(of request: Incoming) -> SHA256Digest? {
        let fields = [request.headers[.authorization], request.headers[.cookie]].compactMap(\.self)
        guard !fields.isEmpty, let tenant = request.tenant else { return nil }
        return SHA256.hash(data: Array("\(tenant.tenant.text)\n\(fields.joined(separator: "\n"))".utf8))
    }
}
