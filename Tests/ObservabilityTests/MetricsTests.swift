import Observability
import Testing

@Suite struct MetricsTests {
    @Test func `the text form is that of Prometheus`() {
        let registry = MetricsRegistry()
        let requests = registry.counter("requests_total", "Requests.", labels: "route", "status")
        requests("/a", "200").increment()
        requests("/a", "200").increment(by: 2)
        requests("/\"b\\\n", "500").increment()
        registry.gauge("open", "Open.") { 5 }
        let seconds = registry.histogram("seconds", "Time.", bounds: [0.1, 1])()
        seconds.observe(.milliseconds(50))
        seconds.observe(.milliseconds(500))
        seconds.observe(.seconds(5))
        let expected = """
            # HELP open Open.
            # TYPE open gauge
            open 5
            # HELP requests_total Requests.
            # TYPE requests_total counter
            requests_total{route="/\\"b\\\\\\n",status="500"} 1
            requests_total{route="/a",status="200"} 3
            # HELP seconds Time.
            # TYPE seconds histogram
            seconds_bucket{le="0.1"} 1
            seconds_bucket{le="1.0"} 2
            seconds_bucket{le="+Inf"} 3
            seconds_sum 5.55
            seconds_count 3

            """
        #expect(registry.text() == expected)
    }

    @Test func `many threads lose no count`() async {
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<10_000 { counter.increment() } } }
        }
        #expect(counter.value == 80_000)
    }

    @Test func `labels that a client could choose do not fill the memory`() {
        let registry = MetricsRegistry()
        let family = registry.counter("x_total", "X.", labels: "name")
        for number in 0..<10_050 { family("\(number)").increment() }
        #expect(family("other").value >= 50)
    }
}
