import Observability
import Synchronization

/// What the server counts about all requests.
struct ServerMetrics: Sendable {
    private let requests: Family<Counter>
    private let seconds: Family<Histogram>
    private let refusals: Family<Counter>
    let inFlight: Gauge
    let waiting: Gauge
    let streams: Gauge

    init(_ registry: MetricsRegistry, limiter: ConnectionLimiter) {
        requests = registry.counter(
            "gatehouse_http_requests_total", "Requests by route and status.", labels: "method", "route", "status")
        seconds = registry.histogram(
            "gatehouse_http_request_seconds", "Time until the answer began.", labels: "method", "route")
        refusals = registry.counter("gatehouse_http_problems_total", "Problems told.", labels: "problem")
        inFlight = registry.gauge("gatehouse_http_requests_in_flight", "Requests being worked on.")()
        waiting = registry.gauge("gatehouse_http_requests_waiting", "Requests that wait for a person's word.")()
        streams = registry.gauge("gatehouse_http_streams", "Event streams and downloads being sent.")()
        registry.gauge("gatehouse_http_connections", "Open connections.") { limiter.open }
    }

    func route(_ method: String, _ route: String) -> RouteMetrics {
        RouteMetrics(method, route, seconds(method, route), requests)
    }

    func count(_ problem: ProblemType) { refusals(problem.name).increment() }
}

/// What the server counts about one route, without looking anything up that it has seen before.
final class RouteMetrics: Sendable {
    let name: String
    private let method: String
    private let seconds: Histogram
    private let requests: Family<Counter>
    private let byStatus = Mutex<[Int: Counter]>([:])

    init(_ method: String, _ route: String, _ seconds: Histogram, _ requests: Family<Counter>) {
        name = route
        self.method = method
        self.seconds = seconds
        self.requests = requests
    }

    func count(_ status: Int, _ duration: Duration) {
        seconds.observe(duration)
        let counter = byStatus.withLock { counters in
            if let counter = counters[status] { return counter }
            let counter = requests(method, name, String(status))
            counters[status] = counter
            return counter
        }
        counter.increment()
    }
}
