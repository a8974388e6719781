package import Logging
import ServiceLifecycle

/// Speaks HTTP/1.1 to the outside, through libcurl on a single thread: webhooks, messengers, object stores, and the
/// worker's requests to its control plane.
///
/// - Every connection passes the `EgressPolicy`; proxies from the environment, cookies, netrc, compressed bodies and
///   protocols other than http and https do not exist here.
/// - TLS 1.2 or later, always verified.
/// - The thread starts with the first request. `run()` waits for the end of the service and then ends the exchanges that
///   are left; without `run()`, call `stop()`, or let go of the client.
package final class HTTPClient: Service {
    private let configuration: HTTPClientConfiguration
    var userAgent: String { configuration.userAgent }
    private let loop: TransferLoop

    package init(configuration: HTTPClientConfiguration, logger: Logger) {
        self.configuration = configuration
        self.loop = TransferLoop(
            maxConnections: configuration.maxConnections, keptConnections: configuration.keptConnections, logger: logger
        )
    }

    deinit {
        loop.stop()
    }

    /// Sends a request and reads the whole response. Cancelling the task ends the exchange.
    package func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
        try request.check()
        let deadline = ContinuousClock.now + request.timeout
        var hop = request
        for _ in 0...request.redirects.limit {
            let response = try await answer(to: hop, timeout: deadline - .now)
            guard let next = try hop.redirected(by: response.head) else { return response }
            hop = next
        }
        throw .redirectRefused(request.url.destination)
    }

    /// Sends a request and returns when the head of the response is there; the body comes as it arrives, for as long as
    /// the other side goes on. A reader that falls behind stops the sender.
    ///
    /// The stream fails when nothing arrives for `idleTimeout`. It ends the exchange when its task is cancelled or when
    /// nobody holds it any more. Redirects are not followed, and the request's `timeout` and `maxResponseBytes` do not
    /// count.
    package func stream(
        _ request: OutboundRequest, idleTimeout: Duration = .seconds(30)
    ) async throws(OutboundError) -> OutboundStream {
        try request.check()
        let exchange = begin(.request(request), opening: request.opened, timing: .idle(idleTimeout))
        return OutboundStream(head: try await exchange.head(), exchange: exchange)
    }

    /// Opens a connection to where the URL says, with TLS for `https`, and returns when it stands. Nothing is sent by itself;
    /// of the request, only what is about connecting counts.
    ///
    /// It fails when nothing arrives for `idleTimeout`, and ends when its reader is cancelled or nobody holds it any more.
    package func connect(
        to request: OutboundRequest, idleTimeout: Duration
    ) async throws(OutboundError) -> OutboundConnection {
        try request.check()
        let exchange = begin(.connection(request), opening: request.opened, timing: .idle(idleTimeout))
        _ = try await exchange.head()
        return OutboundConnection(destination: request.url.destination, exchange: exchange)
    }

    package func run() async throws {
        try? await gracefulShutdown()
        await stop()
    }

    /// Ends what is under way with `OutboundError.stopped` and returns when the thread is gone.
    package func stop() async {
        loop.stop()
        await loop.stopped()
    }

    private func answer(
        to request: OutboundRequest, timeout: Duration
    ) async throws(OutboundError) -> OutboundResponse {
        let exchange = begin(.request(request), opening: request.opened, timing: .total(timeout))
        let head = try await exchange.head()
        var body: [UInt8] = []
        while let part = try await exchange.next() {
            guard body.count + part.count <= request.maxResponseBytes else {
                throw .responseTooLarge(request.url.destination, limit: request.maxResponseBytes)
            }
            body += part
        }
        return OutboundResponse(head: head, body: body)
    }

    private func begin(
        _ work: TransferOrder.Work, opening opened: Set<HostPort>, timing: TransferOrder.Timing
    ) -> Exchange {
        Exchange(
            TransferOrder(
                work, timing: timing, egress: configuration.egress.opening(opened),
                configuration: configuration),
            on: loop)
    }
}
