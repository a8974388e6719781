import Crypto
import FoundationEssentials

/// How a connection becomes a WebSocket: one request, and an answer that proves that the other side has understood it.
package struct WebSocketHandshake: Sendable {
    package enum Fault: Error, Sendable, Equatable {
        /// It has answered, but is no WebSocket.
        case refused(status: Int)
        case unreadable
    }

    private static let longestHead = 16 << 10

    /// What is sent first.
    package let request: [UInt8]
    private let accept: String
    private var head: [UInt8] = []

    /// - Parameter nonce: 16 random bytes.
    package init(_ url: OutboundURL, userAgent: String, nonce: [UInt8]) {
        let key = Data(nonce).base64EncodedString()
        let proof = Insecure.SHA1.hash(data: Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        accept = Data(proof).base64EncodedString()
        let rest = url.text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        let authority = rest.count > 2 ? String(rest[2]) : url.destination.description
        let target = "/" + (rest.count > 3 ? rest[3] : "")
        request = Array(
            """
            GET \(target) HTTP/1.1\r
            Host: \(authority)\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: \(key)\r
            Sec-WebSocket-Version: 13\r
            User-Agent: \(userAgent)\r
            \r

            """.utf8)
    }

    /// What came behind the answer, once that is whole.
    package mutating func receive(_ bytes: [UInt8]) throws(Fault) -> [UInt8]? {
        // Where its end may begin: what was looked through is not looked through again for each byte that a server drips.
        let start = max(0, head.count - 3)
        head += bytes
        guard let end = head[start...].firstRange(of: [13, 10, 13, 10]) else {
            guard head.count <= Self.longestHead else { throw .unreadable }
            return nil
        }
        guard end.lowerBound <= Self.longestHead else { throw .unreadable }
        try check(String(decoding: head[..<end.lowerBound], as: UTF8.self))
        return Array(head[end.upperBound...])
    }

    private func check(_ text: String) throws(Fault) {
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let status = lines[0].split(separator: " ", maxSplits: 2)
        guard status.count >= 2, status[0].hasPrefix("HTTP/1."), status[1].utf8.count == 3, let code = Int(status[1])
        else { throw .unreadable }
        guard code == 101 else { throw .refused(status: code) }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw .unreadable }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            fields[line[..<colon].lowercased()] = String(value)
        }
        guard fields["upgrade"]?.lowercased() == "websocket",
            fields["connection"]?.lowercased().contains("upgrade") == true,
            fields["sec-websocket-accept"] == accept,
            // Nothing was asked for.
            fields["sec-websocket-extensions"] == nil, fields["sec-websocket-protocol"] == nil
        else { throw .refused(status: code) }
    }
}
