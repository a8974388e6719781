import NIOHTTP1

/// Where a browser may open a socket.
package enum SocketRoute: String, Sendable, CaseIterable {
    case terminal = "/v1/terminal"
}

/// What a browser asks for when it opens a terminal, checked for its form; the control plane decides what it is worth.
struct TerminalAsk: Sendable, Equatable {
    let token: String
    let origin: String

    /// Nil for anything but `GET /v1/terminal?token=…` with one origin.
    init?(_ head: HTTPRequestHead) {
        guard head.method == .GET, head.uri.utf8.count <= 600 else { return nil }
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == SocketRoute.terminal.rawValue else { return nil }
        let pairs = parts[1].split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        let tokens = pairs.filter { $0.first == "token" && $0.count == 2 }.map { String($0[1]) }
        let origins = head.headers["origin"]
        guard tokens.count == 1, origins.count == 1, Self.isToken(tokens[0]), (8...255).contains(origins[0].utf8.count)
        else { return nil }
        token = tokens[0]
        origin = origins[0]
    }

    private static func isToken(_ text: String) -> Bool {
        (16...512).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
