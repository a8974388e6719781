/// Everything the loop thread needs to carry out one request.
struct TransferOrder: Sendable {
    enum Timing: Sendable {
        case total(Duration)
        case idle(Duration)
    }

    let request: OutboundRequest
    let timing: Timing
    let egress: EgressPolicy
    let configuration: HTTPClientConfiguration
    let pipe = ResponsePipe()

    var destination: HostPort { request.url.destination }

    /// The header lines as libcurl wants them, including those that take away what it would add by itself.
    var headerLines: [String] {
        var lines = request.headers.fields.map { field in
            field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
        }
        if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
        lines.append("Expect:")
        return lines
    }
}

extension Duration {
    /// Whole milliseconds for a C library, at least one: zero means "for ever" there.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (total, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow, total < Int64(Int32.max) else { return Int(Int32.max) }
        return max(1, Int(total) + Int(attoseconds / 1_000_000_000_000_000))
    }
}
