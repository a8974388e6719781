import FoundationEssentials
import Kernel
import Synchronization

/// How fast a key may be used. Each request that it signs leaves a row behind until its nonce counts no more, so there is an
/// end to how many it may sign, at each server.
final class AccessKeyPace: Sendable {
    static let perSecond = 100.0
    static let burst = 200.0
    private static let most = 10_000

    private struct Bucket {
        var left: Double
        var at: Date
    }

    private let buckets = Mutex<[AccessKeyID: Bucket]>([:])

    /// Whether one more is in time.
    func takes(_ key: AccessKeyID, at now: Date) -> Bool {
        buckets.withLock { buckets in
            if buckets.count >= Self.most, buckets[key] == nil {
                // Those that are full again need no place.
                buckets = buckets.filter { now.timeIntervalSince($0.value.at) < Self.burst / Self.perSecond }
            }
            var bucket = buckets[key] ?? Bucket(left: Self.burst, at: now)
            let passed = max(0, now.timeIntervalSince(bucket.at))
            bucket = Bucket(left: min(Self.burst, bucket.left + passed * Self.perSecond), at: max(now, bucket.at))
            let isInTime = bucket.left >= 1
            if isInTime { bucket.left -= 1 }
            buckets[key] = bucket
            return isInTime
        }
    }
}
