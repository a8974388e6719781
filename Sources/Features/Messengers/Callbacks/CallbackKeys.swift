import Kernel
import Synchronization

/// What callbacks are checked by, kept for a moment: whoever is not the vendor costs no more than the check itself.
final class CallbackKeys: Sendable {
    struct Place: Hashable {
        let tenant: TenantID
        let hash: [UInt8]
    }

    /// For how long it is kept, and after which time it is had anew for a call that does not pass.
    let kept: Duration
    let doubted: Duration
    private let most: Int

    private struct Entry {
        var channel: OpenChannel
        var since: ContinuousClock.Instant
        var refusedAt: ContinuousClock.Instant?
    }

    init(kept: Duration = .seconds(30), doubted: Duration = .seconds(2), most: Int = 512) {
        self.kept = kept
        self.doubted = doubted
        self.most = most
    }

    private let entries = Mutex<[Place: Entry]>([:])

    /// What is known of the place, and whether it may be asked for anew: of many who come at once, one does.
    func find(
        _ place: Place, olderThan age: Duration, at now: ContinuousClock.Instant = .now
    ) -> (channel: OpenChannel, isOld: Bool)? {
        entries.withLock { entries in
            guard let entry = entries[place] else { return nil }
            let isOld = now - entry.since > age
            if isOld { entries[place]?.since = now }
            return (entry.channel, isOld)
        }
    }

    func keep(_ channel: OpenChannel, at place: Place, now: ContinuousClock.Instant = .now) {
        entries.withLock { entries in
            if entries[place] == nil, entries.count >= most,
                let oldest = entries.min(by: { $0.value.since < $1.value.since })
            {
                entries[oldest.key] = nil
            }
            entries[place] = Entry(channel: channel, since: now, refusedAt: entries[place]?.refusedAt)
        }
    }

    func forget(_ place: Place) { entries.withLock { $0[place] = nil } }

    /// Whether a refused call is worth a line: the first one of a minute.
    func isNewsworthy(_ place: Place, at now: ContinuousClock.Instant = .now) -> Bool {
        entries.withLock { entries in
            if let last = entries[place]?.refusedAt, now - last < .seconds(60) { return false }
            entries[place]?.refusedAt = now
            return true
        }
    }
}
