import Synchronization

/// All metrics of a process, and their text form for Prometheus.
package final class MetricsRegistry: Sendable {
    private enum Kind: Sendable {
        case counter(Family<Counter>)
        case gauge(Family<Gauge>)
        case computed(@Sendable () -> Int)
        case histogram(Family<Histogram>)

        var word: String {
            switch self {
            case .counter: "counter"
            case .gauge, .computed: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    private struct Entry: Sendable {
        let name: String
        let help: String
        let kind: Kind
    }

    private let entries = Mutex<[Entry]>([])

    package init() {}

    /// Names are those of Prometheus: `gatehouse_http_requests_total`.
    package func counter(_ name: String, _ help: String, labels: String...) -> Family<Counter> {
        let family = Family(labels: labels, make: Counter.init)
        add(name, help, .counter(family))
        return family
    }

    package func gauge(_ name: String, _ help: String, labels: String...) -> Family<Gauge> {
        let family = Family(labels: labels, make: Gauge.init)
        add(name, help, .gauge(family))
        return family
    }

    /// A gauge that is asked when somebody looks; it must answer at once.
    package func gauge(_ name: String, _ help: String, value: @escaping @Sendable () -> Int) {
        add(name, help, .computed(value))
    }

    package func histogram(
        _ name: String, _ help: String, bounds: [Double] = Histogram.seconds, labels: String...
    ) -> Family<Histogram> {
        let family = Family(labels: labels) { Histogram(bounds: bounds) }
        add(name, help, .histogram(family))
        return family
    }

    private func add(_ name: String, _ help: String, _ kind: Kind) {
        entries.withLock { entries in
            precondition(!entries.contains { $0.name == name }, "two metrics are called \(name)")
            entries.append(Entry(name: name, help: help, kind: kind))
        }
    }

    /// The text format of Prometheus, version 0.0.4.
    package func text() -> String {
        var text = ""
        for entry in entries.withLock({ $0 }).sorted(by: { $0.name < $1.name }) {
            text += "# HELP \(entry.name) \(entry.help)\n# TYPE \(entry.name) \(entry.kind.word)\n"
            switch entry.kind {
            case .counter(let family):
                for (values, counter) in family.all {
                    text += "\(entry.name)\(Self.labels(family.labels, values)) \(counter.value)\n"
                }
            case .gauge(let family):
                for (values, gauge) in family.all {
                    text += "\(entry.name)\(Self.labels(family.labels, values)) \(gauge.value)\n"
                }
            case .computed(let value): text += "\(entry.name) \(value())\n"
            case .histogram(let family):
                for (values, histogram) in family.all {
                    Self.append(histogram, entry.name, family.labels, values, to: &text)
                }
            }
        }
        return text
    }

    private static func append(
        _ histogram: Histogram, _ name: String, _ labels: [String], _ values: [String], to text: inout String
    ) {
        let (counts, sum) = histogram.snapshot
        var total = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < histogram.bounds.count ? "\(histogram.bounds[index])" : "+Inf"
            text += "\(name)_bucket\(Self.labels(labels + ["le"], values + [bound])) \(total)\n"
        }
        text += "\(name)_sum\(Self.labels(labels, values)) \(sum)\n"
        text += "\(name)_count\(Self.labels(labels, values)) \(total)\n"
    }

    private static func labels(_ names: [String], _ values: [String]) -> String {
        guard !names.isEmpty else { return "" }
        let pairs = zip(names, values).map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }
}
