package import Kernel
import Observability
import Synchronization

/// How the requests of each tenant went since somebody last asked: how many, how long, and how many failed through no
/// fault of who asked.
package final class TenantLevels: Sendable {
    /// Counts by bucket of `Histogram.seconds`; the last one is for what is above every bound.
    package struct Tally: Sendable, Equatable {
        package private(set) var requests: [Int]
        package private(set) var failures: [Int]

        package init() {
            requests = Array(repeating: 0, count: Histogram.seconds.count + 1)
            failures = requests
        }

        package mutating func count(_ status: Int, _ duration: Duration) {
            let seconds = duration / .seconds(1)
            let bucket = Histogram.seconds.firstIndex { seconds <= $0 } ?? Histogram.seconds.count
            requests[bucket] += 1
            if status >= 500 { failures[bucket] += 1 }
        }

        mutating func add(_ other: Tally) {
            for bucket in requests.indices {
                requests[bucket] += other.requests[bucket]
                failures[bucket] += other.failures[bucket]
            }
        }
    }

    private let tallies = Mutex<[TenantID: Tally]>([:])

    package init() {}

    func count(_ tenant: TenantID, _ status: Int, _ duration: Duration) {
        tallies.withLock { $0[tenant, default: Tally()].count(status, duration) }
    }

    /// Takes what was counted; the next counts begin at nothing.
    package func take() -> [TenantID: Tally] {
        tallies.withLock { tallies in
            defer { tallies = [:] }
            return tallies
        }
    }

    /// Gives back what could not be kept.
    package func giveBack(_ taken: [TenantID: Tally]) {
        tallies.withLock { tallies in
            for (tenant, tally) in taken { tallies[tenant, default: Tally()].add(tally) }
        }
    }
}
