/// Everything the loop thread needs to carry out one request.
struct TransferOrder: Sendable {
    enum Work: Sendable {
        case request(OutboundRequest)
        case mail(OutboundMail)
        /// A connection to where the request's URL says, for bytes in both directions.
        case connection(OutboundRequest)
    }

    enum Timing: Sendable {
        case total(Duration)
        case idle(Duration)
    }

    let work: Work
    let timing: Timing
    let egress: EgressPolicy
    let configuration: HTTPClientConfiguration
    let pipe = ResponsePipe()

    init(_ work: Work, timing: Timing, egress: EgressPolicy, configuration: HTTPClientConfiguration) {
        self.work = work
        self.timing = timing
        self.egress = egress
        self.configuration = configuration
    }

    var destination: HostPort {
        switch work {
        case .request(let request), .connection(let request): request.url.destination
        case .mail(let mail): mail.server.address
        }
    }

    var connectTimeout: Duration {
        switch work {
        case .request(let request), .connection(let request): request.connectTimeout
        case .mail(let mail): mail.connectTimeout
        }
    }

    /// The header lines as libcurl wants them, including those that take away what it would add by itself.
    static func headerLines(of request: OutboundRequest) -> [String] {
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
