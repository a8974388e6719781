import Synchronization

/// Why there is no WebSocket, or no longer.
package enum WebSocketError: Error, Sendable, Equatable, CustomStringConvertible {
    case outbound(OutboundError)
    /// The server does not speak it there; with the status of its answer.
    case refused(HostPort, status: Int)
    /// It does, and not by the rules.
    case broken(HostPort, String)

    package var description: String {
        switch self {
        case .outbound(let error): error.description
        case .refused(let host, let status): "\(host) answered \(status) and opened no WebSocket"
        case .broken(let host, let why): "\(host) does not keep to the rules of WebSocket (\(why))"
        }
    }
}

/// A WebSocket to the outside, for one reader and any number of writers: past the egress guard, with TLS where the address
/// says so. Pings are answered while somebody reads.
package final class WebSocket: Sendable {
    package enum Message: Sendable, Equatable {
        case text(String)
        case binary([UInt8])
        /// The other side is there.
        case sign
    }

    private struct State {
        var framing: WebSocketFraming
        var events: ArraySlice<WebSocketFraming.Event> = []
    }

    private let connection: OutboundConnection
    private let state: Mutex<State>

    private init(_ connection: OutboundConnection, _ framing: WebSocketFraming) {
        self.connection = connection
        state = Mutex(State(framing: framing))
    }

    /// Opens one; throws `WebSocketError`. `idleTimeout` is how long the other side may be silent, answers to pings included,
    /// and `longest` how many bytes a message may have.
    package static func connect(
        to request: OutboundRequest, with client: HTTPClient, idleTimeout: Duration, longest: Int = 128 << 10
    ) async throws -> WebSocket {
        let connection = try await outbound { () async throws(OutboundError) in
            try await client.connect(to: request, idleTimeout: idleTimeout)
        }
        let nonce = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        var handshake = WebSocketHandshake(request.url, userAgent: client.userAgent, nonce: nonce)
        connection.write(handshake.request)
        while let bytes = try await outbound({ () async throws(OutboundError) in try await connection.next() }) {
            do {
                guard let rest = try handshake.receive(bytes) else { continue }
                let socket = WebSocket(connection, WebSocketFraming(longest: longest))
                try socket.read(rest)
                return socket
            } catch WebSocketHandshake.Fault.refused(let status) {
                throw WebSocketError.refused(connection.destination, status: status)
            } catch WebSocketHandshake.Fault.unreadable {
                throw WebSocketError.broken(connection.destination, "head")
            }
        }
        throw WebSocketError.outbound(.brokenOff(connection.destination))
    }

    /// The next message; nil when the other side has closed. Throws `WebSocketError`.
    package func next() async throws -> Message? {
        while true {
            while let event = state.withLock({ $0.events.popFirst() }) {
                switch event {
                case .text(let text): return .text(text)
                case .binary(let bytes): return .binary(bytes)
                case .pong: return .sign
                case .ping(let bytes):
                    connection.write(WebSocketFraming.pong(bytes, mask: .random(in: .min ... .max)))
                    return .sign
                case .close:
                    close()
                    return nil
                }
            }
            let bytes = try await Self.outbound { () async throws(OutboundError) in try await connection.next() }
            guard let bytes else { return nil }
            try read(bytes)
        }
    }

    package func send(_ text: String) {
        connection.write(WebSocketFraming.text(text, mask: .random(in: .min ... .max)))
    }

    package func send(_ bytes: [UInt8]) {
        connection.write(WebSocketFraming.binary(bytes, mask: .random(in: .min ... .max)))
    }

    /// Asks for a sign of life.
    package func ping() { connection.write(WebSocketFraming.ping(mask: .random(in: .min ... .max))) }

    /// Says that it is over. The connection ends when nobody holds it, or by `end`.
    package func close() { connection.write(WebSocketFraming.close(1000, mask: .random(in: .min ... .max))) }

    package func end() { connection.end() }

    private func read(_ bytes: [UInt8]) throws {
        do {
            try state.withLock { state in
                let events = try state.framing.receive(bytes)
                state.events = state.events + events
            }
        } catch let fault as WebSocketFraming.Fault {
            throw WebSocketError.broken(connection.destination, fault.rawValue)
        }
    }

    private static func outbound<Value>(
        _ work: () async throws(OutboundError) -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch {
            throw WebSocketError.outbound(error)
        }
    }
}
