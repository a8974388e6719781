import Synchronization

/// A number that only grows.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    package func increment(by amount: Int = 1) { count.add(amount, ordering: .relaxed) }
    package var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down.
package final class Gauge: Sendable {
    private let level = Atomic<Int>(0)

    package init() {}

    package func set(_ value: Int) { level.store(value, ordering: .relaxed) }
    package func add(_ amount: Int) { level.add(amount, ordering: .relaxed) }
    package var value: Int { level.load(ordering: .relaxed) }
}

/// How durations are spread: counts below each bound, and their sum.
package final class Histogram: Sendable {
    /// Seconds, from what a cached answer takes to what nobody waits for.
    package static let seconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    let bounds: [Double]
    private let nanoseconds: [Int]
    private let buckets: [Counter]
    private let sum = Counter()

    package init(bounds: [Double] = Histogram.seconds) {
        self.bounds = bounds
        nanoseconds = bounds.map { Int($0 * 1e9) }
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    package func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let value = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        sum.increment(by: value)
        buckets[nanoseconds.firstIndex { value <= $0 } ?? bounds.count].increment()
    }

    /// The counts per bucket, the last being for what is above every bound, and the sum in seconds.
    var snapshot: (counts: [Int], sum: Double) { (buckets.map(\.value), Double(sum.value) / 1e9) }
}

/// Metrics of one name that differ in their labels. Keep what `callAsFunction` returns: it takes a lock, counting does not.
package final class Family<Metric: Sendable>: Sendable {
    let labels: [String]
    private let make: @Sendable () -> Metric
    private let members = Mutex<[[String]: Metric]>([:])
    private static var most: Int { 10_000 }

    init(labels: [String], make: @escaping @Sendable () -> Metric) {
        self.labels = labels
        self.make = make
    }

    /// The metric with these label values, in the order of the labels' names.
    ///
    /// Values must come from a bounded set. Should somebody let a client choose one, the surplus is counted together.
    package func callAsFunction(_ values: String...) -> Metric {
        precondition(values.count == labels.count, "as many values as labels")
        return members.withLock { members in
            if let metric = members[values] { return metric }
            let key = members.count < Self.most ? values : values.map { _ in "other" }
            if let metric = members[key] { return metric }
            let metric = make()
            members[key] = metric
            return metric
        }
    }

    var all: [(values: [String], metric: Metric)] {
        members.withLock { $0.map { ($0.key, $0.value) } }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
    }
}
