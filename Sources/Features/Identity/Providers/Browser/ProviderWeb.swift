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

    /// Asks, and takes nothing but a JSON object for an answer. Other statuses than 200 are a fault with the words of
    /// OAuth's errors, if there are any.
    func object(
        _ request: OutboundRequest, for step: ProviderStep.Name, of provider: IdentityProviderID, in scope: TenantScope
    ) async throws -> JSON {
        let response = try await fetch(
            request, accept: "application/json", limit: Self.largest, for: step, of: provider, in: scope)
        let json = try? JSONParser.parse(response.body)
        guard response.status == 200 else {
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

/// The body of a form (`application/x-www-form-urlencoded`), which is also what stands behind a question mark.
enum FormText {
    static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    /// The address with more parameters.
    static func adding(_ fields: [(name: String, value: String)], to url: String) -> String {
        url + (url.contains("?") ? "&" : "?") + encode(fields)
    }

    /// The value of a field that stands exactly once, of signs that need no escape, as a token has.
    static func value(of name: String, in form: [UInt8]) -> String? {
        let found = fields(name, in: form)
        guard found.count == 1, let value = found.first?.dropFirst(name.utf8.count + 1), !value.isEmpty,
            value.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "+") })
        else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    /// The value of a field that stands exactly once, as a browser sends it; nil for what is not UTF-8.
    static func decoded(_ name: String, in form: [UInt8]) -> String? {
        let found = fields(name, in: form)
        guard found.count == 1, var rest = found.first?.dropFirst(name.utf8.count + 1) else { return nil }
        func digit() -> UInt8? {
            switch rest.popFirst() {
            case let byte? where 0x30...0x39 ~= byte: byte - 0x30
            case let byte? where 0x61...0x66 ~= byte | 0x20: (byte | 0x20) - 0x61 + 10
            default: nil
            }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rest.count)
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = digit(), let low = digit() else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The fields of a name among the first ones; whoever sends more sends none.
    private static func fields(_ name: String, in form: [UInt8]) -> [ArraySlice<UInt8>] {
        let most = 32
        let pairs = form.split(separator: UInt8(ascii: "&"), maxSplits: most, omittingEmptySubsequences: false)
        guard pairs.count <= most else { return [] }
        let start = Array((name + "=").utf8)
        return pairs.filter { $0.starts(with: start) }
    }

    static func escape(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
