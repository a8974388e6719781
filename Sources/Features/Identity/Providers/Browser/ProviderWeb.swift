import Kernel
package import Outbound
import Synchronization

/// What it takes to ask providers by HTTP, shared by all sign-ins of a server.
///
/// Each provider of a tenant has a few requests under way at most and each is bounded in time and size, so that one that
/// hangs or floods is its own users' problem alone.
package final class ProviderWeb: Sendable {
    package typealias Send = @Sendable (OutboundRequest) async throws -> OutboundResponse

    private struct Line: Hashable {
        let tenant: TenantID
        /// Nil while it is being set up.
        let provider: IdentityProviderID?
    }

    static let mostAtOnce = 16
    static let largest = 256 * 1024

    private let send: Send
    private let timeout: Duration
    private let underWay = Mutex<[Line: Int]>([:])
    let metadata = OIDCMetadataCache()
    let appTokens = AppTokens()

    package init(timeout: Duration = .seconds(8), send: @escaping Send = { _ in throw OutboundError.stopped }) {
        self.timeout = timeout
        self.send = send
    }

    /// Asks, and takes nothing but a JSON object for an answer. Other statuses than these are a fault with the words of
    /// OAuth's errors, if there are any.
    func object(
        _ request: OutboundRequest, for step: ProviderStep.Name, of provider: IdentityProviderID,
        accepting statuses: Set<Int> = [200], in scope: TenantScope
    ) async throws -> JSON {
        let response = try await fetch(
            request, accept: "application/json", limit: Self.largest, for: step, of: provider, in: scope)
        let json = try? JSONParser.parse(response.body)
        guard statuses.contains(response.status) else {
            let words = ["error", "error_description"].compactMap { json?[$0]?.text.map(Self.printable) }
            throw ProviderFault(
                step: step, text: (["status \(response.status)"] + words).joined(separator: ": "),
                isLie: (400..<500).contains(response.status))
        }
        guard let json, case .object = json else {
            throw ProviderFault(step: step, text: "the answer is no JSON object", isLie: true)
        }
        return json
    }

    /// Asks, and takes whatever comes.
    func fetch(
        _ request: OutboundRequest, accept: String, limit: Int, for step: ProviderStep.Name,
        of provider: IdentityProviderID?, in scope: TenantScope
    ) async throws -> OutboundResponse {
        let line = Line(tenant: scope.tenant, provider: provider)
        guard begin(line) else { throw IdentityError.busy }
        defer { end(line) }
        var request = request
        request.connectTimeout = .seconds(3)
        request.timeout = timeout
        request.maxResponseBytes = limit
        request.headers["Accept"] = accept
        guard request.url.isSecure || request.opened.contains(request.url.destination) else {
            throw ProviderFault(
                step: step,
                text: "\(request.url) is not encrypted: only a host and port that an administrator opened may be plain")
        }
        do {
            return try await send(request)
        } catch let error as OutboundError {
            throw ProviderFault(step: step, text: "\(error)")
        }
    }

    /// Somebody else's words as part of a line.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200)))
    }

    private func begin(_ line: Line) -> Bool {
        underWay.withLock { counts in
            guard counts[line, default: 0] < Self.mostAtOnce else { return false }
            counts[line, default: 0] += 1
            return true
        }
    }

    private func end(_ line: Line) {
        underWay.withLock { counts in
            let left = counts[line, default: 1] - 1
            counts[line] = left > 0 ? left : nil
        }
    }
}
