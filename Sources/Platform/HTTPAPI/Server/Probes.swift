import HTTPTypes
import Kernel
import Observability

/// What load balancers and monitoring ask: alive, ready, and the numbers.
struct Probes: Sendable {
    let readiness: [ReadinessCheck]
    let registry: MetricsRegistry
    let metricsReaders: [AddressRange]

    func answer(_ path: Substring, _ method: HTTPRequest.Method, _ facts: RequestFacts) async -> Outgoing? {
        guard method == .get || method == .head else { return nil }
        switch path {
        case "/livez": return Self.text(200, "ok\n")
        case "/readyz": return await ready()
        case "/metrics":
            guard metricsReaders.contains(facts.clientAddress) else { return nil }
            var outgoing = Self.text(200, registry.text())
            outgoing.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            return outgoing
        default: return nil
        }
    }

    /// All are asked at once; one that does not answer makes us not ready by the balancer's own timeout.
    private func ready() async -> Outgoing {
        let failing = await withTaskGroup(of: String?.self) { group in
            for check in readiness { group.addTask { await check.isReady() ? nil : check.name } }
            var failing: [String] = []
            for await name in group { if let name { failing.append(name) } }
            return failing.sorted()
        }
        if failing.isEmpty { return Self.text(200, "ok\n") }
        return Self.text(503, failing.map { "\($0) is not ready\n" }.joined())
    }

    private static func text(_ status: Int, _ text: String) -> Outgoing {
        Outgoing(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }
}
